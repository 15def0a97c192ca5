package dev.twinbox.transport.twin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.Peer.Incoming;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Both ends of conversations whose mailboxes follow from their numbers, so that each end knows what it must hear. */
final class Talks {
    static final int SECONDS = 60;
    private static final SyncItem END = new EndOfList();

    private Talks() {}

    /** Two ends of a connection. */
    record Ends(TwinPeer initiator, TwinPeer responder, Pipes pipes) {
        TwinPeer of(Role role) {
            return role == Role.INITIATOR ? initiator : responder;
        }

        void close() {
            initiator.close();
            responder.close();
        }
    }

    static Ends ends(int capacity, long seed, TwinSettings settings) {
        return ends(capacity, seed, settings, SECONDS);
    }

    static Ends ends(int capacity, long seed, TwinSettings settings, int seconds) {
        Pipes pipes = new Pipes(capacity, seed);
        return new Ends(
                new TwinPeer(Role.INITIATOR, pipes.initiator(), seconds, settings),
                new TwinPeer(Role.RESPONDER, pipes.responder(), seconds, settings),
                pipes);
    }

    /** Something that may fail in a thread of its own. */
    interface Task {
        void run() throws Exception;
    }

    /** All at once; fails with the first failure, and waits no longer than a minute for the others. */
    static void together(List<Task> tasks) throws Exception {
        List<FutureTask<Boolean>> running = new ArrayList<>();
        for (Task task : tasks) {
            FutureTask<Boolean> work = new FutureTask<>(() -> {
                task.run();
                return true;
            });
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            thread.start();
            running.add(work);
        }
        for (FutureTask<Boolean> work : running) {
            work.get(2 * SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Handshakes of a two-way run, after which there may be branches. */
    static void greet(Ends ends) throws Exception {
        together(List.of(() -> greet(Role.INITIATOR, ends.initiator()), () -> greet(Role.RESPONDER, ends.responder())));
    }

    private static void greet(Role role, Peer peer) throws IOException {
        peer.send(role == Role.INITIATOR ? Handshake.twoWay("a", SyncType.FULL) : Handshake.responder("b"));
        peer.receive();
    }

    /** The trees, without a name in them. */
    static void trees(Peer peer) throws IOException {
        peer.send(END);
        peer.send(MailboxDeletes.NONE);
        peer.receive();
        peer.receive();
    }

    /** The end of a conversation without mailboxes. */
    static void finish(Role role, Peer peer) throws IOException {
        if (role == Role.INITIATOR) {
            peer.send(END);
            assertEquals(Finish.OK, peer.receive().item());
        } else {
            assertEquals(END, peer.receive().item());
            peer.send(Finish.OK);
        }
    }

    static MailboxGuid guid(int mailbox) {
        return new MailboxGuid(7, mailbox);
    }

    static MailboxInfo info(int mailbox) {
        return new MailboxInfo(
                guid(mailbox),
                false,
                false,
                1,
                1,
                0,
                1,
                ModSeq.NONE,
                ModSeq.NONE,
                true,
                true,
                false,
                false,
                0,
                false,
                BlockDigests.NONE,
                List.of());
    }

    /** What a mailbox of an end is like. */
    record Box(int number, Role owner, int mails, int bodyMax) {
        private String guid(int mail) {
            return owner + "-" + number + "-" + mail;
        }

        private byte[] body(int mail) {
            SplittableRandom random = new SplittableRandom(guid(mail).hashCode());
            return new TwinItems(random.nextLong()).body(random.nextInt(bodyMax + 1));
        }
    }

    /** One mailbox on a branch, this end's lists one after the other. */
    static void mailbox(Peer peer, Role role, Box own, Box other) throws IOException {
        if (role == Role.INITIATOR) {
            peer.send(info(own.number()));
            assertEquals(info(own.number()), peer.receive().item());
        } else {
            assertEquals(info(own.number()), peer.receive().item());
            peer.send(info(own.number()));
        }
        peer.send(END);
        for (int i = 1; i <= own.mails(); i++) {
            peer.send(MailChange.save(
                    new Uid(i), new MailGuid(own.guid(i)), new ModSeq(i), Flags.NONE, Keywords.of(List.of("$k" + i))));
        }
        peer.send(END);
        assertEquals(END, peer.receive().item());
        for (int i = 1; i <= other.mails(); i++) {
            assertEquals(
                    new MailGuid(other.guid(i)), ((MailChange) peer.receive().item()).guid());
        }
        assertEquals(END, peer.receive().item());
        for (int i = 1; i <= other.mails(); i++) {
            peer.send(MailRequest.of(new MailGuid(other.guid(i))));
        }
        peer.send(END);
        for (int i = 1; i <= own.mails(); i++) {
            assertEquals(
                    MailRequest.of(new MailGuid(own.guid(i))), peer.receive().item());
        }
        assertEquals(END, peer.receive().item());
        speakAndHear(peer, own, other);
        MailboxState state = new MailboxState(guid(own.number()), 1, 1, ModSeq.NONE, ModSeq.NONE, 1, false, 0);
        peer.send(state);
        assertEquals(state, peer.receive().item());
        peer.close();
    }

    /** Mails may be more than any window holds: they are heard while others are said. */
    private static void speakAndHear(Peer peer, Box own, Box other) throws IOException {
        FutureTask<Boolean> speaking = new FutureTask<>(() -> {
            for (int i = 1; i <= own.mails(); i++) {
                byte[] body = own.body(i);
                peer.send(Mail.of(new MailGuid(own.guid(i)), i), () -> new ByteArrayInputStream(body));
            }
            peer.send(END);
            return true;
        });
        Thread speaker = new Thread(speaking);
        speaker.setDaemon(true);
        speaker.start();
        for (int i = 1; i <= other.mails(); i++) {
            Incoming mail = peer.receive();
            assertEquals(Mail.of(new MailGuid(other.guid(i)), i), mail.item());
            MailBody body = mail.body();
            assertNotNull(body);
            if (i % 5 > 0) { // the others are skipped
                try (InputStream in = body.open()) {
                    assertArrayEquals(other.body(i), in.readAllBytes());
                }
            }
        }
        assertEquals(END, peer.receive().item());
        try {
            speaking.get(SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
