package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives the mails above the last common UID their UIDs, just as a Dovecot at the other end does (dsync wire protocol,
 * section 3.7 C). Both ends walk the same pairs in the same order and come to the same numbers.
 */
final class DsyncUids {
    private final MailboxSnapshot mine;
    private final MailboxSnapshot theirs;
    private final List<Entry> walk = new ArrayList<>();
    private final Map<MailGuid, List<Entry>> groups = new HashMap<>();

    /** A mail of one end, or of both under the same UID. */
    static final class Entry {
        final MailGuid guid;
        /** Own row, or -1. */
        final int own;
        /** The other end's row, or -1. */
        final int other;

        final long oldUid;
        boolean usable;
        boolean done;

        @Nullable
        Entry link;

        /** The UID it gets; of one that is done its link's counts. */
        long uid;

        Entry(MailGuid guid, int own, int other, long oldUid, boolean usable) {
            this.guid = guid;
            this.own = own;
            this.other = other;
            this.oldUid = oldUid;
            this.usable = usable;
        }
    }

    /**
     * What the mails of one GUID come to.
     *
     * @param entries all of them, in the order of the walk; those that are not done say which UIDs are wanted
     */
    record Group(MailGuid guid, List<Entry> entries) {}

    /** The groups, in the order in which the walk met them, and UIDNEXT after them. */
    record Result(List<Group> groups, long uidNext) {}

    private DsyncUids(MailboxSnapshot mine, MailboxSnapshot theirs) {
        this.mine = mine;
        this.theirs = theirs;
    }

    /**
     * @param own own rows above the last common UID, by rising UID
     * @param other rows of the other end above it, by rising UID
     */
    static Result assign(MailboxSnapshot mine, List<Integer> own, MailboxSnapshot theirs, List<Integer> other) {
        DsyncUids uids = new DsyncUids(mine, theirs);
        uids.walk(own, other);
        return uids.number();
    }

    private void walk(List<Integer> own, List<Integer> other) {
        int o = 0;
        int t = 0;
        while (o < own.size() || t < other.size()) {
            int order = o == own.size() ? 1 : t == other.size() ? -1 : compare(own.get(o), other.get(t));
            if (order < 0) {
                int row = own.get(o++);
                long uid = mine.uid(row);
                join(new Entry(
                        mine.guid(row), row, -1, uid, uid >= theirs.status().uidNext()));
            } else if (order > 0) {
                int row = other.get(t++);
                long uid = theirs.uid(row);
                join(new Entry(
                        theirs.guid(row), -1, row, uid, uid >= mine.status().uidNext()));
            } else {
                int row = own.get(o++);
                join(new Entry(mine.guid(row), row, other.get(t++), mine.uid(row), true));
            }
        }
    }

    private int compare(int own, int other) {
        int order = mine.guid(own).compareTo(theirs.guid(other));
        return order != 0 ? order : Long.compare(mine.uid(own), theirs.uid(other));
    }

    private void join(Entry entry) {
        List<Entry> group = groups.computeIfAbsent(entry.guid, guid -> new ArrayList<>(1));
        for (Entry member : group) {
            if (member.oldUid == entry.oldUid) {
                member.usable = true;
                entry.usable = true;
            }
        }
        boolean both = entry.own >= 0 && entry.other >= 0;
        for (Entry member : group) {
            boolean opposite =
                    entry.own >= 0 ? member.other >= 0 && member.own < 0 : member.own >= 0 && member.other < 0;
            if (!both && opposite && member.link == null) {
                member.link = entry;
                entry.link = member;
                break;
            }
        }
        group.add(entry);
        walk.add(entry);
    }

    private Result number() {
        long next =
                Math.max(1, Math.max(mine.status().uidNext(), theirs.status().uidNext()));
        List<Group> result = new ArrayList<>(groups.size());
        for (Entry entry : walk) {
            List<Entry> group = groups.remove(entry.guid);
            if (group != null) {
                result.add(new Group(entry.guid, group));
            }
            if (entry.done) {
                continue;
            }
            Entry link = entry.link;
            entry.uid = entry.usable ? entry.oldUid : link != null && link.usable ? link.oldUid : next++;
            if (link != null) {
                link.done = true;
            }
        }
        return new Result(result, next);
    }
}
