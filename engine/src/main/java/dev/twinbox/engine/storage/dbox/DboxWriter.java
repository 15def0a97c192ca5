package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.storage.account.LineEnds;
import dev.twinbox.protocol.dialogue.MailBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes messages at the end of dbox files. A mail that fits into the buffer is one call to the kernel. Holds its buffer, so
 * one object serves many mails; used by one thread at a time.
 */
final class DboxWriter {
    /** What is held of a mail, in bytes. */
    private static final int BODY_BUFFER = 64 * 1024;

    /** Room for headers before the mail and metadata behind it. */
    private static final int MARGIN = 4 * 1024;

    private byte[] buffer = new byte[0];

    /**
     * A message that was written.
     *
     * @param length from the message header to the end of the metadata, in bytes
     * @param size of the mail
     */
    record Written(long length, long size) {}

    /**
     * Appends a message.
     *
     * @param at the file's length now
     * @param fileHeader to be written before it; empty for none
     * @param metadata all of it but the virtual size
     */
    Written append(DiskFile out, long at, byte[] fileHeader, MailBody body, DboxMetadata.Builder metadata)
            throws IOException {
        if (buffer.length == 0) {
            buffer = new byte[BODY_BUFFER + MARGIN];
        }
        byte[] bytes = buffer;
        int head = fileHeader.length + DboxHeaders.MESSAGE_SIZE;
        System.arraycopy(fileHeader, 0, bytes, 0, fileHeader.length);
        long size = 0;
        long added = 0;
        int last = 0;
        int end = head;
        boolean first = true;
        try (InputStream in = body.open()) {
            while (true) {
                int count = in.read(bytes, end, BODY_BUFFER + head - end);
                if (count < 0) {
                    break;
                }
                if (count > 0) {
                    added += LineEnds.bare(bytes, end, end + count, last);
                    last = bytes[end + count - 1];
                }
                size += count;
                end += count;
                if (end == BODY_BUFFER + head) {
                    if (first) {
                        header(bytes, fileHeader.length, 0); // it is put right when the size is known
                        out.append(ByteBuffer.wrap(bytes, 0, end));
                    } else {
                        out.append(ByteBuffer.wrap(bytes, head, end - head));
                    }
                    first = false;
                    end = head;
                }
            }
        }
        byte[] tail = metadata.virtualSize(size + added).build().toBytes();
        if (first) {
            header(bytes, fileHeader.length, size);
        }
        int from = first ? 0 : head;
        if (tail.length <= bytes.length - end) {
            System.arraycopy(tail, 0, bytes, end, tail.length);
            out.append(ByteBuffer.wrap(bytes, from, end + tail.length - from));
        } else {
            out.append(ByteBuffer.wrap(bytes, from, end - from));
            out.append(ByteBuffer.wrap(tail));
        }
        if (!first) {
            out.write(ByteBuffer.wrap(DboxHeaders.messageHeader(size)), at + fileHeader.length);
        }
        return new Written(DboxHeaders.MESSAGE_SIZE + size + tail.length, size);
    }

    private static void header(byte[] bytes, int at, long size) {
        System.arraycopy(DboxHeaders.messageHeader(size), 0, bytes, at, DboxHeaders.MESSAGE_SIZE);
    }

    /** Appends a message of another file as it is stored there, with other metadata. Returns its length in bytes. */
    long copy(DiskFile out, byte[] fileHeader, DiskFile in, DboxMessage message, DboxMetadata metadata)
            throws IOException {
        byte[] head = Arrays.copyOf(fileHeader, fileHeader.length + DboxHeaders.MESSAGE_SIZE);
        header(head, fileHeader.length, message.size());
        out.append(ByteBuffer.wrap(head));
        byte[] bytes = new byte[(int) Math.min(BODY_BUFFER, message.size())];
        long done = 0;
        while (done < message.size()) {
            int wanted = (int) Math.min(bytes.length, message.size() - done);
            int count = in.read(ByteBuffer.wrap(bytes, 0, wanted), message.start() + done);
            if (count <= 0) {
                throw new IOException("the file ended while it was copied");
            }
            out.append(ByteBuffer.wrap(bytes, 0, count));
            done += count;
        }
        byte[] tail = metadata.toBytes();
        out.append(ByteBuffer.wrap(tail));
        return DboxHeaders.MESSAGE_SIZE + message.size() + tail.length;
    }
}
