package dev.twinbox.engine.storage.mbox;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A piece of a file in memory, moved along as bytes are asked for; cheap where they are asked for in order. Holds {@value
 * #SIZE} bytes, whatever the file's size. Used by one thread.
 */
final class FileWindow {
    static final int SIZE = 1 << 16;

    private final Source source;
    private final long end;
    private final byte[] bytes = new byte[SIZE];
    private long start;
    private int count;

    /** Where the bytes come from; as {@link dev.twinbox.engine.disk.DiskFile#read}. */
    interface Source {
        int read(ByteBuffer into, long position) throws IOException;
    }

    /**
     * @param end what lies from here on is not looked at
     */
    FileWindow(Source source, long end) {
        this.source = source;
        this.end = end;
    }

    long end() {
        return end;
    }

    /** The byte at a position, 0 to 255; -1 from the end on, wherever the file really ends. */
    int at(long position) throws IOException {
        long offset = position - start;
        if (offset < 0 || offset >= count) {
            if (position >= end || position < 0 || !load(position)) {
                return -1;
            }
            offset = 0;
        }
        return bytes[(int) offset] & 0xFF;
    }

    private boolean load(long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, (int) Math.min(SIZE, end - position));
        start = position;
        count = 0;
        while (buffer.hasRemaining()) {
            int got = source.read(buffer, position + count);
            if (got <= 0) {
                break;
            }
            count += got;
        }
        return count > 0;
    }

    /** Position of the next line feed at or after {@code from}, or the end. */
    long lineEnd(long from) throws IOException {
        long position = from;
        while (position < end) {
            int offset = (int) Math.min(Integer.MAX_VALUE, position - start);
            if (position < start || offset >= count) {
                if (at(position) < 0) {
                    return position;
                }
                offset = (int) (position - start);
            }
            while (offset < count && bytes[offset] != '\n') {
                offset++;
            }
            position = start + offset;
            if (offset < count) {
                return position;
            }
        }
        return end;
    }

    /** Copies bytes; returns how many there were. */
    int copy(long from, byte[] into, int wanted) throws IOException {
        int done = 0;
        while (done < wanted) {
            if (at(from + done) < 0) {
                break;
            }
            int offset = (int) (from + done - start);
            int piece = Math.min(wanted - done, count - offset);
            System.arraycopy(bytes, offset, into, done, piece);
            done += piece;
        }
        return done;
    }

    /** Whether these bytes stand at a position. */
    boolean startsWith(long position, byte[] wanted) throws IOException {
        for (int i = 0; i < wanted.length; i++) {
            if (at(position + i) != (wanted[i] & 0xFF)) {
                return false;
            }
        }
        return true;
    }
}
