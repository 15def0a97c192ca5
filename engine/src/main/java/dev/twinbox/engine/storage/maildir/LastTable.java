package dev.twinbox.engine.storage.maildir;

import org.jspecify.annotations.Nullable;

/**
 * The table of the mailbox that was read last, for whoever opens it again: a run that plans before it acts reads each mailbox
 * twice. Whoever takes it must make sure that it still is true. One object per store; used by the store's thread.
 */
final class LastTable {
    private @Nullable MaildirPaths paths;
    private @Nullable MaildirTable table;

    /** A mailbox is closed that this was the table of. */
    void keep(MaildirPaths of, MaildirTable last) {
        paths = of;
        table = last;
    }

    /** The table of that mailbox, or null. It is not kept any longer, and one of another mailbox is not, either. */
    @Nullable
    MaildirTable take(MaildirPaths of) {
        MaildirPaths known = paths;
        boolean same = known != null
                && of.mail().equals(known.mail())
                && of.control().equals(known.control())
                && of.index().equals(known.index());
        MaildirTable last = same ? table : null;
        paths = null;
        table = null;
        return last;
    }
}
