package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.storage.account.AccountContext;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Everything whose change can mean a change of the mailbox, as the disk shows it without opening a file.
 *
 * @param folders {@code new/} and {@code cur/}
 * @param uidlist the uidlist, or null
 * @param index the index snapshot, or null
 * @param log the index log, or null
 */
record MaildirVersion(
        FolderListing.Stamp folders,
        @Nullable FileInfo uidlist,
        @Nullable FileInfo index,
        @Nullable FileInfo log) {
    /** How things are now. */
    static MaildirVersion look(AccountContext context, MaildirPaths paths) throws IOException {
        return of(FolderListing.stamp(context.disk(), context.clock(), paths.fresh(), paths.cur()), context, paths);
    }

    /** With folders already looked at. */
    static MaildirVersion of(FolderListing.Stamp folders, AccountContext context, MaildirPaths paths)
            throws IOException {
        return new MaildirVersion(
                folders,
                look(context.disk(), paths.uidlist()),
                look(context.disk(), paths.index().resolve(IndexReader.PREFIX)),
                look(context.disk(), paths.index().resolve(IndexReader.PREFIX + ".log")));
    }

    private static @Nullable FileInfo look(Disk disk, DiskPath path) throws IOException {
        return disk.stat(path).orElse(null);
    }

    /** Whether it is certain that nothing has changed between the two. */
    boolean provesSame(MaildirVersion later) {
        return folders.certain()
                && folders.sameAs(later.folders)
                && same(uidlist, later.uidlist)
                && same(index, later.index)
                && same(log, later.log);
    }

    private static boolean same(@Nullable FileInfo one, @Nullable FileInfo other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return one.isSameState(other);
    }
}
