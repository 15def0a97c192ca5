package dev.twinbox.transport.dsync;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Escaping and joining by TAB, as {@linkplain dev.twinbox.transport.dsync the package} describes. Pure. */
public final class Tabs {
    /** Stands for a value that is not there, and is doubled at the beginning of one that is. */
    static final char ABSENT = '\2';

    /** Stands before what {@link #letter} says. */
    public static final char ESCAPE = '\1';

    private Tabs() {}

    /** A whole value, or the sign that there is none. */
    static void appendValue(StringBuilder line, @Nullable String value) {
        if (value == null) {
            line.append(ABSENT);
            return;
        }
        if (!value.isEmpty() && value.charAt(0) == ABSENT) {
            line.append(ABSENT);
        }
        appendEscaped(line, value);
    }

    /**
     * What {@link #appendValue} wrote.
     *
     * @throws IllegalArgumentException if it cannot have been written so
     */
    static @Nullable String value(String written) {
        if (written.isEmpty() || written.charAt(0) != ABSENT) {
            return unescaped(written);
        }
        if (written.length() == 1) {
            return null;
        }
        if (written.charAt(1) != ABSENT) {
            throw new IllegalArgumentException("a value begins with a single 0x02");
        }
        return unescaped(written.substring(1));
    }

    /** A list as one text, not yet escaped as a value. */
    public static String join(List<String> parts) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                joined.append('\t');
            }
            appendEscaped(joined, parts.get(i));
        }
        return joined.toString();
    }

    /**
     * The parts that {@link #join} joined; at least one.
     *
     * @throws IllegalArgumentException if there are more than {@code most}, or one ends in the middle of an escape
     */
    public static List<String> split(String joined, int most) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        while (true) {
            if (parts.size() == most) {
                throw new IllegalArgumentException("more than " + most + " parts");
            }
            int end = joined.indexOf('\t', start);
            parts.add(unescaped(joined.substring(start, end < 0 ? joined.length() : end)));
            if (end < 0) {
                return parts;
            }
            start = end + 1;
        }
    }

    static void appendEscaped(StringBuilder to, String text) {
        int plain = 0;
        while (plain < text.length() && text.charAt(plain) > '\r') {
            plain++;
        }
        to.append(text, 0, plain);
        for (int i = plain; i < text.length(); i++) {
            char c = text.charAt(i);
            char letter = letter(c);
            if (letter == 0) {
                to.append(c);
            } else {
                to.append(ESCAPE).append(letter);
            }
        }
    }

    /** What stands for a character behind the escape; 0 if it stands for itself, without one. */
    public static char letter(char plain) {
        return switch (plain) {
            case '\0' -> '0';
            case ESCAPE -> '1';
            case '\t' -> 't';
            case '\n' -> 'n';
            case '\r' -> 'r';
            default -> 0;
        };
    }

    private static String unescaped(String escaped) {
        int at = escaped.indexOf(ESCAPE);
        if (at < 0) {
            return escaped;
        }
        StringBuilder text = new StringBuilder(escaped.length()).append(escaped, 0, at);
        while (at < escaped.length()) {
            char c = escaped.charAt(at++);
            if (c == ESCAPE) {
                if (at == escaped.length()) {
                    throw new IllegalArgumentException("a value ends in the middle of an escape");
                }
                c = meaning(escaped.charAt(at++));
            }
            text.append(c);
        }
        return text.toString();
    }

    /** What a character behind the escape stands for. */
    public static char meaning(char escaped) {
        return switch (escaped) {
            case '0' -> '\0';
            case '1' -> ESCAPE;
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            default -> escaped;
        };
    }
}
