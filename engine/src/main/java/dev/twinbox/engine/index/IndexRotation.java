package dev.twinbox.engine.index;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;

/**
 * Exchanges the files of an index, under its lock. The steps, and what a Dovecot process (2.3.19, measured) sees after a
 * crash behind each:
 *
 * <ol>
 *   <li>{@code .log.tmp} and {@code .tmp} are written: the old state;
 *   <li>{@code .log.2} is removed: the old state;
 *   <li>{@code .log} gets {@code .log.2} as its second name: the old state;
 *   <li>{@code .log.tmp} becomes {@code .log}: the old state, as the old snapshot joins the log's predecessor; but
 *       the new state if the new log {@linkplain #restate states everything};
 *   <li>{@code .tmp} becomes the snapshot: the new state.
 * </ol>
 *
 * <p>Dovecot's own name for a log in the making is {@code .log.newlock}. Left behind by a crash, such a log makes a Dovecot that
 * wants a new one wait for three minutes and then complain (measured), so ours has another name.
 *
 * <p>The new log is locked before it gets its name: otherwise somebody could append to it before the snapshot is there.
 * Without a log the snapshot comes first, since it alone is a whole index, and a log that has a predecessor is not. A
 * log without predecessor beside a snapshot that points at its beginning would wipe the mailbox (storage-formats.md,
 * section 2.3); hence the made-up predecessor in {@link #create}.
 */
final class IndexRotation {
    private static final String NEW_SNAPSHOT_SUFFIX = ".tmp";
    static final String NEXT_LOG_SUFFIX = ".log.tmp";

    private final Disk disk;
    private final DiskPath folder;
    private final String prefix;
    private final int mode;
    private final boolean durable;

    IndexRotation(Disk disk, DiskPath folder, String prefix, int mode, boolean durable) {
        this.disk = disk;
        this.folder = folder;
        this.prefix = prefix;
        this.mode = mode;
        this.durable = durable;
    }

    /** Makes an index where there is no log, which the caller sees to with {@code .log.newlock}. Returns the locked log. */
    DiskFile create(IndexState content, long now, long seq) throws IOException {
        long id = now;
        IndexLogCodec.Header header =
                IndexLogCodec.Header.of(id, seq, seq - 1, IndexLogCodec.HEADER_SIZE, now, content.highestModSeq());
        writeSnapshot(content, id, seq, IndexLogCodec.HEADER_SIZE, IndexHeader.NO_PREVIOUS_LOG);
        removeIfThere(IndexFiles.PREVIOUS_LOG_SUFFIX);
        removeIfThere(NEXT_LOG_SUFFIX);
        DiskFile log = disk.create(path(NEXT_LOG_SUFFIX), mode);
        return guarded(log, () -> {
            writeLog(log, header, new byte[0]);
            disk.rename(path(NEW_SNAPSHOT_SUFFIX), path(""));
            disk.rename(path(NEXT_LOG_SUFFIX), path(IndexFiles.LOG_SUFFIX));
        });
    }

    /** Exchanges a log that says all about the content for an empty one, and the snapshot. Returns the locked log. */
    DiskFile rotate(IndexState content, IndexPlace old, long now) throws IOException {
        IndexLogCodec.Header header = IndexLogCodec.Header.of(
                old.indexId(), old.logSeq() + 1, old.logSeq(), old.logOffset(), now, content.highestModSeq());
        return exchange(content, header, new byte[0], now);
    }

    /** Writes a snapshot that reaches to a place in the log, which says all about the content and stays. */
    void resume(IndexState content, IndexPlace end, long now) throws IOException {
        byte[] old = IndexFiles.readSnapshot(disk, path(""), true);
        long rotatedAt = old != null && old.length >= IndexHeader.SIZE
                ? Bytes.u32(old, IndexHeader.AT_ROTATED)
                : disk.stat(path(IndexFiles.PREVIOUS_LOG_SUFFIX)).isPresent() ? now : IndexHeader.NO_PREVIOUS_LOG;
        boolean done = false;
        try {
            writeSnapshot(content, end.indexId(), end.logSeq(), end.logOffset(), rotatedAt);
            disk.rename(path(NEW_SNAPSHOT_SUFFIX), path(""));
            done = true;
        } finally {
            if (!done) {
                dropLeftovers();
            }
        }
    }

