package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings file: lines {@code name = value} in UTF-8. A {@code #} at the start of a line or after a blank begins a
 * comment; a value in double quotes keeps blanks and {@code #}. A name may stand several times, the last one counts. There
 * are no blocks and no includes.
 */
final class ConfigFile {
    /** Longest file read, bytes. */
    static final int SIZE_MAX = 1 << 20;

    private ConfigFile() {}

    /**
     * One line.
     *
     * @param number of the line, from 1
     */
    record Line(int number, String name, String value) {}

    /**
     * @param origin the file, for messages
     */
    static List<Line> parse(String text, String origin) throws Refusal {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                end = text.length();
            }
            number++;
            String line = text.substring(start, end).strip();
            start = end + 1;
            if (line.isEmpty() || line.charAt(0) == '#') {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw Refusal.configuration(
                        origin + ":" + number + ": not a line 'name = value' (blocks and includes are not known here)");
            }
            lines.add(new Line(
                    number,
                    line.substring(0, equals).strip(),
                    value(line.substring(equals + 1).strip(), origin, number)));
        }
        return lines;
    }

    private static String value(String text, String origin, int number) throws Refusal {
        if (text.startsWith("\"")) {
            int close = text.indexOf('"', 1);
            String rest = close < 0 ? "" : text.substring(close + 1).strip();
            if (close < 0 || !(rest.isEmpty() || rest.charAt(0) == '#')) {
                throw Refusal.configuration(origin + ":" + number + ": a quoted value must end with its second quote");
            }
            return text.substring(1, close);
        }
        if (text.startsWith("#")) {
            return "";
        }
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) == '#' && (text.charAt(i - 1) == ' ' || text.charAt(i - 1) == '\t')) {
                return text.substring(0, i).strip();
            }
        }
        return text;
    }
}
