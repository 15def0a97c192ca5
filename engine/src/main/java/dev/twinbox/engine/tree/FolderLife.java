package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which folders without mails exist after a merge. */
final class FolderLife {
    private final Set<Group> alive = new HashSet<>();
    private final Set<Group> parents = new HashSet<>();
    private final Map<Group, Long> deleted = new HashMap<>();

    /** When mailboxes were deleted that one side still has. */
    private final Map<MailboxGuid, Long> doomed;

    FolderLife(List<TreeMerge.Side> sides, List<Group> groups, Map<MailboxGuid, Long> doomed) {
        this.doomed = doomed;
        List<Map<String, Long>> records = List.of(
                records(sides.get(0).tree().deletes()),
                records(sides.get(1).tree().deletes()));
        List<Group> bottomUp = new ArrayList<>(groups);
        Collections.reverse(bottomUp);
        for (Group group : bottomUp) {
            if (group.isMailbox() || parents.contains(group) || isFolder(group, sides, records)) {
                alive.add(group);
                if (group.seat != null) {
                    parents.add(group.seat);
                }
            }
        }
    }

    private static Map<String, Long> records(MailboxDeletes deletes) {
        Map<String, Long> times = new HashMap<>();
        for (DeletedName record : deletes.folders()) {
            times.merge(record.hash(), record.time(), Math::max);
        }
        return times;
    }

    private boolean isFolder(Group group, List<TreeMerge.Side> sides, List<Map<String, Long>> records) {
        for (Place place : group.places) {
            MailboxNode node = place.node;
            if (node == null || !place.isFolder()) {
                continue;
            }
            int other = 1 - place.side;
            MailboxDeletes deletes = sides.get(other).tree().deletes();
            long time = doomed(group, other);
            for (String hash : deletes.hashes(place.name())) {
                time = Math.max(time, records.get(other).getOrDefault(hash, -1L));
            }
            if (exists(group, other) || place.fixed || time <= node.lastRenamedOrCreated()) {
                return true;
            }
            deleted.put(group, time);
        }
        return false;
    }

    /** By itself: a name that only has children, which may be deleted or moved away, is nothing the next run would see. */
    private static boolean exists(Group group, int side) {
        for (Place place : group.places) {
            if (place.side == side && (place.isMailbox() || place.isFolder() || place.pinned)) {
                return true;
            }
        }
        return false;
    }

    /** What is left of a mailbox that was deleted is no folder that anybody made; when it was deleted, or -1. */
    private long doomed(Group group, int side) {
        long time = -1;
        for (Place place : group.places) {
            MailboxGuid guid = place.node == null ? null : place.node.guid();
            if (place.side == side && place.doomed && guid != null) {
                time = Math.max(time, doomed.getOrDefault(guid, -1L));
            }
        }
        return time;
    }

    /** Whether anything exists under the name or below it. */
    boolean isAlive(Group group) {
        return alive.contains(group);
    }

    /** Whether it has to be made where it is not, since nothing below it does so. */
    boolean isWanted(Group group) {
        return alive.contains(group) && !group.isMailbox() && !parents.contains(group);
    }

    /** When it was made, seconds, or 0. */
    long time(Group group) {
        long time = 0;
        for (Place place : group.places) {
            time = Math.max(time, place.node == null ? 0 : place.node.lastRenamedOrCreated());
        }
        return time;
    }

    /** When it was deleted, seconds, or 0. */
    long deleted(Group group) {
        return deleted.getOrDefault(group, 0L);
    }
}
