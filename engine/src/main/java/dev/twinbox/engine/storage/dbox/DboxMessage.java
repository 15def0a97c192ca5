package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.storage.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One message of a dbox file as its headers and metadata say: where its bytes lie, and what is known of it. Nothing of the
 * mail itself is looked at. Immutable.
 *
 * @param start where the stored bytes begin in the file
 * @param size how many they are
 * @param metadata what follows them
 * @param end where the metadata ends, and the next message may begin
 */
record DboxMessage(long start, long size, DboxMetadata metadata, long end) {
    /** What is read at first; most mails are not longer, so that one call to the kernel shows all of them. */
    private static final int FIRST_READ = 4096;

    private static final int NEXT_READ = 1024;

    /**
     * Reads the message behind the file header.
     *
     * @throws CorruptStoreException naming what is wrong, without the file's name
     */
    static DboxMessage readFirst(DiskFile file) throws IOException {
        Window window = new Window(file);
        window.fill(0, DboxHeaders.FILE_HEADER_MAX, FIRST_READ);
        DboxHeaders.FileHeader header =
                DboxHeaders.parseFile(window.bytes, Math.min(window.end, DboxHeaders.FILE_HEADER_MAX));
        return read(window, header.length(), header.messageHeader());
    }

    /**
     * Reads the message at a place.
     *
     * @param at where its header begins
     * @param headerSize what the file header says of the size of message headers
     * @throws CorruptStoreException naming what is wrong, without the file's name
     */
    static DboxMessage readAt(DiskFile file, long at, int headerSize) throws IOException {
        return read(new Window(file), at, headerSize);
    }

    /** Reads the header of the file. */
    static DboxHeaders.FileHeader readHeader(DiskFile file) throws IOException {
        Window window = new Window(file);
        window.fill(0, DboxHeaders.FILE_HEADER_MAX, DboxHeaders.FILE_HEADER_MAX);
        return DboxHeaders.parseFile(window.bytes, window.end);
    }

    private static DboxMessage read(Window window, long at, int headerSize) throws IOException {
        window.fill(at, headerSize, FIRST_READ);
        int header = window.indexOf(at);
        long size = DboxHeaders.parseMessage(window.bytes, header, Math.min(window.end, header + headerSize));
        long start = at + headerSize;
        long tail = start + size;
        if (tail < 0) {
            throw new CorruptStoreException("the message header says that the mail is endless");
        }
        int wanted = NEXT_READ;
        while (true) {
            boolean more = window.fill(tail, wanted, wanted);
            int from = window.indexOf(tail);
            if (from >= window.end) {
                throw new CorruptStoreException("the file ends within the mail");
            }
            int end = DboxMetadata.end(window.bytes, from, window.end);
            if (end >= 0) {
                return new DboxMessage(start, size, DboxMetadata.parse(window.bytes, from, end), tail + end - from);
            }
            if (!more) {
                throw new CorruptStoreException("the file ends within the metadata");
            }
            wanted *= 4;
            if (wanted > DboxMetadata.SIZE_MAX) {
                throw new CorruptStoreException("more than " + DboxMetadata.SIZE_MAX + " bytes of metadata");
            }
        }
    }

    /** A part of a file in memory. */
    private static final class Window {
        private final DiskFile file;
        private byte[] bytes = new byte[FIRST_READ];
        private long from;
        private int end;

        Window(DiskFile file) {
            this.file = file;
        }

        /** Where in {@link #bytes} a place in the file lies. */
        int indexOf(long at) {
            return (int) (at - from);
        }

        /**
         * Makes the window hold so many bytes from a place on, or all there are.
         *
         * @param ask how many to read if some have to be
         * @return whether there may be more behind the window
         */
        boolean fill(long at, int wanted, int ask) throws IOException {
            if (at < from || at > from + end) {
                from = at;
                end = 0;
            } else if (at + wanted > from + bytes.length) {
                int kept = indexOf(at);
                byte[] moved = wanted > bytes.length ? new byte[wanted] : bytes;
                System.arraycopy(bytes, kept, moved, 0, end - kept);
                bytes = moved;
                from = at;
                end -= kept;
            }
            if (ask > bytes.length) {
                bytes = Arrays.copyOf(bytes, ask);
            }
            while (from + end < at + wanted) {
                int room = Math.min(bytes.length - end, Math.max(ask, indexOf(at) + wanted - end));
                int count = file.read(ByteBuffer.wrap(bytes, end, room), from + end);
                if (count <= 0) {
                    return false;
                }
                end += count;
            }
            return true;
        }
    }
}
