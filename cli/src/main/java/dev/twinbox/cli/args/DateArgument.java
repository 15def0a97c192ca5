package dev.twinbox.cli.args;

import dev.twinbox.cli.exit.Refusal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * A point in time as {@code -t} and {@code -e} take it (dovecot-compatibility, section E1): {@code yyyy-mm-dd}, IMAP's
 * {@code d-Mon-yyyy} and {@code dd-Mon-yyyy hh:mm:ss +zzzz} (RFC 3501), seconds since 1970, or an interval before now such
 * as {@code 7 days}. A date without time is its first moment in the local time zone.
 */
final class DateArgument {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final int MAX_YEAR = 9999;

    private DateArgument() {}

    /**
     * @param nowSeconds seconds since 1970
     * @return seconds since 1970
     * @throws Refusal with doveadm's exit code 75 if it is none of the forms
     */
    static long parse(String option, String text, long nowSeconds, ZoneId zone) throws Refusal {
        long number = Digits.parse(text);
        if (number >= 0) {
            return number;
        }
        long interval = Interval.seconds(text);
        if (interval >= 0) {
            return Math.max(0, nowSeconds - interval);
        }
        try {
            if (text.length() == 10 && text.charAt(4) == '-' && text.charAt(7) == '-') {
                return start(date(Digits.parse(text, 0, 4), Digits.parse(text, 5, 7), Digits.parse(text, 8, 10)), zone);
            }
            return imap(text, zone);
        } catch (DateTimeException e) {
            throw Refusal.temporary("invalid " + option + " time '" + text
                    + "': needs yyyy-mm-dd, dd-Mon-yyyy, dd-Mon-yyyy hh:mm:ss +zzzz, seconds since 1970,"
                    + " or an interval such as '7 days'");
        }
    }

    private static long imap(String text, ZoneId zone) {
        int dash = text.indexOf('-');
        if (dash < 1 || dash > 2 || text.length() < dash + 9 || text.charAt(dash + 4) != '-') {
            throw new DateTimeException("not a date");
        }
        String day = text.charAt(0) == ' ' ? text.substring(1, dash) : text.substring(0, dash);
        int month = MONTHS.indexOf(text.substring(dash + 1, dash + 4).toLowerCase(Locale.ROOT)) + 1;
        LocalDate date = date(Digits.parse(text, dash + 5, dash + 9), month, Digits.parse(day));
        String rest = text.substring(dash + 9);
        if (rest.isEmpty()) {
            return start(date, zone);
        }
        boolean shaped = rest.length() == 15
                && rest.charAt(0) == ' '
                && rest.charAt(3) == ':'
                && rest.charAt(6) == ':'
                && rest.charAt(9) == ' '
                && (rest.charAt(10) == '+' || rest.charAt(10) == '-');
        if (!shaped) {
            throw new DateTimeException("not a date-time");
        }
        LocalTime time = LocalTime.of(
                (int) Digits.parse(rest, 1, 3), (int) Digits.parse(rest, 4, 6), (int) Digits.parse(rest, 7, 9));
        int sign = rest.charAt(10) == '-' ? -1 : 1;
        long hours = Digits.parse(rest, 11, 13);
        long minutes = Digits.parse(rest, 13, 15);
        if (hours < 0 || minutes < 0) {
            throw new DateTimeException("not a zone");
        }
        ZoneOffset offset = ZoneOffset.ofHoursMinutes((int) hours * sign, (int) minutes * sign);
        return OffsetDateTime.of(date, time, offset).toEpochSecond();
    }

    private static LocalDate date(long year, long month, long day) {
        if (year < 0 || year > MAX_YEAR) {
            throw new DateTimeException("not a year");
        }
        return LocalDate.of((int) year, (int) month, (int) day);
    }

    private static long start(LocalDate date, ZoneId zone) {
        return date.atStartOfDay(zone).toEpochSecond();
    }
}
