package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Everything whose change can mean a change of the mailbox, as the disk shows it without opening a file: every change is
 * appended to the log, or exchanges it.
 *
 * @param snapshot the index snapshot, or null
 * @param log the index log, or null
 */
record DboxVersion(@Nullable FileInfo snapshot, @Nullable FileInfo log) {
    /** How things are now. */
    static DboxVersion look(Disk disk, DiskPath index) throws IOException {
        return new DboxVersion(
                disk.stat(index.resolve(IndexReader.PREFIX)).orElse(null),
                disk.stat(index.resolve(IndexReader.PREFIX + ".log")).orElse(null));
    }

    /** Whether it is certain that nothing has changed between the two. */
    boolean provesSame(DboxVersion later) {
        return log != null && same(log, later.log) && same(snapshot, later.snapshot);
    }

    private static boolean same(@Nullable FileInfo one, @Nullable FileInfo other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return one.isSameState(other);
    }
}
