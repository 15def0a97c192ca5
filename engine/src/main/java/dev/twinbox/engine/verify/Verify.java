package dev.twinbox.engine.verify;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.verify.Difference.Kind;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Compares two accounts in everything that a client can see and a backup has to keep: names, subscriptions, the mailboxes'
 * numbers and GUIDs, and of each mail UID, GUID, flags, keywords, received date (to the second) and content (by SHA-256).
 *
 * <p>Where one of the formats cannot keep a mail's GUID it is not compared. Where a mailbox's numbers are provisional on either side, because nobody has recorded any, they are not compared and
 * mails are matched by GUID alone. Memory grows with one mailbox's table and the number of mailboxes, not with the content.
 */
public final class Verify {
    private static final String THERE = "there";
    private static final String MISSING = "missing";

    private final MailStore a;
    private final MailStore b;
    private final Predicate<MailboxNode> part;
    private final Findings findings = new Findings();
    private final VerifyListener listener;
    private final MailboxCompare mailboxCompare;
    private int mailboxes;

    private Verify(MailStore a, MailStore b, Predicate<MailboxNode> part, VerifyListener listener) {
        this.a = a;
        this.b = b;
        this.part = part;
        this.listener = listener;
        this.mailboxCompare = new MailboxCompare(findings, listener, keepsGuids(a) && keepsGuids(b));
    }

    /**
     * Compares two accounts; neither is changed if both were opened for reading.
     *
     * @throws IOException if a whole account cannot be read; what cannot be read of it is in the report instead
     * @throws InterruptedException if the thread was interrupted
     */
    public static VerifyReport compare(MailStore a, MailStore b, VerifyListener listener)
            throws IOException, InterruptedException {
        return compare(a, b, node -> true, listener);
    }

    /**
     * The same of some names only.
     *
     * @param part which names are compared; of the others nothing is said
     * @throws IOException if a whole account cannot be read
     * @throws InterruptedException if the thread was interrupted
     */
    public static VerifyReport compare(MailStore a, MailStore b, Predicate<MailboxNode> part, VerifyListener listener)
            throws IOException, InterruptedException {
        return new Verify(a, b, part, listener).run();
    }

    /** Not an mbox, where a mail's GUID is made of its header. */
    private static boolean keepsGuids(MailStore store) {
        return store.capabilities().keepsGuidOnSave();
    }

    private VerifyReport run() throws IOException, InterruptedException {
        MailboxTree treeA = a.tree();
        MailboxTree treeB = b.tree();
        Set<MailboxName> all = new HashSet<>();
        Set<MailboxName> names = new TreeSet<>();
        for (MailboxTree tree : List.of(treeA, treeB)) {
            for (MailboxNode node : tree.nodes()) {
                all.add(node.name());
                if (part.test(node)) {
                    names.add(node.name());
                }
            }
        }
        size(treeA, treeB);
        Set<MailboxName> parents = parents(all);
        for (MailboxName name : names) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            compareName(name, treeA.find(name), treeB.find(name), parents.contains(name));
        }
        return findings.report(mailboxes, mailboxCompare.mails(), mailboxCompare.bytes());
    }

    private void size(MailboxTree treeA, MailboxTree treeB) {
        int common = 0;
        long mails = 0;
        for (MailboxNode node : treeA.mailboxes()) {
            Optional<MailboxNode> other = treeB.find(node.name());
            if (part.test(node) && other.isPresent() && other.get().isMailbox()) {
                common++;
                mails += Math.max(0, node.uidNext() - 1);
            }
        }
        listener.sized(common, mails);
    }

    /** Names that something lies below: as folders they exist by that alone, whatever a format says of them. */
    private static Set<MailboxName> parents(Set<MailboxName> names) {
        Set<MailboxName> parents = new HashSet<>();
        for (MailboxName name : names) {
            for (int depth = 1; depth < name.levels().size(); depth++) {
                parents.add(new MailboxName(name.levels().subList(0, depth)));
            }
        }
        return parents;
    }

    private void compareName(
            MailboxName name, Optional<MailboxNode> nodeA, Optional<MailboxNode> nodeB, boolean isParent)
            throws InterruptedException {
        boolean subscribedA = nodeA.isPresent() && nodeA.get().subscribed();
        boolean subscribedB = nodeB.isPresent() && nodeB.get().subscribed();
        findings.addIfNot(
                subscribedA == subscribedB,
                name,
                0,
                Kind.SUBSCRIPTION,
                subscribedA ? "yes" : "no",
                subscribedB ? "yes" : "no");
        if (isUnreadable(nodeA) || isUnreadable(nodeB)) {
            findings.add(
                    name,
                    0,
                    Kind.UNREADABLE,
                    isUnreadable(nodeA) ? "unreadable" : "",
                    isUnreadable(nodeB) ? "unreadable" : "");
            return;
        }
        boolean mailboxA = nodeA.isPresent() && nodeA.get().isMailbox();
        boolean mailboxB = nodeB.isPresent() && nodeB.get().isMailbox();
        if (mailboxA != mailboxB) {
            findings.add(name, 0, Kind.MAILBOX, mailboxA ? THERE : MISSING, mailboxB ? THERE : MISSING);
        } else if (mailboxA) {
            compareMailbox(name);
        } else if (!isParent && exists(nodeA) != exists(nodeB)) {
            findings.add(name, 0, Kind.FOLDER, exists(nodeA) ? THERE : MISSING, exists(nodeB) ? THERE : MISSING);
        }
    }

    private static boolean exists(Optional<MailboxNode> node) {
        return node.isPresent() && node.get().existence() == MailboxNode.Existence.EXISTS;
    }

    private static boolean isUnreadable(Optional<MailboxNode> node) {
        return node.isPresent() && node.get().existence() == MailboxNode.Existence.UNREADABLE;
    }

    private void compareMailbox(MailboxName name) throws InterruptedException {
        mailboxes++;
        try (Mailbox boxA = a.open(name);
                Mailbox boxB = b.open(name)) {
            mailboxCompare.compare(name, boxA, boxB);
        } catch (IOException e) {
            findings.add(name, 0, Kind.UNREADABLE, MailboxCompare.describe(e), "");
        }
    }
}
