package dev.twinbox.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A new file that gathers what is appended, so that many small appends are one call to the kernel. All else it hands on after
 * what was gathered. What could not be written stays gathered: whoever goes on, or closes the file, fails again, or else all of
 * it is there. Nobody else may write to the file.
 */
public final class GatheringFile implements DiskFile {
    /** How much is gathered, in bytes. */
    public static final int ROOM = 256 << 10;

    /** How much is written before it is sent on its way to the disk, in bytes. */
    public static final int WRITE_OUT = 2 << 20;

    private final DiskFile file;
    private final boolean durable;
    private final ByteBuffer gathered = ByteBuffer.allocate(ROOM);
    /** Where what is gathered begins. */
    private long start;
    /** Up to where the disk has been asked to write. */
    private long sent;
    /** Whether there may be something behind that place. */
    private boolean torn;

    /**
     * Closes {@code made} when it is closed.
     *
     * @param made an empty file
     * @param durable whether it is to be synced, so that the disk had better begin early
     */
    public GatheringFile(DiskFile made, boolean durable) {
        this.file = made;
        this.durable = durable;
    }

    @Override
    public long size() {
        return start + gathered.position();
    }

    @Override
    public FileInfo info() throws IOException {
        flush();
        return file.info();
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        flush();
        return file.read(into, position);
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > gathered.remaining()) {
            flush();
        }
        if (bytes.remaining() <= gathered.remaining()) {
            gathered.put(bytes);
            return;
        }
        long length = bytes.remaining();
        torn = true;
        file.append(bytes);
        torn = false;
        start += length;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        flush();
        file.write(bytes, position);
        start = Math.max(start, file.size());
    }

    @Override
    public long appendAll(DiskFile source) throws IOException {
        flush();
        torn = true;
        long length = file.appendAll(source);
        torn = false;
        start += length;
        return length;
    }

    @Override
    public void truncate(long size) throws IOException {
        if (size >= start && size <= size()) {
            gathered.position((int) (size - start));
            mend();
        } else {
            file.truncate(size);
            gathered.clear();
            start = size;
            torn = false;
        }
    }

    @Override
    public void setMtime(long seconds, int nanos) throws IOException {
        flush();
        file.setMtime(seconds, nanos);
    }

    @Override
    public void sync() throws IOException {
        flush();
        file.sync();
    }

    @Override
    public boolean lock(long waitMillis) throws IOException {
        return file.lock(waitMillis);
    }

    @Override
    public void unlock() throws IOException {
        file.unlock();
    }

    /** Cuts what a write left that failed halfway. */
    private void mend() throws IOException {
        if (torn) {
            file.truncate(start);
            torn = false;
        }
    }

    private void flush() throws IOException {
        mend();
        int length = gathered.position();
        if (length == 0) {
            return;
        }
        torn = true;
        file.append(ByteBuffer.wrap(gathered.array(), 0, length));
        torn = false;
        start += length;
        gathered.clear();
        if (durable && start - sent >= WRITE_OUT) {
            file.startSync();
            sent = start;
        }
    }

    /** Writes what is gathered; the file is closed even if that fails. */
    @Override
    public void close() throws IOException {
        try (file) {
            flush();
        }
    }

    /** Closes the file without what is gathered. */
    public void discard() throws IOException {
        gathered.clear();
        file.close();
    }
}
