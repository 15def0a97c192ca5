package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.protocol.item.MailGuid;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a log says about mails that are gone, by UID. */
final class ExpungeLog {
    private final List<Expunge> expunges;
    private final boolean reachesBack;

    ExpungeLog(ChangeLog log) {
        boolean sorted = true;
        for (int i = 1; i < log.expunges().size(); i++) {
            sorted &= log.expunges().get(i - 1).uid() < log.expunges().get(i).uid();
        }
        if (!sorted) {
            throw new IllegalArgumentException("expunges not by rising UID");
        }
        expunges = log.expunges();
        reachesBack = log.reachesBack();
    }

    /** What a log says of a mail that the other side has. */
    enum Answer {
        /** It was here and is gone. */
        GONE,
        /** Another mail with that UID was here and is gone. */
        ANOTHER_GONE,
        /** A mail with that UID was here and is gone; nobody noted which. */
        UID_GONE,
        /** No mail with that UID ever went away here. */
        NEVER,
        /** The log has no entry and does not go back far enough for that to mean anything. */
        UNKNOWN
    }

    Answer ask(long uid, MailGuid guid) {
        Expunge found = find(uid);
        if (found == null) {
            return reachesBack ? Answer.NEVER : Answer.UNKNOWN;
        }
        if (found.guid128().isEmpty()) {
            return Answer.UID_GONE;
        }
        return found.guid128().toLowerCase(Locale.ROOT).equals(HexFormat.of().formatHex(guid.to128()))
                ? Answer.GONE
                : Answer.ANOTHER_GONE;
    }

    /** Whether a sync took the mail of a UID away, perhaps only to give it another UID. */
    boolean isBySync(long uid) {
        Expunge found = find(uid);
        return found != null && found.bySync();
    }

    /** The entry of a UID, or null. */
    private @Nullable Expunge find(long uid) {
        int low = 0;
        int high = expunges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long at = expunges.get(middle).uid();
            if (at == uid) {
                return expunges.get(middle);
            }
            if (at < uid) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /** The highest UID below a limit that went away in both logs as the same mail; 0 if there is none. */
    static long lastGoneFromBoth(ExpungeLog left, ExpungeLog right, long limit) {
        for (int i = left.expunges.size() - 1; i >= 0; i--) {
            Expunge here = left.expunges.get(i);
            Expunge there = here.uid() < limit ? right.find(here.uid()) : null;
            if (there != null && !here.guid128().isEmpty() && here.guid128().equalsIgnoreCase(there.guid128())) {
                return here.uid();
            }
        }
        return 0;
    }
}
