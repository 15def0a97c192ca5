package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says a tree and hears one. */
final class Trees {
    private Trees() {}

    /** Without the mailboxes that do not take part. */
    static MailboxTree filtered(MailboxTree tree, MailboxFilter filter) {
        List<MailboxNode> kept = new ArrayList<>();
        for (MailboxNode node : tree.nodes()) {
            if (filter.accepts(node)) {
                kept.add(node);
            }
        }
        if (kept.size() == tree.nodes().size()) {
            return tree;
        }
        return new MailboxTree(kept, tree.deletes());
    }

    /** As if the mailboxes of these GUIDs could not be read. */
    static MailboxTree without(MailboxTree tree, Set<MailboxGuid> guids) {
        return as(tree, guids, MailboxNode.Existence.UNREADABLE);
    }

    /** As if the mailboxes of these GUIDs were folders. */
    static MailboxTree asFolders(MailboxTree tree, Set<MailboxGuid> guids) {
        return as(tree, guids, MailboxNode.Existence.EXISTS);
    }

    private static MailboxTree as(MailboxTree tree, Set<MailboxGuid> guids, MailboxNode.Existence existence) {
        if (guids.isEmpty()) {
            return tree;
        }
        List<MailboxNode> kept = new ArrayList<>();
        for (MailboxNode node : tree.nodes()) {
            boolean chosen = node.guid() != null && guids.contains(node.guid());
            kept.add(chosen ? as(node, existence) : node);
        }
        return new MailboxTree(kept, tree.deletes());
    }

    private static MailboxNode as(MailboxNode node, MailboxNode.Existence existence) {
        return new MailboxNode(
                node.name(),
                existence,
                null,
                0,
                0,
                node.lastRenamedOrCreated(),
                node.subscribed(),
                node.lastSubscriptionChange());
    }

    /** For a store that has no folders without mails: as if they did not exist. */
    static MailboxTree withoutFolders(MailboxTree tree) {
        List<MailboxNode> kept = new ArrayList<>();
        boolean any = false;
        for (MailboxNode node : tree.nodes()) {
            boolean folder = node.existence() == MailboxNode.Existence.EXISTS && !node.isMailbox();
            any |= folder;
            kept.add(folder ? as(node, MailboxNode.Existence.MISSING) : node);
        }
        return any ? new MailboxTree(kept, tree.deletes()) : tree;
    }

    /**
     * The same, but that the records of deleted names are said to be spelled as the other side spells. A Dovecot 2.3.19 that
     * looks for names spelled otherwise than its own never ends. (Whoever wrote the records, we know no spelling, only
     * hashes.)
     */
    static MailboxTree spelledLike(MailboxTree other, MailboxTree own) {
        MailboxDeletes deletes = own.deletes();
        return new MailboxTree(
                own.nodes(),
                new MailboxDeletes(
                        other.deletes().separator(),
                        other.deletes().escape(),
                        deletes.mailboxes(),
                        deletes.folders(),
                        deletes.unsubscribed()));
    }

    /** The GUIDs of these mailboxes. */
    static Set<MailboxGuid> guids(List<MailboxNode> mailboxes) {
        Set<MailboxGuid> guids = new HashSet<>();
        for (MailboxNode node : mailboxes) {
            guids.add(Objects.requireNonNull(node.guid()));
        }
        return guids;
    }

    /** Whether a mailbox of one is in the other, too. */
    static boolean shareMailbox(MailboxTree one, MailboxTree other) {
        for (MailboxNode node : one.mailboxes()) {
            if (other.find(Objects.requireNonNull(node.guid())).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** UIDNEXT is the only number a tree has; good enough for a progress bar's first guess. */
    static long mailsAtMost(List<MailboxNode> nodes) {
        long sum = 0;
        for (MailboxNode node : nodes) {
            sum += Math.max(0, node.uidNext() - 1);
        }
        return sum;
    }

    /**
     * @throws NotPossibleException before anything is said, if it cannot be said
     */
    static void send(Conversation talk, MailboxTree tree) throws IOException {
        for (MailboxNode node : tree.nodes()) {
            if (talk.isDsync() && node.existence() == MailboxNode.Existence.UNREADABLE) {
                throw new NotPossibleException(
                        node.name() + " cannot be read, and a Dovecot at the other side would take"
                                + " it for deleted: mend it, or leave it out with -x");
            }
        }
        for (MailboxNode node : tree.nodes()) {
            talk.send(node);
        }
        talk.endList();
        talk.send(tree.deletes());
    }

    static MailboxTree receive(Conversation talk) throws IOException {
        List<MailboxNode> nodes = new ArrayList<>();
        talk.receiveList(MailboxNode.class, new Conversation.ListItem<MailboxNode>() {
            @Override
            public void take(MailboxNode node, @Nullable MailBody body) throws PeerException {
                if (nodes.size() == MailboxTree.NODES_MAX) {
                    throw new PeerException("the other side has more than " + MailboxTree.NODES_MAX + " mailbox names");
                }
                nodes.add(node);
            }
        });
        MailboxDeletes deletes = talk.receive(MailboxDeletes.class);
        try {
            return new MailboxTree(nodes, deletes);
        } catch (IllegalArgumentException e) {
            throw new PeerException("the other side's mailbox tree is not one: " + e.getMessage());
        }
    }
}
