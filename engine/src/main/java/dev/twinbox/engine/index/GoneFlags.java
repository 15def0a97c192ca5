package dev.twinbox.engine.index;

import dev.twinbox.protocol.item.Flags;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What users did to the flags and keywords of mails that are gone, before they went. Of a mail that was moved within its
 * mailbox it is still news. Filled while the log is walked through; not safe for use by several threads.
 */
final class GoneFlags {
    /** Looking at more UIDs than these costs more than it is worth: then nothing is known. */
    static final int WORK_MAX = 200_000;

    private static final IndexHistory.News NONE = new IndexHistory.News(Flags.NONE, Flags.NONE, Map.of(), Map.of());

    private final IndexState state;
    private final Map<Long, Touched> mails = new HashMap<>();
    private int work;

    GoneFlags(IndexState state) {
        this.state = state;
    }

    private static final class Touched {
        private int added;
        private int removed;
        private final TreeMap<String, Boolean> keywords = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private final Map<String, Long> when = new HashMap<>();
    }

    /** Something that is done to a mail that is gone. */
    private interface Deed {
        void to(Touched mail);
    }

    /** Flags of UIDs of a range were changed. */
    void flags(long first, long last, int added, int removed, boolean sync, long modSeq) {
        each(first, last, mail -> {
            mail.added = mail.added & ~(added | removed) | (sync ? 0 : added);
            mail.removed = mail.removed & ~(added | removed) | (sync ? 0 : removed);
            for (int bits = (added | removed) & Flags.SETTABLE; bits != 0; bits &= bits - 1) {
                mail.when.put(new Flags(Integer.lowestOneBit(bits)).toString(), modSeq);
            }
        });
    }

    /** A keyword of UIDs of a range was set or taken away. */
    void keyword(long first, long last, String name, boolean added, boolean sync, long modSeq) {
        each(first, last, mail -> {
            mail.keywords.remove(name);
            if (!sync) {
                mail.keywords.put(name, added);
                mail.when.put(name.toLowerCase(Locale.ROOT), modSeq);
            }
        });
    }

    /** All keywords of UIDs of a range were taken away: what was known of them is no news. */
    void keywordReset(long first, long last) {
        each(first, last, mail -> mail.keywords.clear());
    }

    private void each(long first, long last, Deed deed) {
        long end = Math.min(last, state.header().nextUid() - 1);
        if (work > WORK_MAX || end < first || rows(end + 1) - rows(first) == end - first + 1) {
            return;
        }
        for (long uid = first; uid <= end; uid++) {
            if (++work > WORK_MAX) {
                mails.clear();
                return;
            }
            if (state.rowOf(uid) < 0) {
                deed.to(mails.computeIfAbsent(uid, added -> new Touched()));
            }
        }
    }

    /** How many mails have a lower UID. */
    private int rows(long uid) {
        int row = state.rowOf(uid);
        return row >= 0 ? row : -(row + 1);
    }

    /** Whether nothing is known of any. */
    boolean isEmpty() {
        return mails.isEmpty();
    }

    /** What is known of the mail that had that UID. */
    IndexHistory.News of(long uid) {
        Touched mail = mails.get(uid);
        return mail == null
                ? NONE
                : new IndexHistory.News(
                        new Flags(mail.added & Flags.SETTABLE),
                        new Flags(mail.removed & Flags.SETTABLE),
                        mail.keywords,
                        mail.when);
    }
}
