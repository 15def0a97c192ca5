package dev.twinbox.engine.storage.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.MailStoreContract;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.PlanBuilder;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.StoreFixture;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The reference keeps the contract, and behaves like a mail server for the other clients. */
class MemoryStoreTest extends MailStoreContract {
    private static final MailboxName BOX = MailboxName.parse("Box", '/');
    private static final MailboxName OTHER = MailboxName.parse("Other", '/');
    private static final MailboxGuid BOX_GUID = new MailboxGuid(5, 5);
    private static final MailGuid MAIL = new MailGuid("mail");

    private final MemoryAccount account = new MemoryAccount("test", new StillClock());

    /** Time does not pass. */
    private static final class StillClock implements Clock {
        @Override
        public long epochMillis() {
            return 1_795_300_000_000L;
        }

        @Override
        public long monotonicNanos() {
            return 0;
        }

        @Override
        public void sleepMillis(long millis) {
            throw new IllegalStateException("nobody sleeps here");
        }
    }

    @Override
    protected StoreFixture newFixture() {
        return new MemoryFixture(account);
    }

    private MemoryClient clientWithMail() throws IOException {
        MemoryClient client = account.client();
        client.create(BOX, BOX_GUID, 77);
        client.create(OTHER, new MailboxGuid(6, 6), 78);
        assertEquals(1, client.deliver(BOX, MAIL, new byte[] {'x'}, 5));
        return client;
    }

    private Mailbox open(MailboxName name) throws IOException {
        return account.openForWriting().open(name);
    }

    @Test
    void everyActionOfAClientHasTheNextModSeq() throws IOException {
        MemoryClient client = clientWithMail();
        Mailbox box = open(BOX);
        assertEquals(2, box.snapshot().modSeq(0));
        client.flag(BOX, 1, new Flags(Flags.SEEN));
        assertEquals(3, box.snapshot().modSeq(0));
        client.keyword(BOX, 1, Keywords.of(List.of("work")));
        MailboxSnapshot table = box.snapshot();
        assertEquals(4, table.modSeq(0));
        assertEquals(4, table.status().highestModSeq());
        assertTrue(table.flags(0).has(Flags.SEEN));
        assertEquals("work", table.keywords(0).toString());
        assertEquals(2, client.copy(BOX, 1, BOX));
        assertEquals(1, client.move(BOX, 1, OTHER));
        assertEquals(6, box.status().highestModSeq());
        client.expunge(BOX, 2);
        assertEquals(7, box.status().highestModSeq());
        assertEquals(3, box.status().uidNext());
        assertEquals(0, box.status().messages());
        assertEquals(2, open(OTHER).snapshot().modSeq(0));
    }

    @Test
    void mailIsRecentUntilSomebodySelectsTheMailbox() throws IOException {
        MemoryClient client = clientWithMail();
        Mailbox box = open(BOX);
        assertTrue(box.snapshot().flags(0).has(Flags.RECENT));
        client.select(BOX);
        assertFalse(box.snapshot().flags(0).has(Flags.RECENT));
        assertEquals(2, box.status().firstRecentUid());
    }

    @Test
    void ownCommitIsNoChangeButAnythingElseIs() throws IOException {
        MemoryClient client = clientWithMail();
        Mailbox box = open(BOX);
        MailboxSnapshot before = box.snapshot();
        assertFalse(box.changedSince(before));
        try (Staging staging = box.stage()) {
            MailboxPlan plan = new PlanBuilder(before.status())
                    .update(1, Values.of(9, 5).with(Flags.SEEN))
                    .build();
            assertEquals(Staging.Result.DONE, staging.commit(before, plan));
            assertFalse(box.changedSince(before));
            assertEquals(Staging.Result.CHANGED, staging.commit(before, plan));
        }
        client.select(BOX);
        assertTrue(box.changedSince(before));
    }

