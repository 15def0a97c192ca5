package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.Party.Dead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was odd about a merge, in words for its administrator. */
final class Notes {
    /** More than these are only counted. */
    static final int MAX_NOTES = 100;

    private final List<String> texts = new ArrayList<>();
    private long more;

    private void add(String format, Object... values) {
        if (texts.size() < MAX_NOTES) {
            texts.add(String.format(Locale.ROOT, format, values));
        } else {
            more++;
        }
    }

    List<String> all() {
        if (more > 0) {
            texts.add("and " + more + " more");
            more = 0;
        }
        return texts;
    }

    private static String name(Party side) {
        return side.initiator ? "initiator" : "responder";
    }

    /** Mails that go although no log proves it. */
    void departures(Party side) {
        if (!side.changes) {
            return;
        }
        for (List<Dead> mails : side.dead.values()) {
            for (Dead mail : mails) {
                if (mail.reason().equals(Reasons.GAP)) {
                    add("UID %d of the %s %s", side.table.uid(mail.row()), name(side), Reasons.GAP);
                }
            }
        }
    }

    void noUid(Party side, int row) {
        if (row >= 0) {
            add("UID %d of the %s was left alone: there are no UIDs left", side.table.uid(row), name(side));
        }
    }

    void moved(Party side, int row, long uid) {
        if (side.changes && !side.status.provisional() && side.table.uid(row) != uid) {
            add("UID %d of the %s is now UID %d: %s", side.table.uid(row), name(side), uid, Reasons.CONFLICT);
        }
    }
}
