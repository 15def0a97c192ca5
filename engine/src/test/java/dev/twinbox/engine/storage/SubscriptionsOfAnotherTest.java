package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import org.junit.jupiter.api.Test;

class SubscriptionsOfAnotherTest {
    private final SimClock clock = new SimClock();

    /** A run that cannot know one side's subscriptions still carries the METADATA entries. */
    @Test
    void nothingButTheSubscriptionsIsTheOthers() throws Exception {
        MemoryAccount own = new MemoryAccount("own", clock);
        MemoryAccount another = new MemoryAccount("another", clock);
        own.client().create(MailboxName.INBOX, new MailboxGuid(1, 1), 7);
        another.client().create(MailboxName.INBOX, new MailboxGuid(1, 2), 8);
        another.client().subscribe(MailboxName.INBOX, true);
        try (MailStore store = own.openForReading();
                MailStore other = another.openForReading();
                MailStore wrapped = new SubscriptionsOfAnother(store, other)) {
            assertTrue(store.keepsAttributes());
            assertTrue(wrapped.keepsAttributes());
            assertEquals(store.capabilities(), wrapped.capabilities());
            assertEquals(
                    new MailboxGuid(1, 1),
                    wrapped.tree().find(MailboxName.INBOX).orElseThrow().guid());
            assertTrue(wrapped.tree().find(MailboxName.INBOX).orElseThrow().subscribed());
        }
    }
}
