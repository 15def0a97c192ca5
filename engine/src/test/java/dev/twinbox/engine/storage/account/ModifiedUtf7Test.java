package dev.twinbox.engine.storage.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.Mutations;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ModifiedUtf7Test {
    @Test
    void encodesAsDovecotDoes() {
        assertEquals("Entw&APw-rfe", ModifiedUtf7.encode("Entwürfe"));
        assertEquals("&ZeVnLIqe-", ModifiedUtf7.encode("日本語"));
        assertEquals("a&-b", ModifiedUtf7.encode("a&b"));
        assertEquals("&2D3eAA-", ModifiedUtf7.encode("\uD83D\uDE00"));
        assertEquals("", ModifiedUtf7.encode(""));
        assertEquals(Optional.of("Entwürfe"), ModifiedUtf7.decode("Entw&APw-rfe"));
    }

    @Test
    void onlyTheCanonicalSpellingIsDecoded() {
        for (String bad : List.of(
                "&",
                "a&",
                "&AC4ALg-",
                "&AC4ALgAvAC4ALg-",
                "&AGE-",
                "&APx-",
                "&APw",
                "&AP-",
                "&A-",
                "&!-",
                "&APw-&APw-",
                "&APwAJg-",
                "ü",
                "a\0",
                "a\u007f",
                "&2D0-",
                "&3gDYPQ-",
                "&APw=-",
                "&ZeVnLIqe--x&")) {
            assertEquals(Optional.empty(), ModifiedUtf7.decode(bad), bad);
        }
    }

    @Test
    void halfPairsAreRefused() {
        for (String bad : List.of("\uD83D", "\uDE00", "a\uD83Db", "\uD83D\uD83D\uDE00", "\uDE00\uD83D")) {
            assertThrows(IllegalArgumentException.class, () -> ModifiedUtf7.encode(bad));
        }
    }

    @Test
    void textsSurvive() {
        int[] points = {'a', '&', '-', ' ', '~', ',', '/', 0x7F, 0x1, 0xFC, 0x65E5, 0x1F600, 0xFFFF, 0x10FFFF};
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.appendCodePoint(points[random.nextInt(points.length)]);
            }
            String encoded = ModifiedUtf7.encode(text.toString());
            assertTrue(encoded.chars().allMatch(c -> c >= ' ' && c <= '~'), "seed " + seed);
            assertEquals(Optional.of(text.toString()), ModifiedUtf7.decode(encoded), "seed " + seed);
        }
    }

    @Test
    void whatIsDecodedEncodesToTheSame() {
        Mutations.tryAll("Entw&APw-rfe&-&ZeVnLIqe-".getBytes(StandardCharsets.US_ASCII), damaged -> {
            String text = new String(damaged, StandardCharsets.ISO_8859_1);
            ModifiedUtf7.decode(text).ifPresent(decoded -> assertEquals(text, ModifiedUtf7.encode(decoded)));
        });
    }
}
