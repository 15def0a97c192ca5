package dev.twinbox.transport.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InboxTest {
    private boolean open = true;
    private int turns;
    private final Inbox inbox = new Inbox(now -> {
        open = now;
        turns++;
    });

    private void arrives(byte[] bytes) {
        inbox.put(Unpooled.wrappedBuffer(bytes));
    }

    @Test
    void givesWhatArrivedInPiecesOfAnySize() throws IOException {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] all = new byte[random.nextInt(300_000)];
            random.nextBytes(all);
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            for (int at = 0; at < all.length; ) {
                int n = Math.min(all.length - at, 1 + random.nextInt(90_000));
                arrives(Arrays.copyOfRange(all, at, at + n));
                at += n;
                byte[] piece = new byte[random.nextInt(100_000)];
                if (inbox.available() > 0) {
                    read.write(piece, 0, inbox.read(piece));
                }
            }
            read.write(inbox.readNBytes(inbox.available()));
            assertArrayEquals(all, read.toByteArray(), "seed " + seed);
        }
    }

    @Test
    void shutsTheTapWhenFullAndOpensItAgainWhenNearlyEmpty() throws IOException {
        byte[] half = new byte[Inbox.HIGH / 2];
        arrives(half);
        assertTrue(open);
        arrives(half);
        assertFalse(open);
        inbox.readNBytes(Inbox.HIGH - Inbox.LOW);
        assertFalse(open);
        assertTrue(inbox.read() >= 0);
        assertTrue(open);
        assertEquals(2, turns);
    }

    @Test
    void keepsWhatArrivedBeforeTheEnd() throws IOException {
        arrives(new byte[] {1, 2});
        inbox.end(null);
        assertArrayEquals(new byte[] {1, 2}, inbox.readAllBytes());
        assertEquals(-1, inbox.read());
    }

    @Test
    void failsAfterWhatArrivedBeforeTheFailure() throws IOException {
        arrives(new byte[] {1});
        inbox.end(new IOException("cut"));
        inbox.end(null);
        assertEquals(1, inbox.read());
        for (int i = 0; i < 2; i++) {
            assertEquals("cut", assertThrows(IOException.class, inbox::read).getMessage());
        }
    }

    @Test
    void dropsWhatNobodyReads() throws IOException {
        arrives(new byte[Inbox.HIGH]);
        inbox.discard();
        assertTrue(open);
        arrives(new byte[Inbox.HIGH]);
        assertEquals(0, inbox.available());
        assertEquals(-1, inbox.read());
    }
}
