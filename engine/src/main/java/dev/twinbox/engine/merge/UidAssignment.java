package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.Party.Dead;
import dev.twinbox.engine.merge.Party.Row;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.Uid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives the mails that the two sides have not got under the same UID their UIDs (dsync wire protocol, section 3.7 C). Both
 * sides, and a Dovecot, come to the same ones:
 *
 * <p>All of them are put in order of GUID, then UID. Mails with the same GUID, one from each side, are taken for one. A mail
 * keeps its UID if the other side's UIDNEXT has not passed it, or gets that of its counterpart of which this is true;
 * otherwise it gets the next UID above both UIDNEXTs. So of two mails with one UID neither keeps it.
 *
 * <p>One way, a mail that the destination has under another UID than the source keeps it; dsync would give it a new one in
 * every run.
 *
 * <p>A mail that only one side has and that a filter keeps from the other stays as it is.
 */
final class UidAssignment {
    private final Party left;
    private final Party right;
    private final List<Place> places = new ArrayList<>();
    private long next;

    private UidAssignment(Party left, Party right) {
        this.left = left;
        this.right = right;
        this.next = Math.max(1, Math.max(left.status.uidNext(), right.status.uidNext()));
    }

    /**
     * A mail of the merged mailbox that was not at the same UID on both sides.
     *
     * @param left row at the left side, -1 if it is not there
     * @param right row at the right side, -1 if it is not there
     * @param uid the UID it gets, 0 if there is none to be had
     * @param shared whether the side that has not got it is to have it
     */
    record Place(MailGuid guid, int left, int right, long uid, boolean shared) {}

    /** Where the mails go, and UIDNEXT after that. */
    record Result(List<Place> places, long uidNext) {}

    private static final class Entry {
        final Row mail;
        final boolean isLeft;
        final boolean keeps;

        /** It was taken away at the source, which has another mail for its place. */
        final boolean stays;

        @Nullable
        Entry partner;

        boolean done;

        Entry(Row mail, Party side, Party other, boolean stays) {
            this.mail = mail;
            this.isLeft = side.initiator;
            this.keeps = mail.uid() >= other.status.uidNext();
            this.stays = stays;
        }
    }

    /** Places for all of {@link Party#unmatched}; {@code left} is the initiator. */
    static Result assign(Party left, Party right) {
        UidAssignment assignment = new UidAssignment(left, right);
        if (left.status.provisional() || right.status.provisional()) {
            assignment.byOrder();
        } else {
            assignment.byGuid();
        }
        return new Result(assignment.places, assignment.next);
    }

    private void byGuid() {
        List<Entry> entries = new ArrayList<>(left.unmatched.size() + right.unmatched.size());
        left.unmatched.forEach(mail -> entries.add(new Entry(mail, left, right, false)));
        right.unmatched.forEach(mail -> entries.add(new Entry(mail, right, left, false)));
        if (!left.changes || !right.changes) {
            addStaying(entries);
        }
        entries.sort(
                Comparator.comparing((Entry entry) -> entry.mail.guid()).thenComparingLong(entry -> entry.mail.uid()));
        link(entries);
        for (Entry entry : entries) {
            if (!entry.done) {
                place(entry);
            }
        }
    }

    /**
     * One way, a mail that the source took away and has again under a lower UID than the destination could take over stays
     * where the destination has it. It counts among the destination's mails of its GUID, so that the next run, which finds
     * all of them there, pairs them just so.
     */
    private void addStaying(List<Entry> entries) {
        Party source = left.changes ? right : left;
        Party destination = left.changes ? left : right;
        if (destination.dead.isEmpty()) {
            return;
        }
        Map<MailGuid, Integer> free = new HashMap<>();
        destination.unmatched.forEach(mail -> free.merge(mail.guid(), 1, Integer::sum));
        Map<MailGuid, Integer> taken = new HashMap<>();
        for (Row mail : source.unmatched) {
            List<Dead> dead = destination.dead.getOrDefault(mail.guid(), List.of());
            boolean partner = free.merge(mail.guid(), -1, Integer::sum) >= 0;
            boolean keeps = mail.uid() >= destination.status.uidNext();
            int nth = taken.getOrDefault(mail.guid(), 0);
            if (!partner && !keeps && nth < dead.size() && source.wanted.test(mail.row())) {
                int row = dead.get(nth).row();
                Row stays = new Row(row, destination.table.uid(row), mail.guid());
                entries.add(new Entry(stays, destination, source, true));
                taken.put(mail.guid(), nth + 1);
            }
        }
    }

