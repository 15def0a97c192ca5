package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.Mutations;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailGuid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MaildirNameTest {
    private static MaildirName name(String text) {
        return MaildirName.parse(text).orElseThrow();
    }

    @Test
    void readsAllPartsOfAName() {
        MaildirName name = name("1795300232.M124793P20937.vm,S=174,W=182:2,DFab");
        assertEquals("1795300232.M124793P20937.vm,S=174,W=182", name.base());
        assertEquals(Flags.DRAFT | Flags.FLAGGED, name.flags().bits());
        assertEquals(0b11, name.keywordLetters());
        assertEquals(174, name.size());
        assertEquals(182, name.virtualSize());
        assertEquals("DFab", name.letters());
        assertEquals("", name.extra());
        assertEquals(name.base(), name.guid().value());
    }

    @Test
    void aNameWithoutInfoHasNoFlags() {
        MaildirName name = name("1.M1P1.a");
        assertFalse(name.hasInfo());
        assertEquals(Flags.NONE, name.flags());
        assertEquals(MaildirName.SIZE_UNKNOWN, name.size());
        assertEquals("1.M1P1.a:2,", name.withFlags(Flags.NONE, 0));
    }

    @Test
    void baseEndsAtTheFirstColonAndInfoBeginsAtTheLast() {
        MaildirName name = name("1.a:2,F:2,S");
        assertEquals("1.a", name.base());
        assertEquals(Flags.SEEN, name.flags().bits());
        assertEquals("1.a:2,F:2,ST", name.withFlags(new Flags(Flags.SEEN | Flags.DELETED), 0));
    }

    @Test
    void otherInfoIsNotUnderstoodButKept() {
        MaildirName name = name("1.a:1,F");
        assertEquals(Flags.NONE, name.flags());
        assertEquals("1.a:1,F:2,S", name.withFlags(new Flags(Flags.SEEN), 0));
    }

    @Test
    void unknownLettersAndFurtherFieldsAreKept() {
        MaildirName name = name("1.a:2,PSZ,x=1,y");
        assertEquals(",x=1,y", name.extra());
        assertEquals("1.a:2,FPZb,x=1,y", name.withFlags(new Flags(Flags.FLAGGED | Flags.RECENT), 0b10));
    }

    @Test
    void sameFlagsKeepTheVeryName() {
        MaildirName name = name("1.a:2,SF");
        assertSame(name.name(), name.withFlags(new Flags(Flags.SEEN | Flags.FLAGGED), 0));
    }

    @Test
    void keywordsBeyondTheAlphabetAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> name("1.a").withFlags(Flags.NONE, 1 << 26));
        assertEquals("1.a:2,z", MaildirName.ofBase("1.a", Flags.NONE, 1 << 25));
    }

    @Test
    void onlyWholeNumbersAreSizes() {
        assertEquals(-1, name("1.a,S=12x,S=13").size());
        assertEquals(-1, name("1.a,S=").size());
        assertEquals(-1, name("1.a,S=99999999999999999999").size());
        assertEquals(-1, name("1.a:2,S=5").size());
        assertEquals(7, name("1.a,U=2,S=7:2,").size());
        assertEquals(0, name("1.a,W=0").virtualSize());
    }

    @Test
    void whatIsNoMailOrUnusableIsNotRead() {
        assertTrue(MaildirName.parse("").isEmpty());
        assertTrue(MaildirName.parse(".nfs123").isEmpty());
        assertTrue(MaildirName.parse("a\nb").isEmpty());
        assertTrue(MaildirName.parse("a\rb").isEmpty());
        assertTrue(MaildirName.parse(":2,S").isEmpty());
        assertTrue(MaildirName.isBroken(":2,S"));
        assertFalse(MaildirName.isBroken(".nfs123"));
    }

    @Test
    void everyByteSurvives() {
        byte[] bytes = {'1', (byte) 0xFF, (byte) 0xC3, (byte) 0xA9, 0x1B, ':', '2', ',', 'S'};
        MaildirName name = MaildirName.parse(bytes).orElseThrow();
        assertEquals(
                new String(bytes, StandardCharsets.ISO_8859_1),
                new String(name.toBytes(), StandardCharsets.ISO_8859_1));
        assertEquals(32, name.guid().value().length());
        assertEquals("1é", MaildirName.guidOf("1\u00c3\u00a9").value());
    }

    @Test
    void newMailsAreOrderedBySecondsThenMicroseconds() {
        List<MaildirName> names = new ArrayList<>();
        for (String text : List.of(
                "10.M2P1.a", "9.M9P9.z", "10.M10P1.a", "10.5_1.a", "10.Q.a", "10.M2P0.a", "9.M9P9.z:2,S", "a")) {
            names.add(name(text));
        }
        names.sort(MaildirName.COMPARATOR);
        assertEquals(
                "[a, 9.M9P9.z, 9.M9P9.z:2,S, 10.5_1.a, 10.M2P0.a, 10.M2P1.a, 10.M10P1.a, 10.Q.a]", names.toString());
    }

    @Test
    void theOrderIsTotal() {
        char[] letters = "01M.P5a".toCharArray();
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String[] three = new String[3];
            for (int i = 0; i < 3; i++) {
                StringBuilder text = new StringBuilder(random.nextBoolean() ? "1." : "");
                for (int n = random.nextInt(6); n > 0; n--) {
                    text.append(letters[random.nextInt(letters.length)]);
                }
                three[i] = text.toString();
            }
            int ab = MaildirName.compareBases(three[0], three[1]);
            int bc = MaildirName.compareBases(three[1], three[2]);
            int ac = MaildirName.compareBases(three[0], three[2]);
            assertEquals(
                    Integer.signum(ab), -Integer.signum(MaildirName.compareBases(three[1], three[0])), "seed " + seed);
            assertEquals(ab == 0, three[0].equals(three[1]), "seed " + seed);
            if (ab <= 0 && bc <= 0) {
                assertTrue(ac <= 0, "seed " + seed);
            }
        }
    }

    @Test
    void guidsServeAsBaseNamesOnlyIfHarmless() {
        assertTrue(MaildirName.isUsableBase("1795300232.M104351P20932.vm,S=174,W=182"));
        assertTrue(MaildirName.isUsableBase("0f769b07891b026bcb52000083ecc375"));
        for (String bad : List.of(
                "",
                ".a",
                "..",
                "a/b",
                "a:b",
                "a b",
                "a\0",
                "a\n",
                "é",
                "a".repeat(201),
                "a,S=x",
                "a,W=",
                "a,S=9,W=8")) {
            assertFalse(MaildirName.isUsableBase(bad), bad);
        }
        assertTrue(MaildirName.isUsableBase("a,S=174,W=182", 174, 182));
        assertFalse(MaildirName.isUsableBase("a,S=174,W=182", 175, 182));
        assertFalse(MaildirName.isUsableBase("a", 174, 182));
    }

    @Test
    void flagsSurviveANewName() {
        for (long seed = 0; seed < 5_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Flags flags = new Flags(random.nextInt(Flags.SETTABLE + 1));
            int mask = random.nextInt(1 << 26);
            String written = name("1.a,S=3:2,FPQxz,more").withFlags(flags, mask);
            MaildirName read = name(written);
            assertEquals(flags, read.flags(), "seed " + seed);
            assertEquals(mask, read.keywordLetters(), "seed " + seed);
            assertEquals("1.a,S=3", read.base(), "seed " + seed);
            assertEquals(",more", read.extra(), "seed " + seed);
            assertTrue(read.letters().contains("P") && read.letters().contains("Q"), "seed " + seed);
        }
    }

    @Test
    void damagedNamesAreReadOrRefused() {
        byte[] good = "1795300232.M124793P20937.vm,S=174,W=182:2,DFab,x".getBytes(StandardCharsets.US_ASCII);
        Mutations.tryAll(good, damaged -> {
            var read = MaildirName.parse(damaged);
            if (read.isPresent()) {
                MaildirName name = read.get();
                MailGuid guid = name.guid();
                assertFalse(guid.value().isEmpty());
                String other = name.withFlags(new Flags(Flags.SEEN), 1 << 3);
                assertEquals(name.base(), name(other).base());
                assertEquals(Flags.SEEN, name(other).flags().bits());
                assertTrue(name.size() >= -1 && name.virtualSize() >= -1);
            }
        });
    }
}
