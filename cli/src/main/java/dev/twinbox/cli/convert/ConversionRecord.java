package dev.twinbox.cli.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is remembered of a conversion between two calls. Immutable.
 *
 * @param user whose mail
 * @param from where it was, as the administrator wrote it
 * @param to where it goes
 * @param excluded masks and special uses of mailboxes that are left out
 * @param stage what is to be done next
 * @param rounds complete copies so far
 * @param lastSeconds how long the last one took
 * @param changedSeconds when this was written, seconds since 1970
 */
public record ConversionRecord(
        String user,
        String from,
        String to,
        List<String> excluded,
        Stage stage,
        int rounds,
        long lastSeconds,
        long changedSeconds) {
    /** Longest text of a record. */
    public static final int TEXT_MAX = 64 * 1024;

    private static final String EXCLUDED = "exclude";
    private static final String HEAD = "twinbox-convert 1";

    public ConversionRecord {
        excluded = List.copyOf(excluded);
    }

    /** One that has just begun. */
    public static ConversionRecord begun(String user, String from, String to, List<String> excluded) {
        return new ConversionRecord(user, from, to, excluded, Stage.COPY, 0, 0, 0);
    }

    /** The same, at another stage. */
    public ConversionRecord at(Stage next) {
        return new ConversionRecord(user, from, to, excluded, next, rounds, lastSeconds, changedSeconds);
    }

    /** The same after one more copy. */
    public ConversionRecord afterRound(long seconds) {
        return new ConversionRecord(user, from, to, excluded, stage, rounds + 1, seconds, changedSeconds);
    }

    /** The same, written at another time. */
    public ConversionRecord written(long nowSeconds) {
        return new ConversionRecord(user, from, to, excluded, stage, rounds, lastSeconds, nowSeconds);
    }

    /** Whether it is the conversion of the same mailboxes of the same user between the same places. */
    public boolean isOf(ConversionRecord other) {
        return user.equals(other.user)
                && from.equals(other.from)
                && to.equals(other.to)
                && excluded.equals(other.excluded);
    }

    /** A line for each value, after one that says what it is. */
    public String encode() {
        StringBuilder text = new StringBuilder(HEAD + "\nuser=" + escaped(user) + "\nfrom=" + escaped(from) + "\nto="
                + escaped(to) + "\nstage=" + stage.word() + "\nrounds=" + rounds + "\nseconds=" + lastSeconds
                + "\nwritten=" + changedSeconds + "\n");
        for (String mask : excluded) {
            text.append(EXCLUDED).append('=').append(escaped(mask)).append('\n');
        }
        return text.toString();
    }

    /** Reads what {@link #encode} made; nothing if it is something else. */
    public static Optional<ConversionRecord> decode(String text) {
        String[] lines = text.split("\n", -1);
        if (text.length() > TEXT_MAX || !lines[0].equals(HEAD)) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        List<String> excluded = new ArrayList<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals > 0 && line.substring(0, equals).equals(EXCLUDED)) {
                excluded.add(unescaped(line.substring(equals + 1)));
            } else if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        for (Stage stage : Stage.values()) {
            if (stage.word().equals(values.get("stage"))) {
                return decode(values, excluded, stage);
            }
        }
        return Optional.empty();
    }

    private static Optional<ConversionRecord> decode(Map<String, String> values, List<String> excluded, Stage stage) {
        try {
            return Optional.of(new ConversionRecord(
                    unescaped(values.getOrDefault("user", "")),
                    unescaped(values.getOrDefault("from", "")),
                    unescaped(values.getOrDefault("to", "")),
                    excluded,
                    stage,
                    Math.max(0, Integer.parseInt(values.getOrDefault("rounds", ""))),
                    Math.max(0, Long.parseLong(values.getOrDefault("seconds", ""))),
                    Long.parseLong(values.getOrDefault("written", ""))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                c = text.charAt(i) == 'n' ? '\n' : text.charAt(i);
            }
            plain.append(c);
        }
        return plain.toString();
    }
}
