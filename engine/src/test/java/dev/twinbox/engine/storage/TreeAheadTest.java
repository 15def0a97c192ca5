package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import org.junit.jupiter.api.Test;

class TreeAheadTest {
    private final SimClock clock = new SimClock();
    private final MemoryAccount account = new MemoryAccount("own", clock);
    private final TreeAhead store = new TreeAhead(account.openForReading(), clock);

    private int delivered;

    private void create(int number) throws Exception {
        account.client().create(MailboxName.parse("Box " + number, '/'), new MailboxGuid(1, number), number);
    }

    private int mailboxes() throws Exception {
        return store.tree().mailboxes().size();
    }

    @Test
    void whatWasReadAheadServesOnce() throws Exception {
        create(1);
        store.look();
        create(2);
        assertFalse(store.holdsMail());
        assertEquals(1, mailboxes());
        assertEquals(2, mailboxes());
    }

    @Test
    void anOldTreeIsReadAgain() throws Exception {
        create(1);
        store.look();
        create(2);
        clock.advanceMillis(TreeAhead.AGE_MAX / 1_000_000 + 1);
        assertEquals(2, mailboxes());
    }

    @Test
    void aTreeThatWasForgottenIsReadAgain() throws Exception {
        create(1);
        store.look();
        create(2);
        store.forget();
        assertEquals(2, mailboxes());
    }

    @Test
    void anAccountThatIsNotThereYetIsLookedAtLater() throws Exception {
        store.look();
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
        store.look();
        store.lookInside();
        deliver(1);
        assertEquals(0, messages(1));
        assertEquals(1, messages(1));
    }

    @Test
    void numbersAreReadAgainWhenTheyAreOldOrForgotten() throws Exception {
        create(1);
        create(2);
        store.look();
        store.lookInside();
        deliver(1);
        deliver(2);
        store.forgetNumbers();
        assertEquals(1, messages(1));
        store.look();
        store.lookInside();
        deliver(2);
        clock.advanceMillis(TreeAhead.AGE_MAX / 1_000_000 + 1);
        assertEquals(2, messages(2));
    }

    @Test
    void nobodyWaitsLongForNumbers() throws Exception {
        create(1);
        store.look();
        clock.advanceMillis(TreeAhead.LOOK_MAX / 1_000_000 + 1);
        store.lookInside();
        deliver(1);
        assertEquals(1, messages(1));
    }
}
