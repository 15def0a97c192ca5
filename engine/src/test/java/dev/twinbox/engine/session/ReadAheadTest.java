package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.DirectBody;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final int LONGEST = 64 << 10;

    private final ReadAhead readAhead = new ReadAhead();

    /** A mail that counts how often it was read from where it lies. */
    private static class Counted implements MailBody {
        final byte[] bytes;
        int reads;

        Counted(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public InputStream open() throws IOException {
            reads++;
            return new ByteArrayInputStream(bytes);
        }
    }

    /** The same, which can be read without a stream. */
    private static final class Direct extends Counted implements DirectBody {
        Direct(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int read(byte[] into, int at, int most) {
            assertTrue(into.length - at > most, "no room for what was asked for");
            if (bytes.length > most) {
                return TOO_LONG;
            }
            reads++;
            System.arraycopy(bytes, 0, into, at, bytes.length);
            return bytes.length;
        }
    }

    private static byte[] random(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] content(MailBody body) throws IOException {
        try (InputStream in = body.open()) {
            return in.readAllBytes();
        }
    }

    @Test
    void everyMailIsItselfHoweverManyWaitAndMemoryIsUsedAgain() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        ArrayDeque<Counted> mails = new ArrayDeque<>();
        ArrayDeque<MailBody> ahead = new ArrayDeque<>();
        int readOnce = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = random(random, random.nextInt(round % 20 == 0 ? 2 * LONGEST : 9000));
            Counted mail = random.nextBoolean() ? new Direct(bytes) : new Counted(bytes);
            mails.add(mail);
            ahead.add(readAhead.of(mail));
            // Now more are wanted, now fewer: a thousand wait at most.
            int wanted = ahead.size() > 1000 || round == 2999 ? ahead.size() : random.nextInt(3);
            for (int i = 0; i < wanted && !ahead.isEmpty(); i++) {
                Counted expected = mails.remove();
                assertArrayEquals(expected.bytes, content(ahead.remove()));
                readOnce += expected.reads == 1 ? 1 : 0;
            }
        }

        assertEquals(0, ahead.size());
        assertTrue(readOnce > 2000, "memory is not used again: " + readOnce);
    }

    @Test
    void aLongMailIsReadWhenItIsWanted() throws Exception {
        Direct mail = new Direct(new byte[LONGEST + 1]);

        assertSame(mail, readAhead.of(mail));
        assertEquals(0, mail.reads);
    }

    @Test
    void whereAllMemoryIsInUseTheNextMailIsReadWhenItIsWanted() throws Exception {
        List<MailBody> waiting = new ArrayList<>();
        Direct mail = new Direct(new byte[LONGEST]);
        MailBody next = readAhead.of(mail);
        while (next != mail) {
            waiting.add(next);
            next = readAhead.of(mail);
        }
        for (MailBody each : waiting) {
            content(each);
        }

        assertNotSame(mail, readAhead.of(mail));
    }

    @Test
    void aMailThatIsOpenedAgainIsReadAgain() throws Exception {
        Direct mail = new Direct(new byte[] {1, 2, 3});
        MailBody ahead = readAhead.of(mail);

        assertArrayEquals(mail.bytes, content(ahead));
        assertArrayEquals(mail.bytes, content(ahead));
        assertEquals(2, mail.reads);
    }

    @Test
    void whatIsClosedEndsBecauseItsMemoryBelongsToAnother() throws Exception {
        InputStream closed = readAhead.of(new Direct(new byte[] {1, 2, 3})).open();
        closed.mark(10);
        assertEquals(1, closed.read());
        closed.close();
        closed.close();

        assertEquals(-1, closed.read());
        closed.reset();
        assertEquals(-1, closed.read());
        assertEquals(0, closed.readAllBytes().length);
    }

    @Test
    void aMailThatIsGoneIsGoneAtOnceAndAllOtherTroubleIsLeftToWhoeverWantsIt() throws Exception {
        MailBody gone = () -> {
            throw new BodyGoneException("gone");
        };
        MailBody broken = () -> {
            throw new IOException("broken");
        };

        assertThrows(BodyGoneException.class, () -> readAhead.of(gone));
        assertSame(broken, readAhead.of(broken));
        assertThrows(IOException.class, () -> readAhead.of(broken).open());
    }
}
