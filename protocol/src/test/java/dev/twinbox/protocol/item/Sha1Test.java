package dev.twinbox.protocol.item;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Sha1Test {
    @Test
    void theStandardsExamplesComeOut() {
        assertEquals("a9993e364706816aba3e25717850c26c9cd0d89d", hex("abc"));
        assertEquals("da39a3ee5e6b4b0d3255bfef95601890afd80709", hex(""));
        assertEquals(
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
                hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
    }

    @Test
    void everyLengthAgreesWithJavasOwn() throws NoSuchAlgorithmException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int length = 0; length < 400; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            byte[] expected = MessageDigest.getInstance("SHA-1").digest(bytes);
            assertArrayEquals(expected, Sha1.of(bytes), "seed " + seed + ", length " + length);
        }
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(Sha1.of(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
