package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.protocol.item.MailGuid;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a line of {@code dovecot-uidlist} says of a mail beside its UID and base name: blank-separated values, each after
 * a letter (storage formats, section 1.3). {@code G} GUID, {@code S} and {@code W} sizes, {@code P} POP3 UIDL (with
 * nothing after it: the base name), {@code O} POP3 order. Other letters are kept.
 *
 * @param guid null if the base name is the GUID
 * @param size with lines as stored, or {@link MaildirName#SIZE_UNKNOWN}
 * @param virtualSize with CRLF lines, or {@link MaildirName#SIZE_UNKNOWN}
 * @param pop3 the UIDL and order; a UIDL that is no single printable word is not written, since it could not be read back
 * @param others further fields as they stand, blank-separated
 */
public record UidlistFields(@Nullable MailGuid guid, long size, long virtualSize, Pop3 pop3, String others) {
    /** Nothing said. */
    public static final UidlistFields NONE =
            new UidlistFields(null, MaildirName.SIZE_UNKNOWN, MaildirName.SIZE_UNKNOWN, Pop3.NONE, "");

    private static final int NUMBER_DIGITS_MAX = 18;

    /**
     * @throws IllegalArgumentException if {@code others} holds a control character
     */
    public UidlistFields {
        for (int i = 0; i < others.length(); i++) {
            if (others.charAt(i) < ' ') {
                throw new IllegalArgumentException("uidlist field holds a control character");
            }
        }
    }

    /** A GUID, or none, and POP3 values. */
    public static UidlistFields of(@Nullable MailGuid guid, Pop3 pop3) {
        return new UidlistFields(guid, MaildirName.SIZE_UNKNOWN, MaildirName.SIZE_UNKNOWN, pop3, "");
    }

    /**
     * Reads the fields of a line. A value that can't be read counts as further field.
     *
     * @param text one byte per character
     * @param base the base name of the same line
     */
    static UidlistFields parse(String text, String base) {
        if (text.isEmpty()) {
            return NONE;
        }
        MailGuid guid = null;
        long size = MaildirName.SIZE_UNKNOWN;
        long virtualSize = MaildirName.SIZE_UNKNOWN;
        String uidl = "";
        long order = 0;
        StringBuilder others = new StringBuilder();
        int start = 0;
        while (start < text.length()) {
            int blank = text.indexOf(' ', start);
            int end = blank < 0 ? text.length() : blank;
            if (end > start) {
                char letter = text.charAt(start);
                String value = text.substring(start + 1, end);
                if (letter == 'G' && !value.isEmpty()) {
                    guid = MaildirName.guidOf(value);
                } else if (letter == 'S' && number(value) >= 0) {
                    size = number(value);
                } else if (letter == 'W' && number(value) >= 0) {
                    virtualSize = number(value);
                } else if (letter == 'O' && number(value) >= 0) {
                    order = number(value);
                } else if (letter == 'P') {
                    uidl = fromBytes(value.isEmpty() ? base : value);
                } else if (isWord(value)) {
                    others.append(others.length() == 0 ? "" : " ")
                            .append(letter)
                            .append(value);
                }
            }
            start = end + 1;
        }
        return new UidlistFields(guid, size, virtualSize, new Pop3(uidl, order), others.toString());
    }

    /** The fields as they stand in a line, one byte per character, without blank at either end. */
    String toText(String base) {
        StringBuilder text = new StringBuilder();
        MailGuid own = guid;
        if (own != null) {
            String value = guidText(own);
            if (!value.equals(base)) {
                text.append(" G").append(value);
            }
        }
        if (size >= 0) {
            text.append(" S").append(size);
        }
        if (virtualSize >= 0) {
            text.append(" W").append(virtualSize);
        }
        String uidl = toBytes(pop3.uidl());
        if (!uidl.isEmpty() && isWord(uidl)) {
            text.append(" P").append(uidl.equals(base) ? "" : uidl);
        }
        if (pop3.order() > 0) {
            text.append(" O").append(pop3.order());
        }
        if (!others.isEmpty()) {
            text.append(' ').append(others);
        }
        return text.length() == 0 ? "" : text.substring(1);
    }

    /**
     * A GUID as {@code G} can hold it, one byte per character: itself if it has no blank, otherwise its 128-bit form in
     * hex (storage formats, sections 1.3 and 1.8).
     */
    static String guidText(MailGuid guid) {
        String text = toBytes(guid.value());
        return isWord(text) ? text : HexFormat.of().formatHex(guid.to128());
    }

    private static boolean isWord(String bytes) {
        for (int i = 0; i < bytes.length(); i++) {
            char c = bytes.charAt(i);
            if (c <= ' ' || c == 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static String toBytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String fromBytes(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** A decimal number, or -1. */
    private static long number(String text) {
        if (text.isEmpty() || text.length() > NUMBER_DIGITS_MAX) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}
