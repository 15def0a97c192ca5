package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.storage.CorruptStoreException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The two headers of a dbox file (storage-formats.md, section 3.1). Pure.
 *
 * <p>A file begins with one line: {@code 2 M1e C6b021b89}, that is the version, the size of the header each message has (hex)
 * and the time the file was made (seconds since 1970, hex). In mdbox many messages follow one another, in sdbox there is one.
 * Each is
 *
 * <pre>
 * 01 02 'N' and blanks up to byte 13, 16 hex digits: the number of bytes stored, line feed       message header, 30 bytes
 * the mail as stored: plain or compressed
 * 0a 01 03 0a                                                                                     metadata magic
 * R6b021b89 0a V6 0a G0f76... 0a 0a                                                                {@link DboxMetadata}
 * </pre>
 */
final class DboxHeaders {
    /** Size of a message header as we write it, in bytes. */
    static final int MESSAGE_SIZE = 30;

    /** Largest message header that is read; what lies beyond the first {@link #MESSAGE_SIZE} bytes means nothing to us. */
    static final int MESSAGE_SIZE_MAX = 1024;

    /** Longest file header, in bytes, its line feed included. */
    static final int FILE_HEADER_MAX = 256;

    private static final int VERSION = 2;
    private static final int SIZE_AT = 13;
    private static final int SIZE_DIGITS = 16;
    private static final byte[] MAGIC = {1, 2};

    private DboxHeaders() {}

    /**
     * What a file header says.
     *
     * @param length of the header line in bytes: where the first message begins
     * @param messageHeader size of each message's header in bytes
     * @param created when the file was made, seconds since 1970
     */
    record FileHeader(int length, int messageHeader, long created) {}

    /** The header line of a new file. */
    static byte[] fileHeader(long created) {
        return ascii(VERSION + " M" + Integer.toHexString(MESSAGE_SIZE) + " C" + Long.toHexString(created) + "\n");
    }

    /**
     * Reads the header line.
     *
     * @param start the file's first bytes: {@link #FILE_HEADER_MAX} of them unless it is shorter
     * @throws CorruptStoreException naming what is wrong
     */
    static FileHeader parseFile(byte[] start, int length) throws CorruptStoreException {
        int end = 0;
        while (end < length && start[end] != '\n') {
            end++;
        }
        if (end == length || end >= FILE_HEADER_MAX) {
            throw new CorruptStoreException("the file header has no end");
        }
        String[] words = new String(start, 0, end, StandardCharsets.ISO_8859_1).split(" ");
        if (!words[0].equals(Integer.toString(VERSION))) {
            throw new CorruptStoreException("the file header is not of version " + VERSION);
        }
        long messageHeader = -1;
        long created = 0;
        for (int i = 1; i < words.length; i++) {
            String word = words[i];
            if (word.startsWith("M")) {
                messageHeader = hex(word.substring(1), "size of the message header");
            } else if (word.startsWith("C")) {
                created = hex(word.substring(1), "creation time");
            }
        }
        if (messageHeader < MESSAGE_SIZE || messageHeader > MESSAGE_SIZE_MAX) {
            throw new CorruptStoreException(
                    "the file header says that message headers have " + messageHeader + " bytes");
        }
        return new FileHeader(end + 1, (int) messageHeader, created);
    }

    /** The header of a message of so many bytes. */
    static byte[] messageHeader(long size) {
        StringBuilder text = new StringBuilder(MESSAGE_SIZE);
        text.append("\001\002N");
        while (text.length() < SIZE_AT) {
            text.append(' ');
        }
        String digits = Long.toHexString(size).toUpperCase(Locale.ROOT);
        text.append("0".repeat(SIZE_DIGITS - digits.length())).append(digits).append('\n');
        return ascii(text.toString());
    }

    /**
     * Reads a message header.
     *
     * @param at where in {@code bytes} it begins
     * @param end of the bytes
     * @return the number of bytes stored
     * @throws CorruptStoreException naming what is wrong
     */
    static long parseMessage(byte[] bytes, int at, int end) throws CorruptStoreException {
        if (end - at < MESSAGE_SIZE) {
            throw new CorruptStoreException("the file ends within the message header");
        }
        if (bytes[at] != MAGIC[0] || bytes[at + 1] != MAGIC[1]) {
            throw new CorruptStoreException("no message header where one should be");
        }
        if (bytes[at + MESSAGE_SIZE - 1] != '\n') {
            throw new CorruptStoreException("the message header has no end");
        }
        return hex(
                new String(bytes, at + SIZE_AT, SIZE_DIGITS, StandardCharsets.ISO_8859_1),
                "size in the message header");
    }

    /** Up to 16 hex digits, of which the first may not make the number negative. */
    static long hex(String digits, String what) throws CorruptStoreException {
        boolean valid = !digits.isEmpty() && digits.length() <= SIZE_DIGITS;
        long value = 0;
        for (int i = 0; valid && i < digits.length(); i++) {
            int digit = digits.charAt(i) < 0x80 ? Character.digit(digits.charAt(i), 16) : -1;
            valid = digit >= 0;
            value = value << 4 | digit;
        }
        if (!valid || value < 0) {
            throw new CorruptStoreException("the " + what + " is no hexadecimal number");
        }
        return value;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
