package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.storage.MailboxSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/**
 * The line that begins a mail in an mbox file: {@code From sender  Sun Nov 22 15:06:34 2026}. What counts as one was measured
 * with Dovecot 2.3.19, line by line.
 *
 * <ul>
 *   <li>The sender goes to the next blank, or to the closing quotation mark and from there to the next blank; it may be
 *       empty. Any number of blanks follows.
 *   <li>Three characters for the day of the week, whatever they are, and one more: a comma (then a blank follows, then day,
 *       blank, month) or something else (then month, blank, day; or, without a comma, day, blank, month as well).
 *   <li>The month in English, three letters; the day in one or two digits or blank and digit; exactly one blank;
 *       {@code hh:mm} and perhaps {@code :ss}.
 *   <li>With the month first: blanks, perhaps a zone, blanks, the year; otherwise the year comes before the time.
 *   <li>After all that anything may follow; {@code ±hhmm} there, after exactly one blank (or one blank and a zone's name in
 *       front of the year), is the zone. Zones in front of the year and zones with names mean nothing.
 * </ul>
 *
 * <p>Days and hours too large go on counting. Without a zone the time is local: Dovecot writes none, so whoever reads must be
 * in the writer's zone. In the hour that comes twice when the clocks go back we write the zone, since no other time says it.
 *
 * @param sender as it stands there
 * @param received seconds since 1970
 */
record FromLine(String sender, long received) {
    /** What every such line begins with. */
    static final String PREFIX = "From ";

    /** Longest line that is looked at, bytes; a longer one is no From_ line. */
    static final int LENGTH_MAX = 2048;

    /** The sender we write for mails whose sender nobody has told us. */
    static final String UNKNOWN_SENDER = "MAILER-DAEMON";

    private static final String[] MONTHS = {
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
    };
    private static final String[] MONTH_NAMES = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    private static final String[] DAY_NAMES = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final int LAST_YEAR = 9999;

