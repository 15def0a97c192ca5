package dev.twinbox.engine.disk;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** A file that {@link RealDisk} opened. */
final class RealFile implements DiskFile {
    /** Longest pause between two tries for a lock, milliseconds. */
    private static final long LONGEST_PAUSE_MILLIS = 100;

    private static final long MILLIS_PER_SECOND = 1000;
    private static final int NANOS_PER_MILLI = 1_000_000;

    /** Most bytes moved by one call: Java copies what it reads and writes to memory outside of its heap, and keeps that. */
    private static final int IO_CHUNK = 1 << 20;

    /** Most bytes one sendfile(2) is asked for. */
    private static final long TRANSFER_CHUNK = 1 << 30;

    private final RealDisk disk;
    private final DiskPath path;
    private final Path java;
    private final FileChannel channel;
    private @Nullable Object fileKey;
    private final long expectedSize;
    /** End of the file where nobody else writes to it, else -1: ask the kernel. */
    private long knownEnd = -1;
    /** Where sendfile(2) would write. */
    private long kernelPosition;

    private @Nullable FileLock lock;

    /** What {@link #startSync} began last. */
    private @Nullable FutureTask<Boolean> syncing;

    /**
     * @param fileKey the file's identity as seen before it was opened, if somebody looked
     * @param expectedSize its size then, or -1; only ever a hint
     */
    RealFile(
            RealDisk disk, DiskPath path, Path java, FileChannel channel, @Nullable Object fileKey, long expectedSize) {
        this.disk = disk;
        this.path = path;
        this.java = java;
        this.channel = channel;
        this.fileKey = fileKey;
        this.expectedSize = expectedSize;
    }

    /** The file was made just now: nobody else has it open, so its end need not be asked for. */
    void startEmpty() {
        knownEnd = 0;
    }

