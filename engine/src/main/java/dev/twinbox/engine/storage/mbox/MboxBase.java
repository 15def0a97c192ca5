package dev.twinbox.engine.storage.mbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code X-IMAPbase} of the first mail says, or {@code X-IMAP} of the mail that is none: {@code 1795300236 0000000004
 * $Forwarded MyKeyword}.
 *
 * @param uidValidity 1 to 2<sup>32</sup>-1
 * @param lastUid the highest UID ever given; 0 for none
 * @param keywords the only names that count in {@code X-Keywords}
 * @param pseudo the first mail is none: it only holds this line, and is never shown
 */
record MboxBase(long uidValidity, long lastUid, List<String> keywords, boolean pseudo) {
    /** Digits of the last UID as Dovecot writes it, so that it can be overwritten in place. */
    static final int LAST_UID_DIGITS = 10;

    private static final long MAX = 0xFFFF_FFFFL;

    MboxBase {
        keywords = List.copyOf(keywords);
    }

    /** Reads a value; null if it is none. */
    static @Nullable MboxBase parse(String value, boolean pseudo) {
        String[] words = value.trim().split("[ \t\r\n]+", -1);
        if (words.length < 2) {
            return null;
        }
        long validity = number(words[0]);
        long last = number(words[1]);
        if (validity < 1 || last < 0) {
            return null;
        }
        List<String> keywords = new ArrayList<>(words.length - 2);
        for (int i = 2; i < words.length; i++) {
            keywords.add(utf8(words[i]));
        }
        return new MboxBase(validity, last, keywords, pseudo);
    }

    /** A number of up to 32 bits; -1 if it is none. */
    static long number(String digits) {
        if (digits.isEmpty() || digits.length() > 20 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        String plain = digits.replaceFirst("^0+(?=.)", "");
        long value = plain.length() > LAST_UID_DIGITS ? MAX + 1 : Long.parseLong(plain);
        return value > MAX ? -1 : value;
    }

    static String utf8(String latin) {
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** The value as it is written. */
    String value() {
        StringBuilder text = new StringBuilder();
        text.append(uidValidity).append(String.format(Locale.ROOT, " %010d", lastUid));
        for (String keyword : keywords) {
            text.append(' ').append(keyword);
        }
        return text.toString();
    }
}
