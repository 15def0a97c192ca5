package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.session.DeleteLimit;
import dev.twinbox.engine.session.LocalRun;
import dev.twinbox.engine.session.MailFilter;
import dev.twinbox.engine.session.MailboxFilter;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.session.SilentObserver;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A mail that one side could not take in is not taken for one that it expunged, whatever its log knows. */
class FailedSaveTest {
    private static final MailGuid UNREADABLE = new MailGuid("m3");

    private final SimClock clock = new SimClock();
    private final MemoryAccount left = account("left", 1);
    private final MemoryAccount right = account("right", 2);

    private MemoryAccount account(String name, long number) {
        MemoryAccount account = new MemoryAccount(name, clock);
        try (MailStore store = account.openForWriting()) {
            store.apply(new TreeChange.Create(MailboxName.INBOX, new MailboxGuid(number, 0), 1_795_303_655L));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return account;
    }

    @Test
    void comesWithTheNextRunThoughNoLogReachesBack() throws Exception {
        deliver(left, "m1", "m2");
        assertEquals(Status.DONE, sync(false).status());
        left.client().forgetHistory(MailboxName.INBOX);
        right.client().forgetHistory(MailboxName.INBOX);
        deliver(right, "m3", "m4");
        assertNotEquals(Status.DONE, sync(true).status());
        left.client().forgetHistory(MailboxName.INBOX);
        assertEquals(Status.DONE, sync(false).status());
        assertEquals("{1=m1, 2=m2, 3=m3, 4=m4}", mails(right));
        assertEquals("{1=m1, 2=m2, 3=m3, 4=m4}", mails(left));
    }

    /** The side that fails has new mail of its own, which got a higher UID than the mail it has not got. */
    @Test
    void comesWithTheNextRunThoughOtherMailIsAboveIt() throws Exception {
        deliver(left, "m1", "m2");
        assertEquals(Status.DONE, sync(false).status());
        deliver(right, "m3");
        deliver(left, "m9");
        assertNotEquals(Status.DONE, sync(true).status());
        left.client().forgetHistory(MailboxName.INBOX);
        right.client().forgetHistory(MailboxName.INBOX);
        assertEquals(Status.DONE, sync(false).status());
        assertEquals(mails(left), mails(right));
        assertEquals("[m1, m2, m3, m9]", guids(left));
    }

    private void deliver(MemoryAccount account, String... guids) throws IOException {
        for (String guid : guids) {
            account.client().deliver(MailboxName.INBOX, new MailGuid(guid), new byte[] {'x', '\n'}, 1_700_000_000);
        }
    }

    /** The responder's bodies of one mail cannot be read if {@code unreadable}. */
    private Outcome sync(boolean unreadable) throws InterruptedException {
        LocalPeer.Pair pair = LocalPeer.pair(LocalPeer.CAPACITY_DEFAULT);
        SyncOptions options = new SyncOptions(
                SyncType.CHANGED, MailboxFilter.ALL, MailFilter.ALL, false, false, DeleteLimit.OFF, "test.example.org");
        Peer responder = unreadable ? new Unreadable(pair.responder()) : pair.responder();
        try (MailStore a = left.openForWriting();
                MailStore b = right.openForWriting()) {
            return LocalRun.sync(
                    a, b, false, pair.initiator(), responder, options, new SilentObserver(), new SilentObserver());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SortedMap<Long, String> table(MemoryAccount account) throws IOException {
        SortedMap<Long, String> mails = new TreeMap<>();
        try (MailStore store = account.openForReading();
                Mailbox box = store.open(MailboxName.INBOX)) {
            MailboxSnapshot table = box.snapshot();
            for (int row = 0; row < table.size(); row++) {
                mails.put(table.uid(row), table.guid(row).value());
            }
        }
        return mails;
    }

    private static String mails(MemoryAccount account) throws IOException {
        return table(account).toString();
    }

    private static String guids(MemoryAccount account) throws IOException {
        return table(account).values().stream().sorted().toList().toString();
    }

    /** A disk error in the middle of a mail. */
    private record Unreadable(Peer peer) implements Peer {
        @Override
        public void send(SyncItem item) throws IOException {
            peer.send(item);
        }

        @Override
        public void send(SyncItem item, MailBody body) throws IOException {
            boolean bad = item instanceof Mail mail && UNREADABLE.equals(mail.guid());
            peer.send(
                    item,
                    bad
                            ? () -> {
                                throw new IOException("Input/output error");
                            }
                            : body);
        }

        @Override
        public Incoming receive() throws IOException {
            return peer.receive();
        }

        @Override
        public boolean sendsAtOnce() {
            return peer.sendsAtOnce();
        }

        @Override
        public void abort(String reason) {
            peer.abort(reason);
        }

        @Override
        public void close() {
            peer.close();
        }
    }
}