    /**
     * Reads a line, without its line end.
     *
     * @param zone where a time without a zone was local
     */
    static Optional<FromLine> parse(byte[] line, int length, ZoneId zone) {
        String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
        if (!text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        int senderEnd = senderEnd(text, PREFIX.length());
        if (senderEnd < 0) {
            return Optional.empty();
        }
        int date = senderEnd;
        while (date < text.length() && text.charAt(date) == ' ') {
            date++;
        }
        Reader reader = new Reader(text, date);
        return reader.read()
                ? Optional.of(new FromLine(text.substring(PREFIX.length(), senderEnd), reader.epoch(zone)))
                : Optional.empty();
    }

    private static int senderEnd(String text, int start) {
        int at = start;
        if (at < text.length() && text.charAt(at) == '"') {
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            if (at >= text.length()) {
                return -1;
            }
        }
        return text.indexOf(' ', at);
    }

    /** The line with its line end, as Dovecot writes it; with a zone only where the date would not be the same again. */
    static byte[] format(String sender, long received, ZoneId zone) {
        Instant instant = Instant.ofEpochSecond(clamp(received));
        LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
        String suffix = "";
        if (local.getYear() < 1 || local.getYear() > LAST_YEAR) {
            local = LocalDateTime.of(local.getYear() < 1 ? 1 : LAST_YEAR, 1, 1, 0, 0);
        } else if (local.atZone(zone).toEpochSecond() != instant.getEpochSecond()
                || zone.getRules().getValidOffsets(local).size() != 1) {
            local = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
            suffix = " +0000";
        }
        String text = PREFIX
                + sender
                + "  "
                + DAY_NAMES[local.getDayOfWeek().getValue() - 1]
                + " "
                + MONTH_NAMES[local.getMonthValue() - 1]
                + String.format(
                        Locale.ROOT,
                        " %2d %02d:%02d:%02d %04d",
                        local.getDayOfMonth(),
                        local.getHour(),
                        local.getMinute(),
                        local.getSecond(),
                        local.getYear())
                + suffix
                + "\n";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What a From_ line can hold. */
    private static long clamp(long received) {
        if (received == MailboxSnapshot.RECEIVED_UNKNOWN) {
            return 0;
        }
        return Math.max(Math.min(received, 253_402_214_400L), -62_135_510_400L);
    }

    /** Goes through the date. */
    private static final class Reader {
        private final String text;
        private int at;
        private int year;
        private int month;
        private int day;
        private int hour;
        private int minute;
        private int second;
        private int zoneMinutes = Integer.MIN_VALUE;

        Reader(String text, int at) {
            this.text = text;
            this.at = at;
        }

        boolean read() {
            if (at + 4 > text.length()) {
                return false;
            }
            char afterDay = text.charAt(at + 3);
            if (text.substring(at, at + 3).indexOf(' ') >= 0 || Character.isLetterOrDigit(afterDay)) {
                return false;
            }
            at += 4;
            boolean comma = afterDay == ',';
            if (comma) {
                skip(' ');
            }
            if (!comma && month()) {
                return skip(' ') && day() && skip(' ') && time() && yearAfterTime() && zone();
            }
            return day() && skip(' ') && month() && skip(' ') && year() && skip(' ') && time() && zone();
        }

        private boolean skip(char wanted) {
            if (at < text.length() && text.charAt(at) == wanted) {
                at++;
                return true;
            }
            return false;
        }

        private int digit(int where) {
            int digit = where < text.length() ? text.charAt(where) - '0' : -1;
            return digit >= 0 && digit <= 9 ? digit : -1;
        }

        private boolean month() {
            if (at + 3 > text.length()) {
                return false;
            }
            String name = text.substring(at, at + 3).toLowerCase(Locale.ROOT);
            for (int i = 0; i < MONTHS.length; i++) {
                if (MONTHS[i].equals(name)) {
                    month = i + 1;
                    at += 3;
                    return true;
                }
            }
            return false;
        }

        private boolean day() {
            boolean blank = at < text.length() && text.charAt(at) == ' ';
            if (blank) {
                at++;
            }
            if (digit(at) < 0) {
                return false;
            }
            day = digit(at++);
            if (!blank && digit(at) >= 0) {
                day = day * 10 + digit(at++);
            }
            return true;
        }

        private int twoDigits() {
            if (digit(at) < 0 || digit(at + 1) < 0) {
                return -1;
            }
            int value = digit(at) * 10 + digit(at + 1);
            at += 2;
            return value;
        }

        private boolean time() {
            hour = twoDigits();
            if (hour < 0 || !skip(':')) {
                return false;
            }
            minute = twoDigits();
            if (minute < 0) {
                return false;
            }
            if (skip(':')) {
                second = twoDigits();
                if (second < 0) {
                    return false;
                }
            }
            return at == text.length() || text.charAt(at) <= ' ';
        }

        private boolean year() {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                if (digit(at + i) < 0) {
                    return false;
                }
                value = value * 10 + digit(at + i);
            }
            year = value;
            at += 4;
            return true;
        }

        private boolean yearAfterTime() {
            skipBlanks();
            if (at == text.length()) {
                return false;
            }
            if (digit(at) < 0) {
                int end = text.indexOf(' ', at);
                if (end < 0) {
                    return false;
                }
                at = end;
                skipBlanks();
            }
            return year();
        }

        private void skipBlanks() {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
        }

        // Never fails: what is no zone is not looked at.
        private boolean zone() {
            if (at + 6 <= text.length() && text.charAt(at) == ' ') {
                char sign = text.charAt(at + 1);
                at += 2;
                int hours = twoDigits();
                int minutes = hours < 0 ? -1 : twoDigits();
                if ((sign == '+' || sign == '-') && minutes >= 0) {
                    zoneMinutes = (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
                }
            }
            return true;
        }

        long epoch(ZoneId zone) {
            try {
                LocalDateTime local = LocalDateTime.of(Math.max(1, year), month, 1, 0, 0)
                        .plusDays(Math.max(0, day - 1L))
                        .plusHours(hour)
                        .plusMinutes(minute)
                        .plusSeconds(second);
                return zoneMinutes != Integer.MIN_VALUE
                        ? local.toEpochSecond(ZoneOffset.UTC) - zoneMinutes * 60L
                        : local.atZone(zone).toEpochSecond();
            } catch (DateTimeException e) {
                return 0;
            }
        }
    }
}
