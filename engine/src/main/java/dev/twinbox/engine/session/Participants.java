package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which mailboxes of an account take part, and what follows from those that do not. */
final class Participants {
    private final MailboxFilter filter;
    private final List<MailboxName> leftOut = new ArrayList<>();
    /** GUIDs of mailboxes that take no part, which no other mailbox can be given. */
    private final Map<MailboxGuid, MailboxName> takenGuids = new HashMap<>();

    Participants(MailboxFilter filter) {
        this.filter = filter;
    }

    /** The part of an account's tree that takes part. */
    MailboxTree of(MailboxTree whole) {
        leftOut.clear();
        takenGuids.clear();
        for (MailboxNode node : whole.nodes()) {
            if (node.existence() != MailboxNode.Existence.MISSING && !filter.accepts(node)) {
                leftOut.add(node.name());
                MailboxGuid guid = node.guid();
                if (guid != null) {
                    takenGuids.put(guid, node.name());
                }
            }
        }
        return Trees.filtered(whole, filter);
    }

    List<MailboxName> leftOut() {
        return List.copyOf(leftOut);
    }

    /** The other side's tree without mailboxes that cannot be had here, because one that takes no part has their GUID. */
    MailboxTree possible(MailboxTree theirs) {
        return Trees.without(theirs, takenGuids.keySet());
    }

    /** @throws NotPossibleException if a mailbox that takes no part has that GUID */
    void requireFree(MailboxGuid guid) throws NotPossibleException {
        MailboxName holder = takenGuids.get(guid);
        if (holder != null) {
            throw new NotPossibleException("its GUID is that of " + holder + ", which takes no part");
        }
    }
}
