package dev.twinbox.engine.storage;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TreeAheadTest {
    private final SimClock clock = new SimClock();
    private final MemoryAccount account = new MemoryAccount("own", clock);
    private final TreeAhead store = new TreeAhead(account.openForReading(), clock);

    private int delivered;

    private void create(int number) throws Exception {
        account.client().create(MailboxName.parse("Box " + number, '/'), new MailboxGuid(1, number), number);
    }

    private void lookAtAll() {
        store.look();
        store.awaitAll();
    }

    private int mailboxes() throws Exception {
        return store.tree().mailboxes().size();
    }

    @Test
    void whatWasReadAheadServesOnce() throws Exception {
        create(1);
        lookAtAll();
        create(2);
        assertFalse(store.holdsMail());
        assertEquals(1, mailboxes());
        assertEquals(2, mailboxes());
    }

    @Test
    void anOldTreeIsReadAgain() throws Exception {
        create(1);
        lookAtAll();
        create(2);
        clock.advanceMillis(TreeAhead.AGE_MAX / 1_000_000 + 1);
        assertEquals(2, mailboxes());
    }

    @Test
    void aTreeThatWasForgottenIsReadAgain() throws Exception {
        create(1);
        lookAtAll();
        create(2);
        store.forget();
        assertEquals(2, mailboxes());
    }

    @Test
    void anAccountThatIsNotThereYetIsLookedAtLater() throws Exception {
        lookAtAll();
        create(1);
        assertTrue(store.exists());
        assertEquals(1, mailboxes());
    }

    private long messages(int number) throws Exception {
        try (Mailbox box = store.open(MailboxName.parse("Box " + number, '/'))) {
            return box.status().messages();
        }
    }

    private void deliver(int number) throws Exception {
        delivered++;
        account.client()
                .deliver(
                        MailboxName.parse("Box " + number, '/'),
                        new MailGuid("m" + delivered),
                        new byte[10],
                        1_000_000);
    }

    @Test
    void numbersThatWereReadAheadServeOnce() throws Exception {
        create(1);
        lookAtAll();
        deliver(1);
        assertEquals(0, messages(1));
        assertEquals(1, messages(1));
    }

    @Test
    void numbersAreReadAgainWhenTheyAreOldOrForgotten() throws Exception {
        create(1);
        create(2);
        lookAtAll();
        deliver(1);
        deliver(2);
        store.forgetNumbers();
        assertEquals(1, messages(1));
        lookAtAll();
        deliver(2);
        clock.advanceMillis(TreeAhead.AGE_MAX / 1_000_000 + 1);
        assertEquals(2, messages(2));
    }

    /** Lets the mailbox be read when that thread waits for it. */
    private static void when(Thread asking, Thread.State state, CountDownLatch goOn) {
        new Thread(() -> {
                    await().until(() -> asking.getState() == state);
                    goOn.countDown();
                })
                .start();
    }

    @Test
    void whatChangesAMailboxWaitsUntilNothingIsReadAheadAnyMore() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean slowly = new AtomicBoolean();
        AtomicBoolean reading = new AtomicBoolean();
        create(1);
        create(2);
        TreeAhead slow = new TreeAhead(
                new Slow(account.openForReading(), "Box 2", () -> {
                    if (slowly.get()) {
                        reading.set(true);
                        begun.countDown();
                        goOn.await();
                        reading.set(false);
                    }
                }),
                clock);
        slow.look();
        slow.awaitAll();
        try (Mailbox box = slow.open(MailboxName.parse("Box 1", '/'))) {
            slowly.set(true);
            slow.look();
            begun.await();
            when(Thread.currentThread(), Thread.State.WAITING, goOn);
            box.snapshot();
            assertFalse(reading.get());
        }
    }

    @Test
    void whoAsksWaitsForTheMailboxThatIsBeingReadAndForNoMore() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        create(1);
        create(2);
        TreeAhead slow = new TreeAhead(
                new Slow(account.openForReading(), "Box 1", () -> {
                    begun.countDown();
                    goOn.await();
                }),
                clock);
        slow.look();
        begun.await();
        when(Thread.currentThread(), Thread.State.BLOCKED, goOn);
        try (Mailbox box = slow.open(MailboxName.parse("Box 2", '/'))) {
            assertEquals(0, box.status().messages());
        }
        slow.awaitAll();
        deliver(2);
        try (Mailbox box = slow.open(MailboxName.parse("Box 2", '/'))) {
            assertEquals(1, box.status().messages());
        }
    }

    @Test
    void whatCannotBeReadAheadIsToldToWhoeverAsks() throws Exception {
        create(1);
        TreeAhead broken = new TreeAhead(
                new Slow(account.openForReading(), "Box 1", () -> {
                    throw new IOException("broken");
                }),
                clock);
        broken.look();
        broken.awaitAll();
        try (Mailbox box = broken.open(MailboxName.parse("Box 1", '/'))) {
            assertThrows(IOException.class, box::status);
        }
        broken.close();
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    /** A store where something happens before the numbers of one mailbox are read. */
    private static final class Slow extends ForwardingStore {
        private final String slow;
        private final Step before;

        Slow(MailStore store, String slow, Step before) {
            super(store);
            this.slow = slow;
            this.before = before;
        }

        @Override
        public Mailbox open(MailboxName name) throws IOException {
            Mailbox box = super.open(name);
            if (!name.toString().equals(slow)) {
                return box;
            }
            return new ForwardingMailbox(box) {
                @Override
                public MailboxStatus status() throws IOException {
                    try {
                        before.run();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    return super.status();
                }
            };
        }
    }
}
