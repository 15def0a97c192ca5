package dev.twinbox.transport.twin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.transport.twin.Talks.Box;
import dev.twinbox.transport.twin.Talks.Ends;
import dev.twinbox.transport.twin.Talks.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How fast an end speaks, by a clock that goes on only when somebody waits. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PaceTest {
    private static final long SECOND = 1_000_000_000;

    /** Whoever waits moves it on. */
    private static final class Clockwork implements Ticker {
        private long now = -5;

        @Override
        public synchronized long nanos() {
            return now;
        }

        @Override
        public synchronized void pause(long nanos) {
            assertTrue(nanos > 0);
            now += nanos;
        }
    }

    @Test
    void aRateIsKeptWhateverTheAmounts() {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long perSecond = random.nextLong(1, 1_000_000);
            RateLimit limit = new RateLimit(perSecond);
            long now = random.nextLong();
            long start = now;
            double done = 0;
            long last = 0;
            for (int i = 0; i < 1000; i++) {
                long amount = random.nextLong(perSecond);
                now += limit.reserve(now, amount);
                // What was done before this one took its time.
                double least = (done * SECOND / perSecond) - RateLimit.BURST_NANOS - 1000;
                assertTrue(now - start >= least, "seed " + seed);
                done += amount;
                last = amount;
            }
            double most = (done - last) * SECOND / perSecond + 1000;
            assertTrue(now - start <= most, "seed " + seed + ": too slow");
        }
    }

    @Test
    void idleTimeIsNotSavedUp() {
        RateLimit limit = new RateLimit(10);
        assertEquals(0, limit.reserve(0, 1));
        assertEquals(0, limit.reserve(1000 * SECOND, 1));
        assertEquals(0, limit.reserve(1000 * SECOND, 1));
        assertEquals(SECOND / 10, limit.reserve(1000 * SECOND, 1));
    }

    @Test
    void branchesShareThePaceOfTheirConnection() throws Exception {
        Clockwork clock = new Clockwork();
        TwinSettings slow = new TwinSettings(0, 10, Pace.of(10_000, 0, clock));
        Pipes pipes = new Pipes(1000, 1);
        Ends ends = new Ends(
                new TwinPeer(Role.INITIATOR, pipes.initiator(), Talks.SECONDS, slow),
                new TwinPeer(Role.RESPONDER, pipes.responder(), Talks.SECONDS, TwinSettings.DEFAULT),
                pipes);
        mailboxes(ends);
        double seconds = (double) clock.nanos() / SECOND;
        double expected = pipes.bytesThere() / 10_000.0;
        // Magic, hello and credits pass the pace by.
        assertTrue(seconds > expected * 0.9 && seconds < expected * 1.1, seconds + " of " + expected);
    }

    @Test
    void mailsAreCounted() throws Exception {
        Clockwork clock = new Clockwork();
        TwinSettings slow = new TwinSettings(0, 10, Pace.of(0, 2, clock));
        Ends ends = Talks.ends(1000, 1, slow);
        mailboxes(ends);
        // Both ends say five times four mails, at the same pace.
        double seconds = (double) clock.nanos() / SECOND;
        assertTrue(seconds > 18 && seconds < 21, "seconds: " + seconds);
    }

    private static void mailboxes(Ends ends) throws Exception {
        Talks.greet(ends);
        List<Task> tasks = new ArrayList<>();
        for (int n = 1; n <= 5; n++) {
            int number = n;
            Box left = new Box(n, Role.INITIATOR, 4, 5000);
            Box right = new Box(n, Role.RESPONDER, 4, 5000);
            tasks.add(() -> Talks.mailbox(ends.initiator().branch(number), Role.INITIATOR, left, right));
            tasks.add(() -> Talks.mailbox(ends.responder().branch(number), Role.RESPONDER, right, left));
        }
        Talks.together(tasks);
        ends.close();
    }

    @Test
    void ratesThatAreNoneAreRefused() {
        Clockwork clock = new Clockwork();
        assertThrows(IllegalArgumentException.class, () -> Pace.of(Pace.BYTES_MIN - 1, 0, clock));
        assertThrows(IllegalArgumentException.class, () -> Pace.of(0, -1, clock));
        assertEquals(Pace.BYTES_MIN, Pace.of(Pace.BYTES_MIN, 0, clock).piece(60_000));
        assertEquals(60_000, Pace.UNLIMITED.piece(60_000));
    }
}
