package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.Party.Dead;
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
