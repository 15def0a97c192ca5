package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.Uid;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The values of one item line, by key, and the ways to read them. All of them throw {@link IllegalArgumentException} with
 * the key in the message, never the value.
 */
final class Values {
    private static final int DECIMAL = 10;
    private static final int HEX = 16;
    private static final int HEX_128_LENGTH = 32;

    private final Speaker speaker;
    private final Lookup lookup;

    /** Finds the value of a key: null if it is absent. */
    interface Lookup {
        @Nullable
        String of(String key);
    }

    Values(Speaker speaker, Lookup lookup) {
        this.speaker = speaker;
        this.lookup = lookup;
    }

    Speaker speaker() {
        return speaker;
    }

    @Nullable
    String text(String key) {
        return lookup.of(key);
    }

    /** Null if absent or empty. */
    @Nullable
    String filledText(String key) {
        String value = text(key);
        return value == null || value.isEmpty() ? null : value;
    }

    String requiredText(String key) {
        String value = text(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    boolean flag(String key) {
        return text(key) != null;
    }

    /** A required value of which the first character says it all. */
    char letter(String key) {
        String value = requiredText(key);
        if (value.length() != 1) {
            throw new IllegalArgumentException(key + " is not one character");
        }
        return value.charAt(0);
    }

    /** One character, or {@code none} if the value is absent or empty. */
    char letterOr(String key, char none) {
        return filledText(key) == null ? none : letter(key);
    }

    MailboxGuid guid(String key) {
        return MailboxGuid.parse(hex128(key, requiredText(key)));
    }

    @Nullable
    MailboxGuid guidOrNull(String key) {
        String value = filledText(key);
        return value == null ? null : MailboxGuid.parse(hex128(key, value));
    }

    /** 32 hex digits in lower case, or null if absent or empty. */
    @Nullable
    String hashOrNull(String key) {
        String value = filledText(key);
        return value == null ? null : hex128(key, value);
    }

    static String hex128(String key, String value) {
        if (value.length() != HEX_128_LENGTH || !value.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(key + " is not 32 hex digits");
        }
        return value.toLowerCase(Locale.ROOT);
    }

    ModSeq modSeq(String key) {
        return new ModSeq(number(key, requiredText(key)));
    }

    ModSeq modSeqOrNone(String key) {
        return text(key) == null ? ModSeq.NONE : modSeq(key);
    }

    /** A required number from 0 to 2<sup>63</sup>-1; the item knows its own range. */
    long number(String key) {
        return number(key, requiredText(key));
    }

    long numberOrZero(String key) {
        return text(key) == null ? 0 : number(key);
    }

    /** A number that is at least 1 if it is there, else 0. */
    long positiveOrZero(String key) {
        String value = text(key);
        if (value == null) {
            return 0;
        }
        long number = number(key, value);
        if (number == 0) {
            throw new IllegalArgumentException(key + " is zero");
        }
        return number;
    }

    /** Seconds, which may be before 1970; 0 if absent. */
    long timeOrZero(String key) {
        String value = text(key);
        if (value == null) {
            return 0;
        }
        boolean before = value.startsWith("-");
        long seconds = number(key, before ? value.substring(1) : value);
        return before ? -seconds : seconds;
    }

    /** A UID from 1. */
    Uid uid(String key) {
        return new Uid(number(key));
    }

    static long number(String key, String value) {
        return parsed(key, value, DECIMAL);
    }

    static long hex(String key, String value) {
        return parsed(key, value, HEX);
    }

    private static long parsed(String key, String value, int base) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(key + " is empty");
        }
        long number = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, base) : -1;
            if (digit < 0) {
                throw new IllegalArgumentException(key + " is not a number");
            }
            if (number > (Long.MAX_VALUE - digit) / base) {
                throw new IllegalArgumentException(key + " is too large");
            }
            number = number * base + digit;
        }
        return number;
    }

    /** Decimal, or absent if zero. */
    static @Nullable String unlessZero(long number) {
        return number == 0 ? null : Long.toString(number);
    }

    static @Nullable String unlessNone(ModSeq modSeq) {
        return unlessZero(modSeq.value());
    }

    /** A yes is an empty value. */
    static @Nullable String yes(boolean said) {
        return said ? "" : null;
    }
}
