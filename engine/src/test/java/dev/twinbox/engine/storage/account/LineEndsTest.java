package dev.twinbox.engine.storage.account;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LineEndsTest {
    private static int bare(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return LineEnds.bare(bytes, 0, bytes.length, 0);
    }

    @Test
    void onlyLineFeedsWithoutCarriageReturnAreBare() {
        assertEquals(0, bare(""));
        assertEquals(1, bare("\n"));
        assertEquals(0, bare("\r\n"));
        assertEquals(2, bare("a\nb\r\nc\n"));
        assertEquals(1, bare("\r\n\n"));
        assertEquals(1, bare("1234567\n\r"));
    }

    @Test
    void theByteBeforeCounts() {
        byte[] bytes = {'\n', '\n'};

        assertEquals(1, LineEnds.bare(bytes, 0, 2, '\r'));
        assertEquals(2, LineEnds.bare(bytes, 0, 2, '\n'));
        assertEquals(0, LineEnds.bare(bytes, 0, 0, '\r'));
    }

    @Test
    void whereverAPieceBeginsItCountsWhatByteByByteWouldCount() {
        SplittableRandom random = new SplittableRandom(9);
        byte[] letters = {'\n', '\r', 'a', 0x0B, (byte) 0x8A, (byte) 0xFF, 0, 9};
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            int variety = 2 + random.nextInt(letters.length - 1);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = letters[random.nextInt(variety)];
            }
            int start = random.nextInt(bytes.length + 1);
            int end = start + random.nextInt(bytes.length - start + 1);
            int before = random.nextBoolean() ? '\r' : 0;

            int expected = 0;
            for (int i = start; i < end; i++) {
                if (bytes[i] == '\n' && (i == start ? before : bytes[i - 1]) != '\r') {
                    expected++;
                }
            }
            assertEquals(expected, LineEnds.bare(bytes, start, end, before));
        }
    }
}
