package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;

/**
 * A size as Dovecot's settings write it: digits, then perhaps {@code B K M G T} in either case with or without
 * {@code B}/{@code iB} after it; 1K is 1024 bytes.
 */
final class SizeArgument {
    private static final String UNITS = "BKMGT";
    private static final int UNIT_BITS = 10;

    private SizeArgument() {}

    /**
     * @return bytes, 0 or more
     * @throws Refusal with doveadm's exit code 75 if it is no size, or one that no mail can have
     */
    static long parse(String option, String text) throws Refusal {
        int end = Digits.end(text, 0);
        long number = Digits.parse(text, 0, end);
        int at = end;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        String suffix = text.substring(at);
        int unit = suffix.isEmpty() ? 0 : UNITS.indexOf(upper(suffix.charAt(0)));
        boolean tailGood = suffix.length() <= 1
                || (unit > 0
                        && (suffix.substring(1).equalsIgnoreCase("B")
                                || suffix.substring(1).equalsIgnoreCase("iB")
                                || suffix.substring(1).equalsIgnoreCase("i")));
        if (end == 0 || number < 0 || unit < 0 || !tailGood || number > Long.MAX_VALUE >> UNIT_BITS * unit) {
            throw Refusal.temporary("invalid " + option + " size '" + text + "': needs a number and B, K, M, G or T");
        }
        return number << UNIT_BITS * unit;
    }

    private static char upper(char c) {
        return c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
    }
}
