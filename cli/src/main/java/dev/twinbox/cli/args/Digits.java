package dev.twinbox.cli.args;

/** Decimal numbers without sign, blanks or surprises of other scripts' digits. */
final class Digits {
    /** The most digits that always fit a long. */
    private static final int SAFE_DIGITS = 18;

    private Digits() {}

    /** The index after the last ASCII digit from {@code start} on. */
    static int end(String text, int start) {
        int at = start;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /** The number between two indexes, or -1 if there is none, it holds something else or is too large. */
    static long parse(String text, int start, int end) {
        if (end <= start || end - start > SAFE_DIGITS || end(text, start) < end) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            value = value * 10 + (text.charAt(i) - '0');
        }
        return value;
    }

    /** The whole text as a number, or -1. */
    static long parse(String text) {
        return parse(text, 0, text.length());
    }
}
