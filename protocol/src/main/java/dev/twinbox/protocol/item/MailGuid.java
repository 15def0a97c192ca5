package dev.twinbox.protocol.item;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The identity of a mail. Any text: a Maildir's is the base file name, a dbox's 32 hex digits. Copies share it.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters, none of them a control character
 */
public record MailGuid(String value) implements Comparable<MailGuid> {
    /** Longest GUID taken from a peer or a file, in characters. */
    public static final int MAX_LENGTH = 1024;

    private static final int HEX_LENGTH = 32;

    /**
     * @throws IllegalArgumentException if the text is empty, too long or holds a control character
     */
    public MailGuid {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("mail GUID length out of range: " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ') {
                throw new IllegalArgumentException("mail GUID holds a control character");
            }
        }
    }

    /**
     * The 128-bit form used in index expunge records and by mdbox: the GUID itself if it is 32 hex digits, otherwise the
     * <em>last</em> sixteen bytes of its SHA-1 (storage formats, section 1.8).
     */
    public byte[] to128() {
        if (value.length() == HEX_LENGTH && value.chars().allMatch(HexFormat::isHexDigit)) {
            return HexFormat.of().parseHex(value);
        }
        byte[] sha1 = Sha1.of(value.getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOfRange(sha1, sha1.length - 16, sha1.length);
    }

    /** {@link #to128} as 32 lower-case hex digits: how expunged mails are named where only that form is known. */
    public String guid128() {
        return HexFormat.of().formatHex(to128());
    }

    /** Plain text order; dsync hands out UIDs in this order. */
    @Override
    public int compareTo(MailGuid other) {
        return value.compareTo(other.value);
    }

    // Written out, as hashCode: what Java derives for records is made at run time and costs every start some 20 ms.
    @Override
    public boolean equals(Object other) {
        return other instanceof MailGuid guid && value.equals(guid.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
