package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.twinbox.protocol.item.Keywords;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Eight bytes at a time, or one: both ends of a run must come to the same digest. */
class MailboxDigestTest {
    private static final int LONGEST = 60;

    private static byte[] ascii(SplittableRandom random) {
        byte[] guid = new byte[random.nextInt(1, LONGEST)];
        for (int i = 0; i < guid.length; i++) {
            guid[i] = (byte) random.nextInt(' ', 0x7F);
        }
        return guid;
    }

    private static long digest(int mails, byte[] guid, boolean whole) {
        MailboxDigest digest = new MailboxDigest(mails, 7);
        if (whole) {
            digest.asciiGuid(guid, 0, guid.length);
        } else {
            for (byte each : guid) {
                digest.guid(each);
            }
        }
        digest.mail(7, 1, Keywords.NONE, 3);
        return digest.value();
    }

    @Test
    void aGuidCountsTheSameHoweverItIsSaid() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 2_000; i++) {
            byte[] guid = ascii(random);
            for (int mails : new int[] {Words.WORTH_MAILS - 1, Words.WORTH_MAILS}) {
                assertEquals(digest(mails, guid, false), digest(mails, guid, true), "GUID " + i);
            }
        }
    }

    @Test
    void oneThatIsNotPrintableSaysNothing() {
        SplittableRandom random = new SplittableRandom(5);
        byte[] odd = {0, 9, 31, 127, -128, -1};
        for (int i = 0; i < 2_000; i++) {
            byte[] guid = ascii(random);
            byte[] broken = guid.clone();
            broken[random.nextInt(broken.length)] = odd[random.nextInt(odd.length)];
            MailboxDigest digest = new MailboxDigest(Words.WORTH_MAILS, 7);
            assertFalse(digest.asciiGuid(broken, 0, broken.length), "GUID " + i);
            digest.asciiGuid(guid, 0, guid.length);
            digest.mail(7, 1, Keywords.NONE, 3);
            assertEquals(digest(Words.WORTH_MAILS, guid, true), digest.value(), "GUID " + i);
        }
    }

    @Test
    void eachByteOfAWordIsLookedAt() {
        for (int place = 0; place < Long.BYTES; place++) {
            for (int value = 0; value < 256; value++) {
                byte[] bytes = {'a', ' ', '~', 'a', ' ', '~', '~', ' '};
                bytes[place] = (byte) value;
                long word =
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
                assertEquals(value >= ' ' && value < 0x7F, Words.isPrintable(word), value + " at " + place);
            }
        }
    }
}
