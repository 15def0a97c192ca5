package dev.twinbox.engine.disk;

import dev.twinbox.engine.run.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lock file that exists while it is locked, as dsync has them: locked by fcntl(2) as a whole, and removed while it is
 * still locked (wire protocol, section 5). Whoever gets the lock on a file that has lost its name meanwhile tries again on
 * the new one. The kernel frees the lock of a dead process; the file it leaves keeps nobody out.
 *
 * <p>While it is held, nobody else in this process may open the file ({@link DiskFile#lock}). One object belongs to one
 * thread.
 */
public final class SyncLock implements Closeable {
    /** Most times that the file may be exchanged under our hands. */
    private static final int TRIES_MAX = 100;

    /** Most bytes that are read of what a holder wrote. */
    private static final int NOTE_LIMIT = 1024;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Disk disk;
    private final DiskPath path;
    private final DiskFile file;
    private boolean closed;

    private SyncLock(Disk disk, DiskPath path, DiskFile file) {
        this.disk = disk;
        this.path = path;
        this.file = file;
    }

    /**
     * Takes the lock, making the file if there is none.
     *
     * @param waitMillis how long to wait at most; 0 tries once
     * @throws LockTimeoutException if somebody held it all the time
     */
    public static SyncLock take(Disk disk, DiskPath path, Clock clock, long waitMillis) throws IOException {
        long start = clock.monotonicNanos();
        for (int i = 0; i < TRIES_MAX; i++) {
            long left = waitMillis - (clock.monotonicNanos() - start) / NANOS_PER_MILLI;
            SyncLock taken = tryOnce(disk, path, Math.max(0, left), waitMillis);
            if (taken != null) {
                return taken;
            }
        }
        throw new FileSystemException(path.toString(), null, "the lock file is removed again and again");
    }

    private static @Nullable SyncLock tryOnce(Disk disk, DiskPath path, long left, long waitMillis) throws IOException {
        Optional<FileInfo> before = disk.stat(path);
        if (before.isEmpty()) {
            try {
                disk.create(path, Disk.FILE_MODE).close();
            } catch (FileAlreadyExistsException e) {
                // Somebody was faster.
            }
            return null;
        }
        DiskFile file;
        try {
            file = disk.openWrite(path, false);
        } catch (NoSuchFileException e) {
            return null;
        }
        boolean kept = false;
        try {
            // The same file before and after opening is the file that was opened.
            if (!isStill(disk, path, before.get())) {
                return null;
            }
            if (!file.lock(left)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while waiting for " + path);
                }
                String note = note(file);
                String holder = note.isEmpty() ? KernelLocks.holder(disk, before.get()) : note;
                throw new LockTimeoutException(path, holder, waitMillis);
            }
            kept = isStill(disk, path, before.get());
            return kept ? new SyncLock(disk, path, file) : null;
        } finally {
            if (!kept) {
                file.close();
            }
        }
    }

    private static boolean isStill(Disk disk, DiskPath path, FileInfo before) throws IOException {
        Optional<FileInfo> now = disk.stat(path);
        return now.isPresent() && now.get().fileKey().equals(before.fileKey());
    }

    private static String note(DiskFile file) {
        try {
            String text = new String(file.readAll(NOTE_LIMIT), StandardCharsets.UTF_8).trim();
            return text.chars().allMatch(c -> c > ' ' && c != 0x7F) ? text : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** Writes into the file who holds it, {@code pid:host}, for the message of those who wait. */
    public void sign(long pid, String host) throws IOException {
        file.truncate(0);
        file.append(ByteBuffer.wrap((pid + ":" + host).getBytes(StandardCharsets.UTF_8)));
    }

    /** Removes the file, then releases the lock; closing twice is harmless. */
    @Override
    public void close() throws IOException {
        try {
            if (!closed) {
                closed = true;
                disk.unlink(path);
            }
        } catch (NoSuchFileException e) {
            // Somebody removed it, perhaps with the folder around it.
        } finally {
            file.close();
        }
    }

    /** The lock file's path. */
    @Override
    public String toString() {
        return path.toString();
    }
}
