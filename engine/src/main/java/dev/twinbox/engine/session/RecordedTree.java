package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives mails that nobody has looked at yet their UIDs, as a Dovecot does when it opens a mailbox, before their numbers are
 * said to one. Numbers that are made up for a run may be others in the next, and it would delete its mailbox and begin anew.
 */
final class RecordedTree {
    private RecordedTree() {}

    /** The tree with the numbers that are recorded afterwards. Mailboxes that cannot be written go by what they are. */
    static MailboxTree of(MailStore store, MailboxTree tree, SyncObserver observer) throws IOException {
        List<MailboxNode> nodes = new ArrayList<>();
        for (MailboxNode node : tree.nodes()) {
            nodes.add(node.isMailbox() ? recorded(store, node, observer) : node);
        }
        return new MailboxTree(nodes, tree.deletes());
    }

    private static MailboxNode recorded(MailStore store, MailboxNode node, SyncObserver observer) throws IOException {
        try (Mailbox box = store.open(node.name())) {
            MailboxStatus now = box.status();
            if (now.provisional() || now.uidNext() != node.uidNext()) {
                now = record(box, observer);
            }
            return new MailboxNode(
                    node.name(),
                    node.existence(),
                    now.guid(),
                    now.uidValidity(),
                    now.uidNext(),
                    node.lastRenamedOrCreated(),
                    node.subscribed(),
                    node.lastSubscriptionChange());
        } catch (IOException e) {
            if (Failures.endsRun(e)) {
                throw e;
            }
            return node; // opening it when it is its turn will say what is wrong
        }
    }

    private static MailboxStatus record(Mailbox box, SyncObserver observer) throws IOException {
        MailboxSnapshot table = box.snapshot();
        MailboxStatus before = table.status();
        try (Staging staging = box.stage()) {
            staging.commit(table, MailboxPlan.asItIs(before));
        } catch (IOException e) {
            if (Failures.endsRun(e)) {
                throw e;
            }
            observer.warning(
                    box.name(),
                    "its new mails cannot be given UIDs that last (" + Failures.describe(e)
                            + "): if others come, the other side may have to begin anew");
            return before;
        }
        return box.status();
    }
}
