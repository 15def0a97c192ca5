package dev.twinbox.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file. Not safe for use by several threads at once; closing twice is harmless. */
public interface DiskFile extends AutoCloseable {
    /** Size now, in bytes. */
    long size() throws IOException;

    /**
     * What {@link Disk#stat} would say of the open file, whatever its name is now. Of a file that {@link Disk#create}
     * made, ask once before its name changes; afterwards is too late for the first question.
     */
    FileInfo info() throws IOException;

    /** Reads at a position without moving anything; -1 at the end. */
    int read(ByteBuffer into, long position) throws IOException;

    /** Writes all remaining bytes at the end of the file in one call to the kernel where it takes them at once. */
    void append(ByteBuffer bytes) throws IOException;

    /** Writes all remaining bytes at a position. */
    void write(ByteBuffer bytes, long position) throws IOException;

    /** Appends the whole of {@code source}, inside the kernel where possible; returns the number of bytes. */
    long appendAll(DiskFile source) throws IOException;

    /** Cuts the file. */
    void truncate(long size) throws IOException;

    /** Sets the modification time of the open file, which must still have the name it was opened by. */
    void setMtime(long seconds, int nanos) throws IOException;

    /** Makes data and size durable. */
    void sync() throws IOException;

    /**
     * Asks that what was written be on its way to the disk while the caller goes on, so that a later {@link #sync}, which alone
     * promises anything, need not wait for all of it. If it fails, {@link #sync} or {@link #close} says so. A disk may take no
     * notice.
     */
    default void startSync() {}

    /**
     * Takes the POSIX (fcntl) write lock on the whole file, waiting at most {@code waitMillis}. Held until
     * {@link #unlock} or {@link #close}. POSIX drops it when <em>any</em> descriptor of this process on the file is closed:
     * while it is held, nobody else in this process may open the file.
     *
     * @return false if the time ran out
     */
    boolean lock(long waitMillis) throws IOException;

    /**
     * The same with a POSIX read lock, which several processes can have at once, but none beside a write lock. A disk that
     * nobody else can write to may take none.
     *
     * @return false if the time ran out
     */
    default boolean lockShared(long waitMillis) throws IOException {
        return true;
    }

    /** Releases the lock, if held. */
    void unlock() throws IOException;

    /** The whole file, if it is not longer than {@code limit} bytes. */
    default byte[] readAll(int limit) throws IOException {
        long size = size();
        if (size > limit) {
            throw new IOException("file of " + size + " bytes is longer than the limit of " + limit);
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) size);
        long position = 0;
        while (buffer.hasRemaining()) {
            int count = read(buffer, position);
            if (count < 0) {
                break;
            }
            position += count;
        }
        return buffer.hasRemaining() ? java.util.Arrays.copyOf(buffer.array(), buffer.position()) : buffer.array();
    }

    @Override
    void close() throws IOException;
}
