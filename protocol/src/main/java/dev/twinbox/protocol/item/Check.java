package dev.twinbox.protocol.item;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The checks that several items share. Messages name the field and numbers, never text that came from a peer. */
final class Check {
    private static final int HEX_128_LENGTH = 32;

    private Check() {}

    /** A number from 0 to 2^32-1. */
    static void unsigned32(String field, long value) {
        range(field, value, 0, Uid.MAX);
    }

    static void range(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " out of range: " + value);
        }
    }

    /** Seconds since 1970, from {@link SyncItem#TIME_MIN} to {@link SyncItem#TIME_MAX}. */
    static void time(String field, long seconds) {
        range(field, seconds, SyncItem.TIME_MIN, SyncItem.TIME_MAX);
    }

    /** Seconds since 1970, with 0 for "not known" and nothing before it. */
    static void timeOrZero(String field, long seconds) {
        range(field, seconds, 0, SyncItem.TIME_MAX);
    }

    static void listSize(String field, int size, int most) {
        if (size > most) {
            throw new IllegalArgumentException(field + " has " + size + " entries, at most " + most + " are allowed");
        }
    }

    /** Text that may be empty. */
    static void text(String field, String value, int most) {
        if (value.length() > most) {
            throw new IllegalArgumentException(field + " has " + value.length() + " characters");
        }
    }

    /** Text on one line: no control character. May be empty. */
    static void line(String field, String value, int most) {
        text(field, value, most);
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) == 0x7F) {
                throw new IllegalArgumentException(field + " holds a control character");
            }
        }
    }

    /** Like {@link #line}, not empty if there is any. */
    static void lineOrNull(String field, @Nullable String value, int most) {
        if (value != null) {
            if (value.isEmpty()) {
                throw new IllegalArgumentException(field + " is empty");
            }
            line(field, value, most);
        }
    }

    static void hex128(String field, String value) {
        if (value.length() != HEX_128_LENGTH || !value.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException(field + " is not 32 hex digits");
        }
    }
}
