package dev.twinbox.engine.index;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.storage.LockBusyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes an index under Dovecot's own lock: the POSIX write lock on {@code dovecot.index.log}, or, where there is no log
 * yet, the exclusively made {@code dovecot.index.log.newlock} (storage-formats.md, section 2.8).
 *
 * <p>While a writer exists, nobody else in this process may open the log: POSIX would drop the lock when that other
 * descriptor is closed. Not safe for use by several threads. Close it to release the lock.
 */
public final class IndexWriter implements AutoCloseable {
    private static final String NEW_LOG_SUFFIX = ".log.newlock";
    private static final String NEW_SNAPSHOT_SUFFIX = ".tmp";
    private static final String CACHE_SUFFIX = ".cache";

    /** A half-made log without an owner is left alone for this long (Dovecot's own patience), in seconds. */
    private static final long NEW_LOG_STALE_SECONDS = 180;

    private static final long POLL_MILLIS = 20;

    /** Sequence number of the first log of an index, as in Dovecot. */
    private static final long FIRST_SEQ = 2;

    private final Disk disk;
    private final DiskPath folder;
    private final String prefix;
    private final Clock clock;
    private final int mode;
    private final boolean durable;
    private @Nullable DiskFile log;
    private boolean ownsNewLog;

    private IndexWriter(Disk disk, DiskPath folder, String prefix, Clock clock, int mode, boolean durable) {
        this.disk = disk;
        this.folder = folder;
        this.prefix = prefix;
        this.clock = clock;
        this.mode = mode;
        this.durable = durable;
    }

    /** As the long form, for files of mode {@link Disk#FILE_MODE} that the caller makes durable. */
    public static IndexWriter lock(Disk disk, DiskPath folder, String prefix, Clock clock, long waitMillis)
            throws IOException {
        return lock(disk, folder, prefix, clock, waitMillis, Disk.FILE_MODE, false);
    }

    /**
     * Takes the lock.
     *
     * @param mode permission bits of new files
     * @param durable whether every new file is synced before it gets its name; the caller still has to sync the folder
     * @throws LockBusyException if somebody else has the lock for longer than {@code waitMillis}
     */
    public static IndexWriter lock(
            Disk disk, DiskPath folder, String prefix, Clock clock, long waitMillis, int mode, boolean durable)
            throws IOException {
        IndexWriter writer = new IndexWriter(disk, folder, prefix, clock, mode, durable);
        long deadline = clock.monotonicNanos() + waitMillis * 1_000_000;
        while (!writer.tryLock(deadline)) {
            // The log was exchanged between opening and locking it.
        }
        return writer;
    }

    private boolean tryLock(long deadline) throws IOException {
        DiskFile file;
        try {
            file = disk.openWrite(path(IndexFiles.LOG_SUFFIX), false);
        } catch (NoSuchFileException e) {
            return tryCreate(deadline);
        }
        boolean kept = false;
        try {
            long wait = Math.max(0, (deadline - clock.monotonicNanos()) / 1_000_000);
            if (!file.lock(wait)) {
                throw new LockBusyException("somebody holds the lock on " + path(IndexFiles.LOG_SUFFIX));
            }
            Optional<FileInfo> now = disk.stat(path(IndexFiles.LOG_SUFFIX));
            kept = now.isPresent() && now.get().fileKey().equals(file.info().fileKey());
        } finally {
            if (!kept) {
                file.close();
            }
        }
        if (kept) {
            log = file;
        }
        return kept;
    }

