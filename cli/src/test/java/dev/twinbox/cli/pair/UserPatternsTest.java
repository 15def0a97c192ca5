package dev.twinbox.cli.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom patterns stand for. */
class UserPatternsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "anna anna true",
                "anna Anna false",
                "anna annab false",
                "anna bert,anna true",
                "anna ann? true",
                "ann ann? false",
                "anna * true",
                "anna *a true",
                "anna a*n*a true",
                "anna *b* false",
                "anna@example.org *@example.org true",
                "anna@example.org *@example.com,*@example.net false",
                "anna@example.org.evil *@example.org false",
                "anna@example.org@evil *@example.org false",
                "aXexample.org a.example.org false"
            })
    void aPatternStandsForWholeNames(String user, String patterns, boolean expected) {
        assertEquals(expected, UserPatterns.parse(patterns).has(user));
        assertEquals(patterns, UserPatterns.parse(patterns).text());
    }

    @Test
    void noPatternIsNoUser() {
        assertFalse(new UserPatterns(List.of()).has("anna"));
        assertTrue(UserPatterns.ALL.has("anyone at all"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",", "anna,", ",anna", "an na", "an\tna", "an\nna", "../anna", "an\u0000na", "an\u0085na"})
    void whatNoUserIsCalledIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> UserPatterns.parse(text));
    }

    @Test
    void tooMuchIsRefused() {
        String longest = "a".repeat(UserPatterns.LENGTH_MAX);
        assertEquals(longest, UserPatterns.parse(longest).text());
        assertThrows(IllegalArgumentException.class, () -> UserPatterns.parse(longest + "a"));
        String most = String.join(",", Collections.nCopies(UserPatterns.PATTERNS_MAX, "a"));
        assertEquals(most, UserPatterns.parse(most).text());
        assertThrows(IllegalArgumentException.class, () -> UserPatterns.parse(most + ",a"));
    }

    /** Against the obvious, slow way. */
    @Test
    void starsAreWhatRegularExpressionsMakeOfThem() {
        SplittableRandom random = new SplittableRandom(20261122);
        for (int i = 0; i < 20_000; i++) {
            String pattern = word(random, "ab*?", 1 + random.nextInt(6));
            String user = word(random, "ab", random.nextInt(8));
            boolean expected = user.matches(pattern.replace("*", ".*").replace("?", "."));
            assertEquals(expected, UserPatterns.parse(pattern).has(user), pattern + " for " + user + ", number " + i);
        }
    }

    private static String word(SplittableRandom random, String letters, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
        return word.toString();
    }

    /** A way that tries each place for each star would not come to an end. */
    @Test
    void manyStarsTakeNoTime() {
        assertFalse(UserPatterns.parse("*a".repeat(100) + "b").has("a".repeat(10_000)));
    }
}
