package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.storage.ChangeLog;
import org.jspecify.annotations.Nullable;

/**
 * What was read last, for whoever opens that mailbox again: a run that plans before it acts reads each mailbox twice. Whoever takes
 * it must make sure that it still is true. One object per store; used by the store's thread.
 */
final class LastTable {
    private @Nullable MaildirPaths paths;
    private @Nullable Read last;

    /**
     * What was read of a mailbox.
     *
     * @param changes what the log said of it, if it was asked
     */
    record Read(MaildirTable table, @Nullable Changes changes) {}

    /** What the log said; asked several times of the same table. */
    record Changes(MaildirTable table, long modSeq, ChangeLog log) {
        boolean isOf(MaildirTable other, long since) {
            return table == other && modSeq == since;
        }
    }

    /** A mailbox is closed of which this was read. */
    void keep(MaildirPaths of, Read read) {
        paths = of;
        last = read;
    }

    /** What was read of that mailbox, or null. It is not kept any longer, and that of another mailbox is not, either. */
    @Nullable
    Read take(MaildirPaths of) {
        MaildirPaths known = paths;
        boolean same = known != null
                && of.mail().equals(known.mail())
                && of.control().equals(known.control())
                && of.index().equals(known.index());
        Read taken = same ? last : null;
        paths = null;
        last = null;
        return taken;
    }
}