    /** Makes the file that keeps others from making a log. */
    private boolean tryCreate(long deadline) throws IOException {
        DiskPath path = path(NEW_LOG_SUFFIX);
        try {
            disk.create(path, mode).close();
        } catch (FileAlreadyExistsException e) {
            Optional<FileInfo> there = disk.stat(path);
            long now = clock.epochMillis() / 1000;
            if (there.isPresent()
                    && Math.max(there.get().mtimeSeconds(), there.get().ctimeSeconds()) + NEW_LOG_STALE_SECONDS < now) {
                disk.unlink(path);
            } else if (clock.monotonicNanos() - deadline >= 0) {
                throw new LockBusyException("somebody is making " + path);
            } else {
                clock.sleepMillis(POLL_MILLIS);
            }
            return false;
        }
        ownsNewLog = true;
        if (disk.stat(path(IndexFiles.LOG_SUFFIX)).isPresent()) {
            dropNewLog();
            return false;
        }
        return true;
    }

    /**
     * The index as it is now, or nothing if there is none. An incomplete transaction at the end of the log is damage
     * here, since whoever wrote it is gone.
     *
     * @throws IndexFormatException if there is one and nothing of it can be used
     */
    public Optional<IndexState> state() throws IOException {
        IndexFiles files = files();
        return files.isEmpty() ? Optional.empty() : Optional.of(IndexReader.assemble(files, false));
    }

    private IndexFiles files() throws IOException {
        byte[] snapshot = IndexFiles.readSnapshot(disk, path(""), false);
        DiskFile file = log;
        if (file == null) {
            return new IndexFiles(snapshot, null, null);
        }
        byte[] bytes = file.readAll(IndexLogCodec.LOG_BYTES_MAX);
        byte[] previous =
                IndexFiles.readPrevious(disk, folder, prefix, file.info().fileKey());
        return new IndexFiles(snapshot, bytes, previous);
    }

    /**
     * Appends changes in one write.
     *
     * @param sync whether to mark them as made by a sync
     * @return HIGHESTMODSEQ afterwards
     * @throws IndexFormatException if there is no log, or it ends in something incomplete
     */
    public long append(IndexTransaction changes, boolean sync) throws IOException {
        DiskFile file = log;
        if (file == null) {
            throw new IndexFormatException("there is no log to append to");
        }
        End end = end(file);
        if (!end.complete()) {
            throw new IndexFormatException("log ends in an incomplete transaction");
        }
        byte[] bytes = changes.encode(sync);
        try {
            file.append(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            // Half a record would make Dovecot show an empty mailbox; nobody has acted on it yet.
            file.truncate(end.offset());
            throw e;
        }
        long modSeq = end.modSeq();
        IndexLogCodec.Cursor record = new IndexLogCodec.Cursor(bytes, 0);
        while (record.next()) {
            modSeq = record.modSeqAfter(modSeq, end.header().minor());
        }
        return Math.max(1, modSeq);
    }

    private record End(IndexLogCodec.Header header, long offset, long modSeq, boolean complete) {}

    private static End end(DiskFile file) throws IOException {
        byte[] bytes = file.readAll(IndexLogCodec.LOG_BYTES_MAX);
        IndexLogCodec.Header header = IndexLogCodec.decodeHeader(bytes);
        IndexLogCodec.Cursor record = new IndexLogCodec.Cursor(bytes, header.headerSize());
        long modSeq = header.initialModSeq();
        while (record.next()) {
            modSeq = record.modSeqAfter(modSeq, header.minor());
        }
        return new End(header, record.end(), modSeq, !record.isIncomplete() && header.indexId() != 0);
    }

    DiskPath path(String suffix) {
        return folder.resolve(prefix + suffix);
    }

    private void dropNewLog() throws IOException {
        ownsNewLog = false;
        unlinkIfThere(path(NEW_LOG_SUFFIX));
    }

    private void unlinkIfThere(DiskPath path) throws IOException {
        try {
            disk.unlink(path);
        } catch (NoSuchFileException e) {
            // What is wanted.
        }
    }

    /** Releases the lock. */
    @Override
    public void close() throws IOException {
        DiskFile file = log;
        log = null;
        if (ownsNewLog) {
            dropNewLog();
        }
        if (file != null) {
            file.close();
        }
    }
}
