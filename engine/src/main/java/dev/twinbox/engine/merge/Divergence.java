package dev.twinbox.engine.merge;

import java.util.ArrayList;
import java.util.List;

/** In what a mailbox still differs from its source after {@code sync -1}, which never writes to the source. */
final class Divergence {
    private long here;
    private long there;
    private long renumbered;
    private long flagged;

    /** A mail that the source has not got. */
    void onlyHere() {
        here++;
    }

    /** A mail that was taken away here. */
    void onlyThere() {
        there++;
    }

    /** A mail that both have. */
    void both(boolean sameUid, boolean sameFlags) {
        renumbered += sameUid ? 0 : 1;
        flagged += sameFlags ? 0 : 1;
    }

    /** For the administrator; nothing if source and destination are the same. */
    String text() {
        List<String> parts = new ArrayList<>();
        add(parts, here, "only here");
        add(parts, there, "only at the source");
        add(parts, renumbered, "with another UID");
        add(parts, flagged, "with other flags");
        return parts.isEmpty() ? "" : "differs from the source in mails: " + String.join(", ", parts);
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(count + " " + what);
        }
    }
}
