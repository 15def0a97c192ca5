package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.session.RemoteRun.Mode;
import dev.twinbox.engine.session.RemoteWorld.Ends;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.BodyStarts;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mails that are longer than what a line carries between two cuts. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestOfMailTest {
    private static final MailboxName INBOX = MailboxName.INBOX;
    private static final long T0 = 1_700_000_000;

    /** Of the bytes of such a mail all but those of the last frame, which is torn, get further with each connection. */
    private static final int LONG = 2_000_000;

    private static final int BETWEEN_CUTS = 300_000;
    private static final int CONNECTIONS_MAX = 12;
    private static final MailGuid LONG_ONE = new MailGuid("long");

    private final SimClock clock = new SimClock();
    private final RemoteWorld world = new RemoteWorld(account("alpha", 1), account("beta", 2));

    private MemoryAccount account(String name, long number) {
        MemoryAccount account = new MemoryAccount(name, clock);
        try {
            account.client().create(INBOX, new MailboxGuid(number, 7), 1_795_303_655L);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return account;
    }

    private static void deliver(MemoryAccount account, MailGuid guid, int size) throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        account.client().deliver(INBOX, guid, content, T0);
    }

    private static boolean holdsStart(MemoryAccount account) throws IOException {
        try (MailStore store = account.openForReading()) {
            return store.bodyStarts().has(LONG_ONE);
        }
    }

    private Ends cutUntilDone(Mode mode, boolean there) throws Exception {
        Ends ends;
        int connections = 0;
        boolean kept = false;
        do {
            connections++;
            assertTrue(connections <= CONNECTIONS_MAX, "it never ends");
            ends = world.run(
                    mode,
                    SyncType.CHANGED,
                    SyncState.EMPTY,
                    () -> RemoteWorld.twin(
                            there ? BETWEEN_CUTS : Long.MAX_VALUE, there ? Long.MAX_VALUE : BETWEEN_CUTS));
            kept |= holdsStart(there ? world.beta : world.alpha);
        } while (ends.initiator().status() != Status.DONE || ends.responder().status() != Status.DONE);
        assertTrue(kept, "no start was ever kept");
        return ends;
    }

    private void arrivesPieceByPiece(Mode mode, boolean there) throws Exception {
        MemoryAccount from = there ? world.alpha : world.beta;
        deliver(from, new MailGuid("before"), 1000);
        deliver(from, LONG_ONE, LONG);
        deliver(from, new MailGuid("behind"), 1000);
        cutUntilDone(mode, there);
        assertEquals(List.of(), world.differences());
        assertFalse(holdsStart(there ? world.beta : world.alpha), "what was kept is needed no more");
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"BACKUP", "SYNC", "ONE_WAY"})
    void oneThatIsPushedArrivesPieceByPiece(Mode mode) throws Exception {
        arrivesPieceByPiece(mode, true);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"BACKUP_REVERSE", "SYNC", "ONE_WAY_REVERSE"})
    void oneThatIsPulledArrivesPieceByPiece(Mode mode) throws Exception {
        arrivesPieceByPiece(mode, false);
    }

    /** What was kept may be of another mail, or damaged, or longer than the mail is. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"BACKUP", "SYNC"})
    void aStartThatDoesNotFitIsNotUsed(Mode mode) throws Exception {
        for (int length : new int[] {1, 10_000, 60_000}) {
            MailGuid guid = new MailGuid("mail" + length);
            deliver(world.alpha, guid, 50_000);
            try (MailStore store = world.beta.openForWriting()) {
                store.bodyStarts().keep(guid, 0, new byte[length], length);
            }
        }
        Ends ends = world.run(
                mode, SyncType.CHANGED, SyncState.EMPTY, () -> RemoteWorld.twin(Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(Status.DONE, ends.initiator().status());
        assertEquals(List.of(), world.differences());
    }

    /** All of it may be there but its end. */
    @Test
    void aStartThatIsAllOfItIsTakenForIt() throws Exception {
        byte[] content = "Subject: x\n\nx\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        world.alpha.client().deliver(INBOX, LONG_ONE, content, T0);
        try (MailStore store = world.beta.openForWriting()) {
            BodyStarts starts = store.bodyStarts();
            starts.keep(LONG_ONE, 0, content, content.length);
        }
        Ends ends = world.run(
                Mode.BACKUP, SyncType.CHANGED, SyncState.EMPTY, () -> RemoteWorld.twin(Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(Status.DONE, ends.initiator().status());
        assertEquals(0, ends.initiator().mailboxes().get(0).bytes(), "bytes that were sent");
        assertEquals(List.of(), world.differences());
    }
}
