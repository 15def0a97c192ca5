package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.MailboxPaths;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Everything whose change can mean a change of the mailbox, as the disk shows it without opening a file.
 *
 * @param file the mbox, or null
 * @param index the index snapshot, or null
 * @param log the index log, or null
 * @param certain the mbox was last written so long before we looked that a later change shows
 */
record MboxVersion(
        @Nullable FileInfo file,
        @Nullable FileInfo index,
        @Nullable FileInfo log,
        boolean certain) {
    /** Dovecot sets whole seconds as mtime, so a second one within the same does not show. */
    static final long RACY_SECONDS = 2;

    private static final long MILLIS_PER_SECOND = 1000;

    /** How things are now. */
    static MboxVersion look(AccountContext context, MailboxPaths paths) throws IOException {
        FileInfo file = look(context.disk(), paths.mail());
        return new MboxVersion(
                file,
                look(context.disk(), paths.index().resolve(IndexReader.PREFIX)),
                look(context.disk(), paths.index().resolve(IndexReader.PREFIX + ".log")),
                file != null && isPast(context, file));
    }

    /** Whether a file's mtime lies so far back that whoever writes to it now gives it another. */
    static boolean isPast(AccountContext context, FileInfo file) {
        return context.clock().epochMillis() / MILLIS_PER_SECOND - file.mtimeSeconds() >= RACY_SECONDS;
    }

    private static @Nullable FileInfo look(Disk disk, DiskPath path) throws IOException {
        return disk.stat(path).orElse(null);
    }

    /** Whether it is certain that nothing has changed between the two. */
    boolean provesSame(MboxVersion later) {
        return certain && looksSame(later);
    }

    /** Whether nothing shows a change between the two. */
    boolean looksSame(MboxVersion later) {
        return same(file, later.file) && same(index, later.index) && same(log, later.log);
    }

    static boolean same(@Nullable FileInfo one, @Nullable FileInfo other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return one.isSameState(other);
    }
}