    @Override
    public long size() throws IOException {
        try {
            return channel.size();
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public FileInfo info() throws IOException {
        FileInfo named = RealDisk.look(path, java, LinkOption.NOFOLLOW_LINKS);
        if (named != null && (fileKey == null || named.fileKey().equals(fileKey))) {
            fileKey = named.fileKey();
            return named;
        }
        FileInfo open = fileKey == null ? null : lookAmongOpenFiles(fileKey);
        if (open == null) {
            throw new FileSystemException(path.toString(), null, "the open file has lost its name");
        }
        return open;
    }

    /** Java has no fstat. What /proc says of our descriptors is the same, only dearer. */
    private @Nullable FileInfo lookAmongOpenFiles(Object key) throws IOException {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                FileInfo found = RealDisk.look(path, descriptor);
                if (found != null && found.fileKey().equals(key)) {
                    return found;
                }
            }
        }
        return null;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        try {
            if (into.remaining() <= IO_CHUNK) {
                return channel.read(into, position);
            }
            int count = channel.read(into.slice(into.position(), IO_CHUNK), position);
            into.position(into.position() + Math.max(0, count));
            return count;
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        try {
            writeAll(bytes, knownEnd >= 0 ? knownEnd : channel.size());
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        try {
            writeAll(bytes, position);
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    private void writeAll(ByteBuffer bytes, long position) throws IOException {
        long next = position;
        while (bytes.hasRemaining()) {
            ByteBuffer piece = bytes.slice(bytes.position(), Math.min(bytes.remaining(), IO_CHUNK));
            int count = channel.write(piece, next);
            bytes.position(bytes.position() + count);
            next += count;
            // Kept up to date after every call, so that it is right even if the next one fails.
            if (knownEnd >= 0 && next > knownEnd) {
                knownEnd = next;
            }
        }
    }

    @Override
    public long appendAll(DiskFile source) throws IOException {
        long expected = source instanceof RealFile real ? real.expectedSize : -1;
        if (source instanceof RealFile real && expected >= RealDisk.COPY_BUFFER) {
            return transferAll(real);
        }
        ByteBuffer buffer = disk.borrowBuffer();
        try {
            long position = 0;
            while (true) {
                int count = source.read(buffer, position);
                // A short read that ends where the file was seen to end saves asking for the end once more.
                boolean complete = count < 0 || (position + count == expected && buffer.hasRemaining());
                position += Math.max(count, 0);
                buffer.flip();
                if (buffer.hasRemaining()) {
                    append(buffer);
                }
                buffer.clear();
                if (complete) {
                    return position;
                }
            }
        } finally {
            disk.giveBack(buffer);
        }
    }

    private long transferAll(RealFile source) throws IOException {
        try {
            long start = knownEnd >= 0 ? knownEnd : channel.size();
            if (kernelPosition != start) {
                channel.position(start);
                kernelPosition = start;
            }
            long done = 0;
            while (true) {
                long count = source.channel.transferTo(done, TRANSFER_CHUNK, channel);
                if (count <= 0) {
                    return done;
                }
                done += count;
                kernelPosition = start + done;
                if (knownEnd >= 0) {
                    knownEnd = kernelPosition;
                }
            }
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        try {
            channel.truncate(size);
            kernelPosition = channel.position();
            if (knownEnd > size) {
                knownEnd = size;
            }
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public void setMtime(long seconds, int nanos) throws IOException {
        // Java stamps an open file by its name only, nio by open, futimens, close; java.io.File by stat, utimes, but in
        // milliseconds since 1970 and for names that survive the locale.
        if (path.isAscii()
                && seconds >= 0
                && seconds < Long.MAX_VALUE / MILLIS_PER_SECOND - 1
                && nanos % NANOS_PER_MILLI == 0) {
            if (new File(java.toString()).setLastModified(seconds * MILLIS_PER_SECOND + nanos / NANOS_PER_MILLI)) {
                return;
            }
        }
        RealDisk.stamp(path, java, seconds, nanos);
    }

    @Override
    public void sync() throws IOException {
        try {
            // Times as well: a mail's date is its file's.
            channel.force(true);
            awaitSync();
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public void startSync() {
        if (syncing != null && !syncing.isDone()) {
            return;
        }
        try {
            awaitSync();
        } catch (IOException e) {
            return; // it is kept for whoever syncs or closes the file
        }
        FutureTask<Boolean> task = new FutureTask<>(this::forceData);
        syncing = task;
        Thread thread = new Thread(task, "sync");
        thread.setDaemon(true);
        thread.start();
    }

    private boolean forceData() throws IOException {
        channel.force(false);
        return true;
    }

    /** The kernel tells a failure to write once, and perhaps it has told it to that other thread. */
    private void awaitSync() throws IOException {
        FutureTask<Boolean> task = syncing;
        if (task == null) {
            return;
        }
        boolean interrupted = false;
        while (true) {
            try {
                task.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean lock(long waitMillis) throws IOException {
        return lock(waitMillis, false);
    }

    @Override
    public boolean lockShared(long waitMillis) throws IOException {
        return lock(waitMillis, true);
    }

    private boolean lock(long waitMillis, boolean shared) throws IOException {
        if (lock != null) {
            throw new IllegalStateException("already locked by this open file");
        }
        long start = disk.clock().monotonicNanos();
        long pause = 1;
        while (true) {
            FileLock got = tryLock(shared);
            if (got != null) {
                lock = got;
                return true;
            }
            long left = waitMillis - (disk.clock().monotonicNanos() - start) / NANOS_PER_MILLI;
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            disk.clock().sleepMillis(Math.min(pause, left));
            pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
    }

    private @Nullable FileLock tryLock(boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            // Somebody else in this process has it; to POSIX we would be one and the same.
            return null;
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }

    @Override
    public void unlock() throws IOException {
        FileLock held = lock;
        lock = null;
        if (held != null) {
            try {
                held.release();
            } catch (IOException e) {
                throw JavaPaths.named(e, path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            awaitSync();
        } catch (IOException e) {
            throw JavaPaths.named(e, path);
        }
    }
}
