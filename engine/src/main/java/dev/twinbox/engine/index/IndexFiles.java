package dev.twinbox.engine.index;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskName;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The bytes of an index's files as they were at one moment. */
@SuppressWarnings("ArrayRecordComponent")
record IndexFiles(byte @Nullable [] snapshot, byte @Nullable [] log, byte @Nullable [] previousLog) {
    static final String LOG_SUFFIX = ".log";
    static final String PREVIOUS_LOG_SUFFIX = ".log.2";

    private static final DiskName SNAPSHOT = DiskName.of(IndexReader.PREFIX);
    private static final DiskName LOG = DiskName.of(IndexReader.PREFIX + LOG_SUFFIX);

    /** Times the files are read anew because the log was exchanged meanwhile. */
    private static final int ATTEMPTS = 5;

    boolean isEmpty() {
        return snapshot == null && log == null && previousLog == null;
    }

    /** Reads the files without a lock; of the snapshot only its headers if {@code headersOnly}. */
    static IndexFiles read(Disk disk, DiskPath folder, String prefix, boolean headersOnly) throws IOException {
        boolean usual = prefix.equals(IndexReader.PREFIX);
        DiskPath snapshotPath = usual ? folder.resolve(SNAPSHOT) : folder.resolve(prefix);
        DiskPath logPath = usual ? folder.resolve(LOG) : folder.resolve(prefix + LOG_SUFFIX);
        IndexFiles files = new IndexFiles(null, null, null);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            // The snapshot first: a log read later always reaches at least as far.
            byte[] snapshot = readSnapshot(disk, snapshotPath, headersOnly);
            FileInfo seen = disk.stat(logPath).orElse(null);
            Object key = seen == null ? null : seen.fileKey();
            byte[] log = seen == null ? null : readIfThere(disk, logPath, seen);
            byte[] previous = null;
            if (log == null || needsPrevious(snapshot, log)) {
                previous = readPrevious(disk, folder, prefix, key);
            }
            files = new IndexFiles(snapshot, log, previous);
            Optional<FileInfo> now = disk.stat(logPath);
            if (now.isEmpty() ? key == null : now.get().fileKey().equals(key)) {
                return files;
            }
        }
        return files;
    }

    /** As {@link #read} of the whole, and the previous log, if there is one, whether the snapshot needs it or not. */
    static IndexFiles readAll(Disk disk, DiskPath folder, String prefix) throws IOException {
        IndexFiles files = read(disk, folder, prefix, false);
        return files.log == null || files.previousLog != null ? files : files.withPrevious(disk, folder, prefix);
    }

    /** The logs only. */
    static IndexFiles readLogs(Disk disk, DiskPath folder, String prefix) throws IOException {
        DiskPath path = folder.resolve(prefix + LOG_SUFFIX);
        FileInfo seen = disk.stat(path).orElse(null);
        byte[] log = seen == null ? null : readIfThere(disk, path, seen);
        return new IndexFiles(null, log, null).withPrevious(disk, folder, prefix);
    }

    private IndexFiles withPrevious(Disk disk, DiskPath folder, String prefix) throws IOException {
        FileInfo now = disk.stat(folder.resolve(prefix + LOG_SUFFIX)).orElse(null);
        return new IndexFiles(snapshot, log, readPrevious(disk, folder, prefix, now == null ? null : now.fileKey()));
    }

    /** The previous log, unless that name is the current log's second one (somebody is just rotating). */
    static byte @Nullable [] readPrevious(Disk disk, DiskPath folder, String prefix, @Nullable Object logKey)
            throws IOException {
        DiskPath path = folder.resolve(prefix + PREVIOUS_LOG_SUFFIX);
        // Opening and closing a file whose lock this process holds would drop the lock, so look first.
        Optional<FileInfo> info = disk.stat(path);
        if (info.isEmpty() || !info.get().isFile() || info.get().fileKey().equals(logKey)) {
            return null;
        }
        return readIfThere(disk, path, info.get());
    }

    private static byte @Nullable [] readIfThere(Disk disk, DiskPath path, FileInfo seen) throws IOException {
        try (DiskFile file = disk.openRead(path, seen)) {
            return file.readAll(IndexLogCodec.LOG_BYTES_MAX);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static boolean needsPrevious(byte @Nullable [] snapshot, byte[] log) {
        try {
            IndexLogCodec.Header header = IndexLogCodec.decodeHeader(log);
            if (header.previousSeq() == 0) {
                return false;
            }
            return snapshot == null
                    || snapshot.length < IndexHeader.SIZE
                    || Bytes.u32(snapshot, IndexHeader.AT_LOG_SEQ) != header.seq();
        } catch (IndexFormatException e) {
            return true;
        }
    }

    static byte @Nullable [] readSnapshot(Disk disk, DiskPath path, boolean headersOnly) throws IOException {
        FileInfo seen = disk.stat(path).orElse(null);
        if (seen == null) {
            return null;
        }
        try (DiskFile file = disk.openRead(path, seen)) {
            if (!headersOnly) {
                return file.readAll(IndexSnapshotCodec.SNAPSHOT_BYTES_MAX);
            }
            byte[] start = readStart(file, FIRST_READ);
            if (start.length < IndexHeader.SIZE) {
                return start;
            }
            long size = Math.min(Bytes.u32(start, IndexHeader.AT_HEADER_SIZE), IndexSnapshotCodec.HEADER_BYTES_MAX);
            return size <= start.length ? start : readStart(file, (int) Math.min(size, file.size()));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Headers are seldom longer than this. */
    private static final int FIRST_READ = 2048;

    private static byte[] readStart(DiskFile file, int wanted) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(wanted);
        while (buffer.hasRemaining() && file.read(buffer, buffer.position()) >= 0) {
            // Goes on until the file ends.
        }
        return buffer.hasRemaining() ? Arrays.copyOf(buffer.array(), buffer.position()) : buffer.array();
    }
}
