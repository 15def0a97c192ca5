package dev.twinbox.cli.pair;

import dev.twinbox.protocol.item.Wildcards;
import java.util.List;

/**
 * Which users somebody may touch: names in which {@code *} stands for any letters and {@code ?} for one, with commas between.
 * Upper and lower case differ. Immutable.
 *
 * @param patterns each not empty; none at all: no user
 */
public record UserPatterns(List<String> patterns) {
    /** Every user. */
    public static final UserPatterns ALL = new UserPatterns(List.of("*"));

    /** Longest pattern, in characters. */
    public static final int LENGTH_MAX = 255;

    /** Most patterns. */
    public static final int PATTERNS_MAX = 1000;

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException if one is empty or too long, or has a character in it that no user's name may have
     */
    public UserPatterns {
        patterns = List.copyOf(patterns);
        if (patterns.size() > PATTERNS_MAX) {
            throw new IllegalArgumentException("more than " + PATTERNS_MAX + " patterns of users");
        }
        for (String pattern : patterns) {
            if (pattern.isEmpty() || pattern.length() > LENGTH_MAX) {
                throw new IllegalArgumentException("a pattern of users has 1 to " + LENGTH_MAX + " characters");
            }
            if (!pattern.chars().allMatch(UserPatterns::mayStand)) {
                throw new IllegalArgumentException("a pattern of users has no spaces, commas or slashes in it");
            }
        }
    }

    private static boolean mayStand(int c) {
        return c > ' ' && c != 0x7F && c != ',' && c != '/' && !Character.isISOControl(c) && !Character.isWhitespace(c);
    }

    /**
     * Reads them.
     *
     * @param text with commas between, at least one
     * @throws IllegalArgumentException if they cannot be understood
     */
    public static UserPatterns parse(String text) {
        if (text.length() > (LENGTH_MAX + 1) * PATTERNS_MAX) {
            throw new IllegalArgumentException("the patterns of users are too long");
        }
        return new UserPatterns(List.of(text.split(",", -1)));
    }

    /** As {@link #parse} takes them. */
    public String text() {
        return String.join(",", patterns);
    }

    /** Whether a user is among them. */
    public boolean has(String user) {
        for (String pattern : patterns) {
            if (Wildcards.matches(pattern, user)) {
                return true;
            }
        }
        return false;
    }
}