    /** Links each mail with the first one of its GUID from the other side that is still free. */
    private static void link(List<Entry> entries) {
        Deque<Entry> free = new ArrayDeque<>(); // all of one GUID and of one side
        for (Entry entry : entries) {
            Entry first = free.peek();
            if (first != null && !first.mail.guid().equals(entry.mail.guid())) {
                free.clear();
                first = null;
            }
            if (first == null || first.isLeft == entry.isLeft) {
                free.add(entry);
            } else {
                free.remove();
                first.partner = entry;
                entry.partner = first;
            }
        }
    }

    private void place(Entry entry) {
        Entry partner = entry.partner;
        entry.done = true;
        if (partner == null) {
            Party side = entry.isLeft ? left : right;
            boolean shared = side.wanted.test(entry.mail.row());
            add(entry.mail, entry.isLeft, shared ? loneUid(entry, side) : entry.mail.uid(), shared);
            return;
        }
        partner.done = true;
        if (entry.stays || partner.stays) {
            Entry source = entry.stays ? partner : entry;
            add(source.mail, source.isLeft, (entry.stays ? entry : partner).mail.uid(), true);
            return;
        }
        long uid;
        if (left.changes && right.changes) {
            uid = entry.keeps ? entry.mail.uid() : partner.keeps ? partner.mail.uid() : fresh();
        } else {
            uid = (entry.isLeft == left.changes ? entry : partner).mail.uid();
        }
        int here = entry.mail.row();
        int there = partner.mail.row();
        places.add(new Place(entry.mail.guid(), entry.isLeft ? here : there, entry.isLeft ? there : here, uid, true));
    }

    /** The UID of a mail that only one side has. One way, what was moved away and back stays where the destination has it. */
    private long loneUid(Entry entry, Party side) {
        if (entry.keeps) {
            return entry.mail.uid();
        }
        Party other = side == left ? right : left;
        List<Dead> moved = other.dead.getOrDefault(entry.mail.guid(), List.of());
        return !other.changes && !moved.isEmpty() ? entry.mail.uid() : fresh();
    }

    private void add(Row mail, boolean isLeft, long uid, boolean shared) {
        places.add(new Place(mail.guid(), isLeft ? mail.row() : -1, isLeft ? -1 : mail.row(), uid, shared));
    }

    /** The next UID, 0 if they are used up. */
    private long fresh() {
        return next > Uid.MAX ? 0 : next++;
    }

    /**
     * The UIDs of a side that has none recorded mean nothing: then the other side's count, and what it has not got comes
     * after, in the order in which the mails lie. Where both have none, the left side's mails come first.
     */
    private void byOrder() {
        Map<MailGuid, Deque<Row>> free = new HashMap<>();
        Party firm = right.status.provisional() ? left : right;
        Party loose = firm == left ? right : left;
        boolean none = left.status.provisional() && right.status.provisional();
        next = none ? 1 : Math.max(1, firm.status.uidNext());
        for (Row mail : loose.unmatched) {
            free.computeIfAbsent(mail.guid(), guid -> new ArrayDeque<>(1)).add(mail);
        }
        List<Row> rest = new ArrayList<>();
        java.util.Set<Row> taken = new java.util.HashSet<>();
        for (Row mail : firm.unmatched) {
            Deque<Row> same = free.get(mail.guid());
            Row partner = same == null ? null : same.poll();
            long uid = none ? fresh() : mail.uid();
            if (partner == null) {
                add(mail, firm.initiator, uid, firm.wanted.test(mail.row()));
            } else {
                taken.add(partner);
                places.add(new Place(
                        mail.guid(),
                        firm.initiator ? mail.row() : partner.row(),
                        firm.initiator ? partner.row() : mail.row(),
                        uid,
                        true));
            }
        }
        for (Row mail : loose.unmatched) {
            if (!taken.contains(mail)) {
                rest.add(mail);
            }
        }
        rest.forEach(mail -> add(mail, loose.initiator, fresh(), loose.wanted.test(mail.row())));
    }
}
