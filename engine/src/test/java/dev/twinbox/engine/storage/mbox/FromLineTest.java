package dev.twinbox.engine.storage.mbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What counts as a From_ line was measured with Dovecot 2.3.19, and so were the dates. */
class FromLineTest {
    private static final long NONE = Long.MIN_VALUE;
    private static final long DATE = 1_795_359_994;
    private static final long FIRST = 1_793_631_994;

    private static long read(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        return FromLine.parse(bytes, bytes.length, ZoneOffset.UTC)
                .map(FromLine::received)
                .orElse(NONE);
    }

    private static void all(long expected, String... lines) {
        for (String line : lines) {
            assertEquals(expected, read(line), line);
        }
    }

    @Test
    void datesOfEveryFormAreRead() {
        all(
                DATE,
                "From a Sun Nov 22 15:06:34 2026",
                "From a  Sun Nov 22 15:06:34 2026",
                "From a sun nov 22 15:06:34 2026",
                "From a Mon Nov 22 15:06:34 2026",
                "From a 123 Nov 22 15:06:34 2026",
                "From a Sun\tNov 22 15:06:34 2026",
                "From a Sun Nov 22 15:06:34  2026",
                "From a Sun Nov 22 15:06:34 EST 2026",
                "From a Sun Nov 22 15:06:34 2026 EST",
                "From a Sun Nov 22 15:06:34 +0100 2026",
                "From a Sun Nov 22 15:06:34 GMT+1 2026",
                "From a Sun Nov 22 15:06:34 2026 remote from x",
                "From a Sun Nov 22 15:06:34 2026x",
                "From a Sun Nov 22 15:06:34 20266",
                "From a Sun Nov 22 15:06:34 2026 +010",
                "From a Sun Nov 22 15:06:34 2026  +0100",
                "From a Sun, 22 Nov 2026 15:06:34",
                "From a Sun, 22 Nov 2026 15:06:34 EST");
        all(FIRST, "From a Sun Nov  2 15:06:34 2026", "From a Sun Nov 2 15:06:34 2026");
        all(FIRST, "From a Sun, 2 Nov 2026 15:06:34", "From a Sun, 02 Nov 2026 15:06:34");
        all(
                DATE - 34,
                "From a Sun Nov 22 15:06 2026",
                "From a Sun, 22 Nov 2026 15:06",
                "From a Sun Nov 22 15:06 EST 2026");
        all(DATE - 3600, "From a Sun Nov 22 15:06:34 2026 +0100", "From a Sun, 22 Nov 2026 15:06:34 +0100");
        all(DATE - 3600, "From a Sun Nov 22 15:06:34 EST 2026 +0100");
        all(DATE + 19_800 - 1_770, "From a Sun Nov 22 15:06:34 2026 -0530 x".replace("15:06:34", "14:37:04"));
        all(0, "From a Thu Jan  1 00:00:00 1970");
        all(4_102_444_800L, "From a Fri Jan  1 00:00:00 2100");
    }

    @Test
    void numbersThatAreTooLargeGoOnCounting() {
        assertEquals(1_796_223_994, read("From a Sun Nov 32 15:06:34 2026"));
        assertEquals(1_793_545_594, read("From a Sun Nov 00 15:06:34 2026"));
        assertEquals(1_795_395_994, read("From a Sun Nov 22 25:06:34 2026"));
        assertEquals(1_795_360_034, read("From a Sun Nov 22 15:06:74 2026"));
        assertEquals(1_772_550_394, read("From a Wed Feb 31 15:06:34 2026"));
    }

    @Test
    void sendersOfEveryFormAreRead() {
        all(
                DATE,
                "From  Sun Nov 22 15:06:34 2026",
                "From - Sun Nov 22 15:06:34 2026",
                "From \"a b\" Sun Nov 22 15:06:34 2026",
                "From \"a b\"@c Sun Nov 22 15:06:34 2026",
                "From \"a \\\" b\" Sun Nov 22 15:06:34 2026",
                "From <a> Sun Nov 22 15:06:34 2026",
                "From \u00e4\0 Sun Nov 22 15:06:34 2026",
                "From " + "x".repeat(500) + " Sun Nov 22 15:06:34 2026");
    }

    @Test
    void everythingElseIsNone() {
        all(
                NONE,
                "From me",
                "From a 22 Nov 2026 15:06:34",
                "From a Sun Xxx 22 15:06:34 2026",
                "From a Sun Nov 22 15:06:34 26",
                "From a Sun Nov 22 15:06:34 202",
                "From a Sun Nov 22 15:06:34",
                "From a Sun Nov 22 5:06:34 2026",
                "From a Sun Nov 22 15:6:34 2026",
                "From a Sun Nov 22 15.06.34 2026",
                "From a Sun Nov 22 15:06:34.5 2026",
                "From a Sun Nov 22  15:06:34 2026",
                "From a Sun  Nov 22 15:06:34 2026",
                "From a Sunday Nov 22 15:06:34 2026",
                "From a Sun November 22 15:06:34 2026",
                "From a Sun Nov 122 15:06:34 2026",
                "From a Sun Nov 22 15:06:34 MET DST 2026",
                "From a Sun,  22 Nov 2026 15:06:34",
                "From a Sun, Nov 22 15:06:34 2026",
                "From Sun Nov 22 15:06:34 2026",
                "From a b Sun Nov 22 15:06:34 2026",
                "From   a   Sun Nov 22 15:06:34 2026",
                "From \"a b Sun Nov 22 15:06:34 2026",
                "from a Sun Nov 22 15:06:34 2026",
                ">From a Sun Nov 22 15:06:34 2026",
                "");
    }

    @Test
    void whatIsWrittenIsReadAgainInEveryZone() {
        SplittableRandom random = new SplittableRandom(5);
        String[] zones = {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"};
        for (int i = 0; i < 20_000; i++) {
            ZoneId zone = ZoneId.of(zones[i % zones.length]);
            long date = random.nextLong(-2_000_000_000L, 8_000_000_000L);
            // Around the night in which the clocks go back.
            date = i % 3 == 0 ? 1_792_890_000L + random.nextLong(-7_200, 7_200) : date;
            byte[] line = FromLine.format("a@b", date, zone);
            assertEquals('\n', line[line.length - 1]);
            FromLine read = FromLine.parse(line, line.length - 1, zone).orElseThrow();
            String why = "seed 5, round " + i + ", " + zone + ": " + new String(line, StandardCharsets.ISO_8859_1);
            assertEquals(date, read.received(), why);
            assertEquals("a@b", read.sender(), why);
        }
    }

    @Test
    void linesAreDovecots() {
        assertEquals(
                "From mb@vm  Sun Nov 22 15:06:34 2026\n",
                new String(FromLine.format("mb@vm", DATE, ZoneOffset.UTC), StandardCharsets.ISO_8859_1));
        assertEquals(
                "From mb@vm  Sun Nov 22 10:06:34 2026\n",
                new String(FromLine.format("mb@vm", DATE, ZoneId.of("America/New_York")), StandardCharsets.ISO_8859_1));
    }
}
