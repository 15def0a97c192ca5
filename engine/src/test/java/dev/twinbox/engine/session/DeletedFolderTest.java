package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One side deletes a folder whose mails came from the other by a run that only read there, so that no log there tells that a
 * sync has seen them. The folder goes if a saved state tells; otherwise these mails might be new, and it stays.
 */
class DeletedFolderTest {
    private static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final long OLD = 1_700_000_000;

    private final SimClock clock = new SimClock();
    private final MemoryAccount left = new MemoryAccount("left", clock);
    private final MemoryAccount right = new MemoryAccount("right", clock);

    @BeforeEach
    void folder() throws IOException {
        left.client().create(MailboxName.INBOX, new MailboxGuid(1, 0), 1_795_303_655L);
        right.client().create(MailboxName.INBOX, new MailboxGuid(1, 0), 1_795_303_655L);
        left.client().create(WORK, new MailboxGuid(1, 9), 99);
        deliver("m1", OLD);
        deliver("m2", OLD + 10);
    }

    @Test
    void goesIfAStateTellsThatTheOtherSideHadItsMails() throws Exception {
        SyncState state = run(true, MailFilter.ALL, SyncState.EMPTY);
        right.client().delete(WORK);
        run(false, MailFilter.ALL, state);
        assertFalse(exists(left));
        assertFalse(exists(right));
    }

    @Test
    void goesIfOneOfItsMailsWasExpungedMeanwhile() throws Exception {
        SyncState state = run(true, MailFilter.ALL, SyncState.EMPTY);
        left.client().expunge(WORK, 1);
        right.client().delete(WORK);
        run(false, MailFilter.ALL, state);
        assertFalse(exists(left));
    }

    @Test
    void staysWithoutAState() throws Exception {
        run(true, MailFilter.ALL, SyncState.EMPTY);
        right.client().delete(WORK);
        run(false, MailFilter.ALL, SyncState.EMPTY);
        assertTrue(exists(left));
        assertTrue(exists(right));
    }

    @Test
    void staysIfItGotMailSince() throws Exception {
        SyncState state = run(true, MailFilter.ALL, SyncState.EMPTY);
        left.client().expunge(WORK, 2);
        deliver("m3", OLD);
        right.client().delete(WORK);
        run(false, MailFilter.ALL, state);
        assertTrue(exists(left));
        assertTrue(exists(right));
    }

    @Test
    void staysIfAFilterKeptSomeOfItsMailsAway() throws Exception {
        SyncState state = run(true, new MailFilter(OLD + 5, 0, 0, null), SyncState.EMPTY);
        right.client().delete(WORK);
        run(false, MailFilter.ALL, state);
        assertTrue(exists(left));
        assertTrue(exists(right));
    }

    private void deliver(String guid, long received) throws IOException {
        left.client().deliver(WORK, new MailGuid(guid), new byte[] {'x', '\n'}, received);
    }

    private static boolean exists(MemoryAccount account) throws IOException {
        try (MailStore store = account.openForReading()) {
            return store.tree().find(WORK).isPresent();
        }
    }

    /** One way, the left account is only read. */
    private SyncState run(boolean oneWay, MailFilter mails, SyncState state) throws InterruptedException {
        LocalPeer.Pair pair = LocalPeer.pair(LocalPeer.CAPACITY_DEFAULT);
        SyncOptions options = new SyncOptions(
                state.boxes().isEmpty() ? SyncType.CHANGED : SyncType.STATE,
                MailboxFilter.ALL,
                mails,
                false,
                false,
                DeleteLimit.OFF,
                "test.example.org",
                state);
        SilentObserver nobody = new SilentObserver();
        Outcome outcome = LocalRun.sync(
                oneWay ? left.openForReading() : left.openForWriting(),
                right.openForWriting(),
                oneWay,
                pair.initiator(),
                pair.responder(),
                options,
                nobody,
                nobody);
        assertEquals(Status.DONE, outcome.status(), outcome.reason());
        return outcome.state();
    }
}
