package dev.twinbox.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.NoSuchFileException;

/** A file that {@link SimDisk} opened. */
final class SimFile implements DiskFile {
    private static final long POLL_MILLIS = 1;
    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int COPY_BUFFER = 64 * 1024;

    private final SimDisk disk;
    private final DiskPath path;
    private final SimNode.File node;
    private final boolean writable;
    /** Whether {@link RealFile} would know which inode this is. */
    private boolean identified;

    private boolean open = true;

    SimFile(SimDisk disk, DiskPath path, SimNode.File node, boolean writable, boolean identified) {
        this.disk = disk;
        this.path = path;
        this.node = node;
        this.writable = writable;
        this.identified = identified;
    }

    private void check() throws IOException {
        if (!open) {
            throw new ClosedChannelException();
        }
    }

    private void checkWritable() throws IOException {
        check();
        if (!writable) {
            throw new NonWritableChannelException();
        }
    }

    @Override
    public long size() throws IOException {
        synchronized (disk.state) {
            check();
            return node.length;
        }
    }

    @Override
    public FileInfo info() throws IOException {
        synchronized (disk.state) {
            check();
            if (!identified && disk.find(path) != node) {
                throw SimDisk.trouble(path, "the open file has lost its name");
            }
            identified = true;
            return node.info();
        }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        synchronized (disk.state) {
            check();
            if (!into.hasRemaining()) {
                return 0;
            }
            if (position >= node.length) {
                return -1;
            }
            int count = Math.min(into.remaining(), node.length - (int) position);
            into.put(node.data, (int) position, count);
            return count;
        }
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        synchronized (disk.state) {
            write(bytes, node.length);
        }
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        synchronized (disk.state) {
            checkWritable();
            if (!bytes.hasRemaining()) {
                return;
            }
            int start = Math.toIntExact(position);
            int count = bytes.remaining();
            node.resize(Math.max(node.length, Math.addExact(start, count)));
            bytes.get(node.data, start, count);
            node.changed(disk.now());
        }
    }

    @Override
    public long appendAll(DiskFile source) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(COPY_BUFFER);
        long position = 0;
        while (true) {
            int count = source.read(buffer, position);
            if (count < 0) {
                return position;
            }
            position += count;
            append(buffer.flip());
            buffer.clear();
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        synchronized (disk.state) {
            checkWritable();
            if (size < node.length) {
                node.resize((int) size);
                node.changed(disk.now());
            }
        }
    }

    @Override
    public void setMtime(long seconds, int nanos) throws IOException {
        synchronized (disk.state) {
            check();
            if (disk.find(path) != node) {
                throw new NoSuchFileException(path.toString());
            }
            disk.setMtime(node, seconds, nanos);
        }
    }

    @Override
    public void sync() throws IOException {
        synchronized (disk.state) {
            check();
            node.sync();
        }
    }

    @Override
    public boolean lock(long waitMillis) throws IOException {
        long start = disk.state.clock.monotonicNanos();
        while (true) {
            synchronized (disk.state) {
                checkWritable();
                if (node.locker == this) {
                    throw new IllegalStateException("already locked by this open file");
                }
                if (node.locker == null) {
                    node.locker = this;
                    return true;
                }
            }
            if ((disk.state.clock.monotonicNanos() - start) / NANOS_PER_MILLI >= waitMillis) {
                return false;
            }
            disk.state.clock.sleepMillis(POLL_MILLIS);
        }
    }

    @Override
    public void unlock() {
        synchronized (disk.state) {
            if (node.locker == this) {
                node.locker = null;
            }
        }
    }

    @Override
    public void close() {
        synchronized (disk.state) {
            // POSIX: any close by the process drops the process's lock.
            if (open && node.locker != null && node.locker.disk.owner == disk.owner) {
                node.locker = null;
            }
            open = false;
        }
    }
}
