package dev.twinbox.engine.session;

import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.Sha1;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes another mailbox of one that the other side has deleted and this side wants to keep. Pure. */
final class KeptFolder {
    private KeptFolder() {}

    /** Its new GUID: always the same of the same old one, so that a run that was cut off comes to it again. */
    static MailboxGuid guid(MailboxGuid old) {
        return MailboxGuid.ofBytes(Sha1.of(("kept " + old).getBytes(StandardCharsets.UTF_8)), 0);
    }

    /** The tree with other GUIDs for some mailboxes. */
    static MailboxTree renewed(MailboxTree tree, Map<MailboxGuid, MailboxGuid> guids) {
        List<MailboxNode> nodes = new ArrayList<>();
        for (MailboxNode node : tree.nodes()) {
            MailboxGuid fresh = node.guid() == null ? null : guids.get(node.guid());
            nodes.add(
                    fresh == null
                            ? node
                            : new MailboxNode(
                                    node.name(),
                                    node.existence(),
                                    fresh,
                                    node.uidValidity(),
                                    node.uidNext(),
                                    node.lastRenamedOrCreated(),
                                    node.subscribed(),
                                    node.lastSubscriptionChange()));
        }
        return new MailboxTree(nodes, tree.deletes());
    }
}
