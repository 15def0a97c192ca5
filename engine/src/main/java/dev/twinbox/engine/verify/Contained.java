package dev.twinbox.engine.verify;

import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.verify.Difference.Kind;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether all that an old account holds is in a new one that is in use already: every mail, with the same content and
 * received date, in a mailbox with the same UIDVALIDITY. What the new account's users did since is theirs: mails that its log
 * says were expunged, mailboxes that it says were deleted or that have another name now, flags, and whatever is new there.
 */
public final class Contained {
    private static final String MISSING = "missing";

    private final MailStore old;
    private final MailStore fresh;
    private final Predicate<MailboxNode> part;
    private final VerifyListener listener;
    private final Findings findings = new Findings();
    private final MailboxCompare compare;

    private Contained(MailStore old, MailStore fresh, Predicate<MailboxNode> part, VerifyListener listener) {
        this.old = old;
        this.fresh = fresh;
        this.part = part;
        this.listener = listener;
        this.compare = new MailboxCompare(findings, listener, false);
    }

    /**
     * Looks; neither account is changed if both were opened for reading.
     *
     * @throws IOException if a whole account cannot be read; what cannot be read of it is in the report instead
     * @throws InterruptedException if the thread was interrupted
     */
    public static VerifyReport look(MailStore old, MailStore fresh, VerifyListener listener)
            throws IOException, InterruptedException {
        return look(old, fresh, node -> true, listener);
    }

    /**
     * The same of some names of the old account only.
     *
     * @param part which of its names are looked for; of the others nothing is said
     * @throws IOException if a whole account cannot be read
     * @throws InterruptedException if the thread was interrupted
     */
    public static VerifyReport look(
            MailStore old, MailStore fresh, Predicate<MailboxNode> part, VerifyListener listener)
            throws IOException, InterruptedException {
        return new Contained(old, fresh, part, listener).run();
    }

    private VerifyReport run() throws IOException, InterruptedException {
        MailboxTree there = fresh.tree();
        Map<MailboxGuid, MailboxName> byGuid = new HashMap<>();
        for (MailboxNode node : there.mailboxes()) {
            MailboxGuid guid = node.guid();
            if (guid != null) {
                byGuid.put(guid, node.name());
            }
        }
        Set<MailboxGuid> deleted = new HashSet<>();
        for (MailboxDeletes.DeletedMailbox one : there.deletes().mailboxes()) {
            deleted.add(one.guid());
        }
        List<MailboxNode> nodes = new ArrayList<>();
        int sized = 0;
        long mails = 0;
        for (MailboxNode node : old.tree().nodes()) {
            if (part.test(node)) {
                nodes.add(node);
                sized += node.isMailbox() ? 1 : 0;
                mails += node.isMailbox() ? Math.max(0, node.uidNext() - 1) : 0;
            }
        }
        listener.sized(sized, mails);
        int mailboxes = 0;
        for (MailboxNode node : nodes) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (node.existence() == MailboxNode.Existence.UNREADABLE) {
                findings.add(node.name(), 0, Kind.UNREADABLE, "unreadable", "");
            } else if (node.isMailbox()) {
                mailboxes++;
                look(node, there, byGuid, deleted);
            }
        }
        return findings.report(mailboxes, compare.mails(), compare.bytes());
    }

    private void look(
            MailboxNode node, MailboxTree there, Map<MailboxGuid, MailboxName> byGuid, Set<MailboxGuid> deleted)
            throws InterruptedException {
        MailboxName place = place(node, there, byGuid);
        if (place == null) {
            if (!deleted.contains(node.guid())) {
                findings.add(node.name(), 0, Kind.MAILBOX, "there", MISSING);
            }
            return;
        }
        try (Mailbox a = old.open(node.name());
                Mailbox b = fresh.open(place)) {
            look(node.name(), a, b);
        } catch (IOException e) {
            findings.add(node.name(), 0, Kind.UNREADABLE, MailboxCompare.describe(e), "");
        }
    }

    private static @Nullable MailboxName place(
            MailboxNode node, MailboxTree there, Map<MailboxGuid, MailboxName> byGuid) {
        MailboxName same = byGuid.get(node.guid());
        if (same != null) {
            return same;
        }
        Optional<MailboxNode> called = there.find(node.name());
        return called.isPresent() && called.get().isMailbox() ? node.name() : null;
    }

    private void look(MailboxName name, Mailbox a, Mailbox b) throws IOException, InterruptedException {
        MailboxSnapshot tableA = a.detailedSnapshot();
        MailboxSnapshot tableB = b.detailedSnapshot();
        long validityA = tableA.status().uidValidity();
        long validityB = tableB.status().uidValidity();
        boolean numbered = !tableA.status().provisional();
        if (numbered) {
            findings.addIfNot(validityA == validityB, name, 0, Kind.UIDVALIDITY, validityA, validityB);
        }
        boolean uids = numbered && validityA == validityB;
        Set<Long> expunged = new HashSet<>();
        if (uids) {
            for (ChangeLog.Expunge gone : b.changes(0).expunges()) {
                expunged.add(gone.uid());
            }
        }
        Pairing pairing = Pairing.of(tableA, tableB, uids);
        for (int row = 0; row < tableA.size(); row++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long uid = tableA.uid(row);
            int partner = pairing.partner(row);
            if (partner == Pairing.NONE && !expunged.contains(uid)) {
                findings.add(name, uid, Kind.MAIL, "GUID " + tableA.guid(row), MISSING);
            } else if (partner != Pairing.NONE) {
                compare.compareReceived(name, uid, tableA.received(row), tableB.received(partner));
                compare.compareContent(name, uid, a, b, tableB.uid(partner));
            }
        }
        listener.mailboxCompared(name, tableA.size());
    }
}
