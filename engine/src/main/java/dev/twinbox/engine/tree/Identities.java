package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The GUIDs that mailboxes have after a merge: of two the byte-wise larger one, or, where just one side is changed, that of the
 * other one, which a Dovecot there goes on to call it by. INBOX, which is matched by its name, does not get one that another
 * mailbox has.
 */
final class Identities {
    private final List<TreeMerge.Side> sides;
    private final TreeMerge.Mode mode;
    private final Map<Group, MailboxGuid> guids = new HashMap<>();

    Identities(List<TreeMerge.Side> sides, List<Group> groups, TreeMerge.Mode mode) {
        this.sides = sides;
        this.mode = mode;
        for (Group group : groups) {
            if (group.isMailbox()) {
                guids.put(group, choose(group));
            }
        }
    }

    /** For groups that are mailboxes. */
    MailboxGuid of(Group group) {
        return Objects.requireNonNull(guids.get(group));
    }

    private MailboxGuid choose(Group group) {
        List<MailboxGuid> candidates = candidates(group);
        for (MailboxGuid guid : candidates) {
            if (!group.isInbox() || isOnlyIn(group, guid)) {
                return guid;
            }
        }
        return free(candidates.get(0));
    }

    /** Those it has, the best first. */
    private List<MailboxGuid> candidates(Group group) {
        List<MailboxGuid> guids = new ArrayList<>();
        for (int side = 0; side < 2; side++) {
            @Nullable Place place = group.mailbox(side);
            MailboxGuid guid = place == null ? null : place.guid();
            if (guid != null) {
                guids.add(guid);
            }
        }
        boolean swap = guids.size() == 2
                && switch (mode) {
                    case TWO_WAY -> guids.get(0).compareTo(guids.get(1)) < 0;
                    case INITIATOR_TO_RESPONDER -> false;
                    case RESPONDER_TO_INITIATOR -> true;
                };
        if (swap) {
            Collections.reverse(guids);
        }
        return guids;
    }

    /** After a mail server renamed an INBOX, its GUID can be that of another mailbox. */
    private boolean isOnlyIn(Group group, MailboxGuid guid) {
        for (int side = 0; side < 2; side++) {
            MailboxNode node = sides.get(side).tree().find(guid).orElse(null);
            Place own = group.mailbox(side);
            if (node != null && node.isMailbox() && (own == null || !guid.equals(own.guid()))) {
                return false;
            }
        }
        return true;
    }

    private MailboxGuid free(MailboxGuid near) {
        MailboxGuid guid = new MailboxGuid(near.high(), ~near.low());
        while (isTaken(guid)) {
            guid = new MailboxGuid(guid.high(), guid.low() + 1);
        }
        return guid;
    }

    private boolean isTaken(MailboxGuid guid) {
        return sides.get(0).tree().find(guid).isPresent()
                || sides.get(1).tree().find(guid).isPresent();
    }
}
