package dev.twinbox.cli.pair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.tls.Fingerprint;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Codes as they are carried. */
class PairCodeTest {
    private static final Fingerprint SERVER = Fingerprint.parse("0123456789abcdef".repeat(4));

    @Test
    void aCodeIsReadAsItWasWritten() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1000; i++) {
            PairCode code = PairCode.make(SERVER, random);
            PairCode read = PairCode.parse(" " + code.text() + "\n");
            assertEquals(SERVER, read.server());
            assertArrayEquals(code.key(), read.key(), "number " + i);
            assertTrue(code.text().matches("twb1_[A-Za-z0-9_-]{72}"), code.text());
        }
    }

    /** So that it means the same next year. */
    @Test
    void theFormStaysWhatItIs() {
        String text = "twb1_ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze_XDTJZ5OHLYxxmPPTXPEwEAiqxuhJq";
        assertEquals(text, PairCode.make(SERVER, new SplittableRandom(7)).text());
    }

    @Test
    void twoCodesAreNeverTheSame() {
        SplittableRandom random = new SplittableRandom(2);
        assertNotEquals(
                PairCode.make(SERVER, random).text(),
                PairCode.make(SERVER, random).text());
    }

    @Test
    void aSlipInCopyingIsFound() {
        String text = PairCode.make(SERVER, new SplittableRandom(3)).text();
        for (int i = 0; i < text.length(); i++) {
            String wrong = text.substring(0, i) + (text.charAt(i) == 'A' ? 'B' : 'A') + text.substring(i + 1);
            refused(wrong);
            refused(text.substring(0, i));
            refused(text.substring(0, i) + "\n" + text.substring(i + 1));
        }
        for (String other : List.of("", "A", "-", text + text, "x".repeat(1_000_000), text.replace('_', '+'))) {
            refused(other);
        }
    }

    /** The message is shown, and perhaps logged. */
    private static void refused(String text) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> PairCode.parse(text), text);
        String message = String.valueOf(refusal.getMessage());
        assertTrue(text.length() < 20 || !message.contains(text.substring(10)), message);
    }

    @Test
    void itsSecretIsNotInItsName() {
        PairCode code = PairCode.make(SERVER, new SplittableRandom(4));
        assertEquals("PairCode[" + SERVER + "]", code.toString());
        Invitation invitation = Invitation.of(code, 1, UserPatterns.ALL);
        assertFalse(invitation.toString().contains(code.text().substring(60)));
    }
}
