package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailboxFilterTest {
    private static final MailboxGuid GUID = new MailboxGuid(1, 2);

    private static MailboxNode node(String name) {
        return MailboxNode.mailbox(MailboxName.parse(name, '/'), GUID, 1, 1);
    }

    private static boolean excludes(String mask, String name) {
        return !new MailboxFilter(null, null, List.of(mask)).accepts(node(name));
    }

    @ParameterizedTest
    @CsvSource({
        "Trash, Trash, true",
        "Trash, Trash/Kid, false",
        "Trash, trash, false",
        "Trash*, Trash/Kid, true",
        "*, INBOX, true",
        "*/Kid, Trash/Kid, true",
        "*/Kid, Kid, false",
        "?rash, Trash, true",
        "?rash, rash, false",
        "T*h, Trash, true",
        "T*h, Trash/x, false",
        "*a*a*, banana, true",
        "*a*a*a*a*, banana, false",
        "**, x, true",
        "inbox, INBOX, false",
        "a.c, abc, false"
    })
    void matchesMasks(String mask, String name, boolean expected) {
        assertEquals(expected, excludes(mask, name));
    }

    @Test
    void matchesLikeARegularExpression() {
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String mask = text(random, "ab*?", 1 + random.nextInt(8));
            String name = text(random, "ab", 1 + random.nextInt(8));
            String regex = mask.replace("*", ".*").replace("?", ".");
            assertEquals(Pattern.matches(regex, name), excludes(mask, name), "seed " + seed + " " + mask + " " + name);
        }
    }

    private static String text(SplittableRandom random, String letters, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    @Test
    void takesManyStarsInNoTime() {
        assertFalse(excludes("*a".repeat(120) + "b", "a".repeat(250)));
    }

    @Test
    @Tag("F158")
    @Tag("F160")
    void letsOnlyTheNamedOrTheIdentifiedMailboxIn() {
        MailboxFilter named = new MailboxFilter(Set.of(MailboxName.parse("Work", '/')), null, List.of());
        assertTrue(named.accepts(node("Work")));
        assertFalse(named.accepts(node("Work/Kid")));
        MailboxFilter identified = new MailboxFilter(null, GUID, List.of());
        assertTrue(identified.accepts(node("Any")));
        assertFalse(identified.accepts(MailboxNode.folder(MailboxName.parse("Any", '/'))));
        assertFalse(new MailboxFilter(Set.of(MailboxName.INBOX), null, List.of("IN*")).accepts(node("inbox")));
        assertTrue(MailboxFilter.ALL.accepts(node("Any")));
    }
}
