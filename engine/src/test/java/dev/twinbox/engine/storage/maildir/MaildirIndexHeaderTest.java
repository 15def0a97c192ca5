package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MaildirIndexHeaderTest {
    @Test
    void nineLittleEndianNumbers() {
        byte[] bytes =
                HexFormat.of().parseHex("010000000200000003000000040000000500000006000000881b026b0800000000000080");
        MaildirIndexHeader header = MaildirIndexHeader.parse(bytes).orElseThrow();
        assertEquals(new MaildirIndexHeader(1, 2, 3, 4, 5, 6, 0x6b021b88L, 8, 0x8000_0000L), header);
        assertArrayEquals(bytes, header.toBytes());
        assertTrue(header.matchesUidlist(0x6b021b88L, 8, 0x8000_0000L));
        assertFalse(header.matchesUidlist(0x6b021b88L, 9, 0x8000_0000L));
        assertFalse(MaildirIndexHeader.NONE.matchesUidlist(0, 0, 0));
    }

    @Test
    void tooFewBytesAreNoHeader() {
        assertEquals(Optional.empty(), MaildirIndexHeader.parse(new byte[35]));
        assertEquals(Optional.of(MaildirIndexHeader.NONE), MaildirIndexHeader.parse(new byte[40]));
    }

    @Test
    void anyBytesSurvive() {
        for (long seed = 0; seed < 10_000; seed++) {
            byte[] bytes = new byte[36 + (int) (seed % 5)];
            new SplittableRandom(seed).nextBytes(bytes);
            byte[] written = MaildirIndexHeader.parse(bytes).orElseThrow().toBytes();
            assertArrayEquals(Arrays.copyOf(bytes, 36), written, "seed " + seed);
        }
    }
}
