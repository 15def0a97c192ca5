package dev.twinbox.protocol.item;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The identity of a mailbox: 128 bits that stay when it is renamed. Written as 32 lower-case hex digits.
 *
 * @param high the first eight bytes, big endian
 * @param low the last eight bytes, big endian
 */
public record MailboxGuid(long high, long low) implements Comparable<MailboxGuid> {
    private static final int HEX_LENGTH = 32;

    /**
     * Reads the form Dovecot writes.
     *
     * @throws IllegalArgumentException if the text is not 32 hex digits
     */
    public static MailboxGuid parse(String hex) {
        if (hex.length() != HEX_LENGTH) {
            throw new IllegalArgumentException("mailbox GUID is not 32 hex digits");
        }
        byte[] digits = hex.getBytes(StandardCharsets.ISO_8859_1);
        return new MailboxGuid(number(digits, 0), number(digits, HEX_LENGTH / 2));
    }

    private static long number(byte[] digits, int from) {
        long number = 0;
        for (int i = from; i < from + HEX_LENGTH / 2; i++) {
            int c = digits[i];
            int digit;
            if (c >= '0' && c <= '9') {
                digit = c - '0';
            } else if (c >= 'a' && c <= 'f') {
                digit = c - 'a' + 10;
            } else if (c >= 'A' && c <= 'F') {
                digit = c - 'A' + 10;
            } else {
                throw new IllegalArgumentException("mailbox GUID is not 32 hex digits");
            }
            number = number << 4 | digit;
        }
        return number;
    }

    /**
     * Takes sixteen bytes as they stand in an index file.
     *
     * @throws IllegalArgumentException if there are fewer than 16 bytes from {@code offset}
     */
    public static MailboxGuid ofBytes(byte[] bytes, int offset) {
        if (offset < 0 || bytes.length - offset < 16) {
            throw new IllegalArgumentException("mailbox GUID needs 16 bytes");
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < 8; i++) {
            high = high << 8 | bytes[offset + i] & 0xFF;
            low = low << 8 | bytes[offset + 8 + i] & 0xFF;
        }
        return new MailboxGuid(high, low);
    }

    /** The sixteen bytes as they stand in an index file. */
    public byte[] toBytes() {
        byte[] bytes = new byte[16];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (high >>> (56 - 8 * i));
            bytes[8 + i] = (byte) (low >>> (56 - 8 * i));
        }
        return bytes;
    }

    /** Byte order, the order in which dsync settles which of two GUIDs wins. */
    @Override
    public int compareTo(MailboxGuid other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    // Written out, as hashCode: what Java derives for records is made at run time and costs every start some 20 ms.
    @Override
    public boolean equals(Object other) {
        return other instanceof MailboxGuid guid && high == guid.high && low == guid.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high ^ Long.rotateLeft(low, 1));
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
