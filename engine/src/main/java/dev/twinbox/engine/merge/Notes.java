package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.Party.Dead;
import dev.twinbox.engine.merge.UidAssignment.Place;
import java.util.ArrayList;
import java.util.List;

/** What was odd about a merge, in words for its administrator. */
final class Notes {
    /** More than these are only counted. */
    static final int MAX_NOTES = 100;

    private final List<MailboxMerge.Note> notes = new ArrayList<>();
    private long more;

    private void add(Party side, String text) {
        if (notes.size() < MAX_NOTES) {
            notes.add(new MailboxMerge.Note(side.initiator, text));
        } else {
            more++;
        }
    }

    List<MailboxMerge.Note> all() {
        if (more > 0) {
            notes.add(new MailboxMerge.Note(true, "and " + more + " more like these, here or at the other side"));
            more = 0;
        }
        return notes;
    }

    /** Mails that go although no log proves it. */
    void departures(Party side) {
        if (!side.changes) {
            return;
        }
        for (List<Dead> mails : side.dead.values()) {
            for (Dead mail : mails) {
                if (mail.reason().equals(Reasons.GAP)) {
                    add(side, "UID " + side.table.uid(mail.row()) + " " + Reasons.GAP);
                }
            }
        }
    }

    /**
     * One way, a mail whose UID is taken gets another one, and has it from then on. When there were such mails before and
     * now there are more, that will not stop by itself.
     */
    void drift(Party source, Party destination, List<Place> places) {
        if (source.status.provisional() || destination.status.provisional()) {
            return;
        }
        int before = 0;
        int after = 0;
        for (Place place : places) {
            int there = source.row(place);
            int here = destination.row(place);
            if (there < 0 || !place.shared()) {
                continue;
            }
            long uid = source.table.uid(there);
            before += here >= 0 && destination.table.uid(here) != uid ? 1 : 0;
            after += place.uid() != uid ? 1 : 0;
        }
        if (before > 0 && after > before) {
            notes.add(
                    0,
                    new MailboxMerge.Note(
                            destination.initiator,
                            after + " mails have other UIDs than at the source, " + (after - before)
                                    + " more than before this run. The sides grow apart, and sync -1 cannot change that:"
                                    + " run backup to make this one like the source, or sync without -1"));
        }
    }

    void noUid(Party side, int row) {
        if (row >= 0) {
            add(side, "UID " + side.table.uid(row) + " was left alone: there are no UIDs left");
        }
    }

    void moved(Party side, int row, long uid) {
        if (side.changes && !side.status.provisional() && side.table.uid(row) != uid) {
            add(side, "UID " + side.table.uid(row) + " is now UID " + uid + ": " + Reasons.CONFLICT);
        }
    }
}
