package dev.twinbox.cli.args;

import java.util.Locale;

/** A span of time as Dovecot's settings and date options write it: {@code 30 secs}, {@code 2 mins}, {@code 7 days}. */
public final class Interval {
    private Interval() {}

    /**
     * The number of seconds; -1 if the text is not a number and a unit from seconds to weeks, or too large.
     */
    public static long seconds(String text) {
        int end = Digits.end(text, 0);
        long count = Digits.parse(text, 0, end);
        int at = end;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        long unit =
                switch (text.substring(at).toLowerCase(Locale.ROOT)) {
                    case "s", "sec", "secs", "second", "seconds" -> 1;
                    case "m", "min", "mins", "minute", "minutes" -> 60;
                    case "h", "hour", "hours" -> 3600;
                    case "d", "day", "days" -> 86_400;
                    case "w", "week", "weeks" -> 604_800;
                    default -> -1;
                };
        return count < 0 || unit < 0 || count > Long.MAX_VALUE / unit ? -1 : count * unit;
    }
}