    /**
     * Exchanges a log for one that states the content from nothing, and the snapshot. Whoever follows the old log sees it
     * reset. The log's modseqs begin at HIGHESTMODSEQ and so end beyond it; the caller rotates once more.
     */
    DiskFile restate(IndexState content, boolean sync, IndexPlace old, long now) throws IOException {
        IndexLogCodec.Header header =
                IndexLogCodec.Header.of(old.indexId(), old.logSeq() + 1, 0, 0, now, content.highestModSeq());
        return exchange(content, header, IndexDiff.statement(content).encode(sync), now);
    }

    /** Writes a snapshot that reaches as far into the log as the state does; the log stays. */
    void snapshot(IndexState state) throws IOException {
        boolean done = false;
        try {
            writeSnapshot(
                    state,
                    state.header().indexId(),
                    state.logSeq(),
                    state.logOffset(),
                    Bytes.u32(state.header().toBytes(), IndexHeader.AT_ROTATED));
            disk.rename(path(NEW_SNAPSHOT_SUFFIX), path(""));
            done = true;
        } finally {
            if (!done) {
                dropLeftovers();
            }
        }
    }

    private DiskFile exchange(IndexState content, IndexLogCodec.Header header, byte[] records, long now)
            throws IOException {
        // Only who holds the lock on the log rotates it, so what lies here has no owner any more.
        removeIfThere(IndexWriter.NEW_LOG_SUFFIX);
        removeIfThere(NEXT_LOG_SUFFIX);
        DiskFile log = disk.create(path(NEXT_LOG_SUFFIX), mode);
        return guarded(log, () -> {
            writeLog(log, header, records);
            writeSnapshot(
                    content, header.indexId(), header.seq(), (long) IndexLogCodec.HEADER_SIZE + records.length, now);
            removeIfThere(IndexFiles.PREVIOUS_LOG_SUFFIX);
            disk.link(path(IndexFiles.LOG_SUFFIX), path(IndexFiles.PREVIOUS_LOG_SUFFIX));
            disk.rename(path(NEXT_LOG_SUFFIX), path(IndexFiles.LOG_SUFFIX));
            disk.rename(path(NEW_SNAPSHOT_SUFFIX), path(""));
        });
    }

    @FunctionalInterface
    private interface Steps {
        void run() throws IOException;
    }

    private DiskFile guarded(DiskFile log, Steps steps) throws IOException {
        boolean done = false;
        try {
            steps.run();
            done = true;
            return log;
        } finally {
            if (!done) {
                log.close();
                dropLeftovers();
            }
        }
    }

    /** After a failure; if this fails too, the next writer does it. */
    private void dropLeftovers() {
        try {
            removeIfThere(NEXT_LOG_SUFFIX);
            removeIfThere(NEW_SNAPSHOT_SUFFIX);
        } catch (IOException e) {
            // The first failure is the one to tell about.
        }
    }

    private void writeLog(DiskFile log, IndexLogCodec.Header header, byte[] records) throws IOException {
        if (!log.lock(0)) {
            throw new IOException("somebody locked the new log of " + path(""));
        }
        log.append(ByteBuffer.wrap(IndexLogCodec.encodeHeader(header)));
        if (records.length > 0) {
            log.append(ByteBuffer.wrap(records));
        }
        if (durable) {
            log.sync();
        }
    }

    private void writeSnapshot(IndexState content, long id, long seq, long offset, long rotatedAt) throws IOException {
        removeIfThere(NEW_SNAPSHOT_SUFFIX);
        try (DiskFile file = disk.create(path(NEW_SNAPSHOT_SUFFIX), mode)) {
            IndexSnapshotCodec.encode(content, id, seq, offset, rotatedAt, new IndexSnapshotCodec.Sink() {
                @Override
                public void take(ByteBuffer piece) throws IOException {
                    file.append(piece);
                }
            });
            if (durable) {
                file.sync();
            }
        }
    }

    private void removeIfThere(String suffix) throws IOException {
        try {
            disk.unlink(path(suffix));
        } catch (NoSuchFileException e) {
            // What is wanted.
        }
    }

    private DiskPath path(String suffix) {
        return folder.resolve(prefix + suffix);
    }
}
