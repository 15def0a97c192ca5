package dev.twinbox.cli.args;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A span of time as Dovecot's settings and date options write it: {@code 30 secs}, {@code 2 mins}, {@code 7 days}. */
public final class Interval {
    private static final List<Map.Entry<String, Long>> UNITS = List.of(
            Map.entry("secs", 1L),
            Map.entry("seconds", 1L),
            Map.entry("mins", 60L),
            Map.entry("minutes", 60L),
            Map.entry("hours", 3600L),
            Map.entry("days", 86_400L),
            Map.entry("weeks", 604_800L));

    private Interval() {}

    /**
     * The number of seconds; -1 if the text is not a number and a unit from seconds to weeks, or too large. A unit may be cut
     * off anywhere, as Dovecot allows.
     */
    public static long seconds(String text) {
        int end = Digits.end(text, 0);
        long count = Digits.parse(text, 0, end);
        int at = end;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        String name = text.substring(at).toLowerCase(Locale.ROOT);
        long unit = -1;
        for (Map.Entry<String, Long> known : UNITS) {
            if (unit < 0 && !name.isEmpty() && known.getKey().startsWith(name)) {
                unit = known.getValue();
            }
        }
        return count < 0 || unit < 0 || count > Long.MAX_VALUE / unit ? -1 : count * unit;
    }
}
