package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.AccountGuard;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.StoreReport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What every part of one open account works with.
 *
 * @param guard what keeps other runs from writing; null if the caller sees to that
 */
public record AccountContext(
        Disk disk,
        AccountLocation location,
        boolean readOnly,
        Durability durability,
        long lockWaitMillis,
        Clock clock,
        Host host,
        StoreReport report,
        UniqueNames names,
        @Nullable AccountGuard guard) {
    /**
     * To be called before the first write of every step: one run writes at a time.
     *
     * @throws dev.twinbox.engine.storage.LockBusyException if another run does
     */
    public void beginWriting() throws IOException {
        checkWritable();
        if (guard != null) {
            guard.enter();
        }
    }

    /** Whether what is written is to survive a power loss. */
    public boolean isDurable() {
        return durability != Durability.NEVER;
    }

    /**
     * Takes the lock that every writer of an index takes.
     *
     * @param prefix first part of the names of its files
     * @throws dev.twinbox.engine.storage.LockBusyException if somebody else has it for longer than {@code waitMillis}
     */
    public IndexWriter lockIndex(DiskPath folder, String prefix, long waitMillis) throws IOException {
        return IndexWriter.lock(disk, folder, prefix, clock, host, waitMillis, Disk.FILE_MODE, isDurable());
    }

    /** Stops a bug before it becomes a write to somebody's source. */
    public void checkWritable() {
        if (readOnly) {
            throw new IllegalStateException("store was opened for reading only");
        }
    }
}
