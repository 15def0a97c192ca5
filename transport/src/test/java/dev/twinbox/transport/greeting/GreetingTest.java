package dev.twinbox.transport.greeting;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.twin.TwinSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GreetingTest {
    /** Somebody who never says a word. */
    private static final class Silence implements Link {
        private final CountDownLatch cut = new CountDownLatch(1);

        @Override
        public String name() {
            return "nobody";
        }

        @Override
        public InputStream input() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    return read(new byte[1], 0, 1);
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    try {
                        cut.await();
                    } catch (InterruptedException e) {
                        throw new InterruptedIOException();
                    }
                    throw new IOException("it was cut off here");
                }
            };
        }

        @Override
        public OutputStream output() {
            return new ByteArrayOutputStream();
        }

        @Override
        public void abort() {
            cut.countDown();
        }

        @Override
        public void close() {
            abort();
        }
    }

    private static void assertSaysHowLong(Peer peer) {
        PeerException why = assertThrows(PeerException.class, peer::receive);
        assertTrue(String.valueOf(why.getMessage()).contains("no activity for 1 seconds"), why.getMessage());
    }

    @Test
    @Tag("F156")
    @Timeout(60)
    void whoeverIsNotGreetedHearsForHowLong() throws IOException {
        assertSaysHowLong(Greeting.initiate(new Silence(), 1, TwinSettings.DEFAULT, Greeting.Wanted.EITHER));
        assertSaysHowLong(Greeting.respond(new Silence(), 1, TwinSettings.DEFAULT));
    }
}