    @Test
    void planThatDoesNotFitIsRefusedAsAWhole() throws IOException {
        clientWithMail();
        Mailbox box = open(BOX);
        MailboxSnapshot basis = box.snapshot();
        Values values = Values.of(9, 5);
        List<MailboxPlan> bad = List.of(
                new PlanBuilder(basis.status())
                        .update(1, values)
                        .update(7, values)
                        .build(),
                new PlanBuilder(basis.status())
                        .update(1, values)
                        .expunge(1, MAIL)
                        .build(),
                new PlanBuilder(basis.status())
                        .expunge(1, new MailGuid("another"))
                        .build(),
                new PlanBuilder(basis.status()).copy(1, 1, values).build(),
                new PlanBuilder(basis.status())
                        .copy(1, 2, values)
                        .copy(1, 2, values)
                        .build(),
                new PlanBuilder(basis.status())
                        .save(2, new MailGuid("unstaged"), values)
                        .build(),
                new PlanBuilder(basis.status())
                        .update(1, values)
                        .numbers(1, 1, 9)
                        .build(),
                new PlanBuilder(basis.status())
                        .update(1, values)
                        .numbers(2, 1, 8)
                        .build());
        try (Staging staging = box.stage()) {
            for (MailboxPlan plan : bad) {
                assertThrows(IllegalArgumentException.class, () -> staging.commit(basis, plan), plan.toString());
            }
        }
        assertFalse(box.changedSince(basis));
        assertEquals(2, box.snapshot().modSeq(0));
    }

    @Test
    void logTellsWhatUsersDidAndTheLastCounts() throws IOException {
        MemoryClient client = clientWithMail();
        Mailbox box = open(BOX);
        long before = box.snapshot().status().highestModSeq();
        assertEquals(new ChangeLog(true, List.of(), Map.of(), 1), box.changes(before));
        client.flag(BOX, 1, new Flags(Flags.SEEN | Flags.FLAGGED));
        client.flag(BOX, 1, new Flags(Flags.FLAGGED));
        client.keyword(BOX, 1, Keywords.of(List.of("a", "b")));
        client.keyword(BOX, 1, Keywords.of(List.of("B")));
        Change expected = new Change(
                new Flags(Flags.FLAGGED),
                new Flags(Flags.SEEN),
                List.of("b"),
                List.of("a"),
                Map.of("\\Flagged", before + 1, "\\Seen", before + 2, "b", before + 3, "a", before + 4));
        assertEquals(new ChangeLog(true, List.of(), Map.of(1L, expected), 1), box.changes(before));
        assertEquals(expected, box.changes(0).of(1));
        assertEquals(Change.NONE, box.changes(box.status().highestModSeq()).of(1));
        client.copy(BOX, 1, BOX);
        client.expunge(BOX, 1);
        long gone = box.status().highestModSeq();
        assertEquals(
                new ChangeLog(true, List.of(new Expunge(1, MAIL.guid128(), gone, false)), Map.of(2L, expected), 2),
                box.changes(before));
        client.forgetHistory(BOX);
        assertEquals(ChangeLog.UNKNOWN, box.changes(before));
        assertTrue(box.changes(gone).reachesBack());
    }

    @Test
    void storeForReadingRefusesToWrite() throws IOException {
        clientWithMail();
        MemoryStore reading = account.openForReading();
        assertThrows(IllegalStateException.class, () -> reading.apply(new TreeChange.CreateFolder(OTHER)));
        Mailbox box = reading.open(BOX);
        assertThrows(IllegalStateException.class, box::stage);
    }

    @Test
    void inboxIsNotRenamed() throws IOException {
        MemoryClient client = clientWithMail();
        client.create(MailboxName.INBOX, new MailboxGuid(9, 9), 5);
        assertThrows(IOException.class, () -> client.rename(MailboxName.INBOX, MailboxName.parse("Old", '/')));
        assertThrows(IOException.class, () -> client.rename(BOX, MailboxName.parse("Box/Below", '/')));
    }

    @Test
    void clientsSubscribeAndDeleteWithATime() throws IOException {
        MemoryClient client = clientWithMail();
        client.subscribe(BOX, true);
        client.delete(OTHER);
        MailStore store = account.openForReading();
        assertEquals(1_795_300_000L, store.tree().find(BOX).orElseThrow().lastSubscriptionChange());
        assertEquals(1, store.tree().deletes().mailboxes().size());
        assertEquals(1, store.tree().deletes().folders().size());
        client.create(OTHER, new MailboxGuid(6, 6), 78);
        assertTrue(store.tree().deletes().mailboxes().isEmpty());
        client.rename(BOX, MailboxName.parse("New", '/'));
        client.subscribe(BOX, false);
        assertEquals(1, store.tree().deletes().unsubscribed().size());
    }

    @Test
    void datesBefore1970AreKept() throws IOException {
        MemoryClient client = clientWithMail();
        client.deliver(BOX, new MailGuid("old"), new byte[0], -86_400);
        assertEquals(-86_400, open(BOX).snapshot().received(1));
    }
}
