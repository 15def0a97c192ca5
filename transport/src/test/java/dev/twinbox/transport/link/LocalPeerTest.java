package dev.twinbox.transport.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.Peer.Incoming;
import dev.twinbox.protocol.dialogue.PeerException;
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
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalPeerTest {
    private static final Handshake HELLO = Handshake.backup("alpha", SyncType.FULL, false);
    private static final Handshake ANSWER = Handshake.responder("beta");
    private static final SyncItem END = new EndOfList();
    private static final MailboxGuid BOX = new MailboxGuid(1, 2);
    private static final int MAILS = 500;

    /** A call that another thread makes. */
    private record Call<T>(Thread thread, FutureTask<T> task) {
        static <T> Call<T> of(Callable<T> code) {
            FutureTask<T> task = new FutureTask<>(code);
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            thread.start();
            return new Call<>(thread, task);
        }

        Call<T> untilBlocked() {
            await().pollInSameThread().until(() -> thread.getState() == Thread.State.WAITING);
            return this;
        }

        T result() throws Exception {
            return task.get(30, TimeUnit.SECONDS);
        }

        String failure() {
            ExecutionException e = assertThrows(ExecutionException.class, this::result);
            return String.valueOf(
                    assertInstanceOf(PeerException.class, e.getCause()).getMessage());
        }
    }

    private static SyncItem node(int number) {
        return MailboxNode.folder(new MailboxName(List.of("n" + number)));
    }

    private static LocalPeer.Pair greeted(int capacity) throws IOException {
        LocalPeer.Pair pair = LocalPeer.pair(capacity);
        pair.initiator().send(HELLO);
        assertSame(HELLO, pair.responder().receive().item());
        pair.responder().send(ANSWER);
        assertSame(ANSWER, pair.initiator().receive().item());
        return pair;
    }

    private static Call<Boolean> sending(Peer peer, SyncItem item) {
        return Call.of(() -> {
            peer.send(item);
            return true;
        });
    }

    @Test
    void handsOverItemsInOrderByReference() throws IOException {
        LocalPeer.Pair pair = greeted(10);
        List<SyncItem> sent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sent.add(node(i));
            pair.initiator().send(sent.get(i));
        }
        for (SyncItem item : sent) {
            Incoming got = pair.responder().receive();
            assertSame(item, got.item());
            assertNull(got.body());
        }
    }

    @Test
    void senderWaitsWhileTheQueueIsFull() throws Exception {
        LocalPeer.Pair pair = greeted(1);
        pair.initiator().send(node(1));
        Call<Boolean> second = sending(pair.initiator(), node(2)).untilBlocked();
        assertEquals(node(1), pair.responder().receive().item());
        assertTrue(second.result());
        assertEquals(node(2), pair.responder().receive().item());
    }

    @Test
    void receiverWaitsForAnItem() throws Exception {
        LocalPeer.Pair pair = greeted(1);
        Call<Incoming> waiting = Call.of(pair.responder()::receive).untilBlocked();
        pair.initiator().send(node(1));
        assertEquals(node(1), waiting.result().item());
    }

    @Test
    void abortWakesBothSidesWithTheReason() throws Exception {
        LocalPeer.Pair pair = greeted(1);
        pair.initiator().send(node(1));
        Call<Boolean> sender = sending(pair.initiator(), node(2)).untilBlocked();
        Call<Incoming> listener = Call.of(pair.initiator()::receive).untilBlocked();
        pair.responder().abort("disk is full");
        assertEquals("disk is full", sender.failure());
        assertEquals("disk is full", listener.failure());
        assertThrows(PeerException.class, () -> pair.responder().receive());
        assertThrows(PeerException.class, () -> pair.responder().send(node(3)));

        LocalPeer.Pair other = greeted(1);
        Call<Incoming> responder = Call.of(other.responder()::receive).untilBlocked();
        other.responder().abort("told to stop");
        assertEquals("told to stop", responder.failure());
        other.initiator().abort("later");
        assertEquals("told to stop", Call.of(other.initiator()::receive).failure());
    }

    @Test
    void closeLetsThePeerReceiveWhatWasSentBefore() throws IOException {
        LocalPeer.Pair pair = greeted(5);
        pair.initiator().send(node(1));
        pair.initiator().close();
        pair.initiator().abort("too late to matter");
        assertEquals(node(1), pair.responder().receive().item());
        PeerException end =
                assertThrows(PeerException.class, () -> pair.responder().receive());
        assertEquals("the peer has closed the conversation", end.getMessage());
        assertThrows(PeerException.class, () -> pair.responder().send(node(1)));
        assertThrows(PeerException.class, () -> pair.initiator().send(node(2)));
        assertThrows(PeerException.class, () -> pair.initiator().receive());
        pair.initiator().close();
        pair.responder().close();
    }

    @Test
    void closeWakesThePeer() throws Exception {
        LocalPeer.Pair pair = greeted(1);
        pair.initiator().send(node(1));
        Call<Boolean> sender = sending(pair.initiator(), node(2)).untilBlocked();
        Call<Incoming> listener = Call.of(pair.initiator()::receive).untilBlocked();
        pair.responder().close();
        assertEquals("the peer has closed the conversation", sender.failure());
        assertEquals("the peer has closed the conversation", listener.failure());
    }

    @Test
    void interruptEndsTheWaitAndStays() throws Exception {
        LocalPeer.Pair pair = greeted(1);
        Call<Boolean> call = Call.of(() -> {
                    PeerException e = assertThrows(
                            PeerException.class, () -> pair.responder().receive());
                    assertTrue(String.valueOf(e.getMessage()).contains("interrupted"));
                    return Thread.currentThread().isInterrupted();
                })
                .untilBlocked();
        call.thread().interrupt();
        assertTrue(call.result());
    }

    @Test
    void guardRefusesToSendOrReceiveWhatIsNotAllowed() throws IOException {
        LocalPeer.Pair pair = LocalPeer.pair(1);
        assertThrows(PeerException.class, () -> pair.initiator().send(node(1)));
        pair.initiator().send(HELLO);
        pair.responder().receive();
        assertThrows(PeerException.class, () -> pair.responder().send(END));
    }

    @Test
    void bodyGoesWithItemsThatHaveOneAndNoOthers() throws IOException {
        LocalPeer.Pair pair = greeted(1);
        MailBody body = () -> new ByteArrayInputStream(new byte[0]);
        assertThrows(IllegalArgumentException.class, () -> pair.initiator().send(node(1), body));
        Mail mail = Mail.of(new MailGuid("g"), 0);
        assertThrows(IllegalArgumentException.class, () -> pair.initiator().send(mail));
        pair.initiator().send(node(1));
    }

    @Test
    void capacityHasARange() {
        assertThrows(IllegalArgumentException.class, () -> LocalPeer.pair(0));
        assertThrows(IllegalArgumentException.class, () -> LocalPeer.pair(LocalPeer.CAPACITY_MAX + 1));
    }

    @Test
    void wholeConversationPassesThroughAnyCapacity() throws Exception {
        for (int capacity : new int[] {1, 2, 7, 1000}) {
            LocalPeer.Pair pair = LocalPeer.pair(capacity);
            Call<Integer> responder = Call.of(() -> destination(pair.responder()));
            Peer peer = pair.initiator();
            peer.send(HELLO);
            peer.receive();
            peer.send(END);
            peer.receive();
            peer.send(MailboxDeletes.NONE);
            peer.receive();
            peer.send(info());
            peer.receive();
            List<MailRequest> requests = new ArrayList<>();
            Call<Boolean> listener = Call.of(() -> {
                for (SyncItem item = peer.receive().item();
                        item instanceof MailRequest request;
                        item = peer.receive().item()) {
                    requests.add(request);
                }
                return true;
            });
            peer.send(END);
            for (int uid = 1; uid <= MAILS; uid++) {
                MailGuid guid = new MailGuid("g" + uid);
                peer.send(MailChange.save(new Uid(uid), guid, ModSeq.NONE, Flags.NONE, Keywords.NONE));
            }
            peer.send(END);
            listener.result();
            for (MailRequest request : requests) {
                MailGuid guid = request.guid();
                assertTrue(guid != null);
                if (guid != null) {
                    peer.send(Mail.of(guid, 0), new Text(guid));
                }
            }
            peer.send(END);
            peer.send(state());
            peer.receive();
            peer.send(END);
            assertEquals(Finish.OK, peer.receive().item());
            assertEquals(MAILS, responder.result());
        }
    }

    /** A body that can be told apart. */
    private record Text(MailGuid guid) implements MailBody {
        @Override
        public ByteArrayInputStream open() {
            return new ByteArrayInputStream(new byte[0]);
        }
    }

    private static int destination(Peer peer) throws IOException {
        peer.send(ANSWER);
        peer.receive();
        peer.send(END);
        peer.receive();
        peer.send(MailboxDeletes.NONE);
        peer.receive();
        peer.receive();
        peer.send(info());
        List<MailRequest> wanted = new ArrayList<>();
        peer.receive();
        for (SyncItem item = peer.receive().item();
                item instanceof MailChange change;
                item = peer.receive().item()) {
            wanted.add(new MailRequest(change.guid(), change.uid().value()));
        }
        for (MailRequest request : wanted) {
            peer.send(request);
        }
        peer.send(END);
        int bodies = 0;
        for (Incoming next = peer.receive(); next.item() instanceof Mail mail; next = peer.receive()) {
            assertEquals(mail.guid(), assertInstanceOf(Text.class, next.body()).guid());
            bodies++;
        }
        peer.send(state());
        peer.receive();
        peer.receive();
        peer.send(Finish.OK);
        return bodies;
    }

    private static MailboxInfo info() {
        return new MailboxInfo(
                BOX,
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

    private static MailboxState state() {
        return new MailboxState(BOX, 1, 0, ModSeq.NONE, ModSeq.NONE, 0, false, 0);
    }
}
