package dev.twinbox.transport.twin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.Peer.Incoming;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.Done;
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
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.Uid;
import dev.twinbox.protocol.wire.twin.TwinLimits;
import dev.twinbox.transport.link.ForwardingLink;
import dev.twinbox.transport.link.HandBeats;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.twin.Talks.Box;
import dev.twinbox.transport.twin.Talks.Ends;
import dev.twinbox.transport.twin.Talks.Task;
import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two ends over pipes: whole conversations with and without branches, and what breaks off. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwinPeerTest {
    private static final int SEEDS = Integer.getInteger("twinbox.twin.seeds", 10);
    private static final SyncItem END = new EndOfList();

    private static Task whole(Role role, Ends ends) {
        return () -> {
            TwinPeer peer = ends.of(role);
            peer.send(role == Role.INITIATOR ? Handshake.twoWay("a", SyncType.FULL) : Handshake.responder("b"));
            peer.receive();
            Talks.trees(peer);
            Talks.finish(role, peer);
            peer.close();
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 100_000})
    void aConversationWithoutMailboxesEndsWell(int capacity) throws Exception {
        Ends ends = Talks.ends(capacity, capacity, TwinSettings.DEFAULT);
        assertFalse(ends.initiator().canBranch());
        Talks.together(List.of(whole(Role.INITIATOR, ends), whole(Role.RESPONDER, ends)));
        assertTrue(ends.initiator().canBranch());
    }

    @Test
    void branchesSaySoAndHowManyThereMayBe() throws Exception {
        Pipes pipes = new Pipes(1000, 1);
        TwinSettings few = new TwinSettings(0, 2, Pace.UNLIMITED);
        Ends ends = new Ends(
                new TwinPeer(Role.INITIATOR, pipes.initiator(), Talks.SECONDS, TwinSettings.DEFAULT),
                new TwinPeer(Role.RESPONDER, pipes.responder(), Talks.SECONDS, few),
                pipes);
        Talks.greet(ends);
        TwinPeer initiator = ends.initiator();
        initiator.branch(5);
        initiator.branch(6);
        assertThrows(IllegalStateException.class, () -> initiator.branch(7));
        assertThrows(IllegalArgumentException.class, () -> initiator.branch(5));
        assertThrows(IllegalArgumentException.class, () -> initiator.branch(0));
        ends.close();
        assertThrows(PeerException.class, () -> initiator.branch(8));
    }

    /** The other end looks at its own mailboxes while this one still looks at the rest. */
    @Test
    void theNumbersOfManyMailboxesAreOnTheirWayBeforeAllAreSaid() throws Exception {
        Ends ends = Talks.ends(1 << 20, 1, TwinSettings.DEFAULT);
        Talks.greet(ends);
        Talks.together(List.of(() -> Talks.trees(ends.initiator()), () -> Talks.trees(ends.responder())));
        for (int i = 1; i <= 200; i++) {
            ends.initiator().send(Talks.info(i));
        }
        assertEquals(Talks.info(1), ends.responder().receive().item());
        ends.close();
    }

    /** A mailbox that has come whole is kept, though the line broke in the middle of another. */
    @Test
    void whatHasComeOnABranchCanStillBeTakenWhenAnotherHasNoticedTheEnd() throws Exception {
        Ends ends = Talks.ends(1 << 20, 1, TwinSettings.DEFAULT);
        Talks.greet(ends);
        Peer first = ends.responder().branch(1);
        Peer second = ends.responder().branch(2);
        ends.initiator().branch(1).send(Talks.info(1));
        assertFalse(second.isGone());
        ends.pipes().initiator().abort();
        assertThrows(PeerException.class, second::receive);
        assertTrue(second.isGone());
        assertEquals(Talks.info(1), first.receive().item());
        assertThrows(PeerException.class, first::receive);
        ends.close();
    }

    /** Whoever has said something and gone cannot be answered; what it has said is on its way all the same. */
    @Test
    void whatComesIsTakenThoughNothingCanBeSaidAnyMore() throws Exception {
        Pipes pipes = new Pipes(1 << 20, 1);
        AtomicBoolean broken = new AtomicBoolean();
        Link breaking = new ForwardingLink(pipes.initiator()) {
            @Override
            public OutputStream output() {
                return new FilterOutputStream(super.output()) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        if (broken.get()) {
                            throw new IOException("nobody reads it");
                        }
                        out.write(bytes, offset, length);
                    }
                };
            }
        };
        Ends ends = new Ends(
                new TwinPeer(Role.INITIATOR, breaking, Talks.SECONDS, TwinSettings.DEFAULT),
                new TwinPeer(Role.RESPONDER, pipes.responder(), Talks.SECONDS, TwinSettings.DEFAULT),
                pipes);
        Talks.greet(ends);
        Peer first = ends.initiator().branch(1);
        Peer second = ends.initiator().branch(2);
        second.send(Talks.info(2));
        broken.set(true);
        assertThrows(PeerException.class, () -> first.send(Talks.info(1)));
        assertTrue(second.isGone(), "there is nobody to be told");
        Peer there = ends.responder().branch(2);
        assertEquals(Talks.info(2), there.receive().item());
        there.send(Talks.info(2));
        assertEquals(Talks.info(2), second.receive().item());
        ends.close();
    }

    @Test
    void anEndWithoutBranchesHasNone() throws Exception {
        Pipes pipes = new Pipes(1000, 1);
        TwinSettings none = new TwinSettings(0, 0, Pace.UNLIMITED);
        Ends ends = new Ends(
                new TwinPeer(Role.INITIATOR, pipes.initiator(), Talks.SECONDS, TwinSettings.DEFAULT),
                new TwinPeer(Role.RESPONDER, pipes.responder(), Talks.SECONDS, none),
                pipes);
        Talks.greet(ends);
        assertFalse(ends.initiator().canBranch());
        assertFalse(ends.responder().canBranch());
        assertThrows(IllegalStateException.class, () -> ends.initiator().branch(1));
        ends.close();
    }

    /** Every branch says and hears lists and bodies in its own time; windows fill up, pipes are short. */
    @Test
    void manyBranchesAtOnceHearWhatWasSaid() throws Exception {
        for (long seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TwinSettings settings = new TwinSettings(random.nextInt(3), 50, Pace.UNLIMITED);
            Ends ends = Talks.ends(1 << random.nextInt(6, 18), seed, settings);
            Talks.greet(ends);
            List<Task> tasks = new ArrayList<>();
            for (int n = random.nextInt(1, 20); n > 0; n--) {
                int number = n;
                boolean large = random.nextInt(8) == 0;
                Box left = new Box(n, Role.INITIATOR, random.nextInt(large ? 5 : 40), large ? 700_000 : 5_000);
                Box right = new Box(n, Role.RESPONDER, random.nextInt(large ? 5 : 40), large ? 700_000 : 5_000);
                tasks.add(() -> Talks.mailbox(ends.initiator().branch(number), Role.INITIATOR, left, right));
                tasks.add(() -> Talks.mailbox(ends.responder().branch(number), Role.RESPONDER, right, left));
            }
            for (int i = tasks.size() - 1; i > 0; i--) {
                java.util.Collections.swap(tasks, i, random.nextInt(i + 1));
            }
            try {
                Talks.together(tasks);
            } catch (Exception e) {
                throw new AssertionError("seed " + seed, e);
            }
            ends.close();
        }
    }

    /** More branches than may be open at once, one after the other. */
    @Test
    void aBranchThatBothHaveClosedMakesRoomForAnother() throws Exception {
        Ends ends = Talks.ends(10_000, 1, new TwinSettings(1, 3, Pace.UNLIMITED));
        Talks.greet(ends);
        List<Task> tasks = new ArrayList<>();
        for (Role role : Role.values()) {
            tasks.add(() -> {
                for (int n = 1; n < 100; n++) {
                    Talks.mailbox(
                            ends.of(role).branch(n), role, new Box(n, role, 2, 100), new Box(n, role.other(), 2, 100));
                }
            });
        }
        Talks.together(tasks);
        ends.close();
    }

    /** Somebody who never listens on one branch holds up only that. */
    @Test
    void aSlowBranchHoldsUpNoOther() throws Exception {
        Ends ends = Talks.ends(10_000, 1, TwinSettings.DEFAULT);
        Talks.greet(ends);
        Peer slow = ends.initiator().branch(1);
        Peer deaf = answered(ends, slow, 1);
        Thread waiting = talking(slow);
        for (int n = 2; n < 7; n++) {
            int number = n;
            Box left = new Box(n, Role.INITIATOR, 20, 20_000);
            Box right = new Box(n, Role.RESPONDER, 20, 20_000);
            Talks.together(List.of(
                    () -> Talks.mailbox(ends.initiator().branch(number), Role.INITIATOR, left, right),
                    () -> Talks.mailbox(ends.responder().branch(number), Role.RESPONDER, right, left)));
        }
        assertTrue(waiting.isAlive());
        // Closing it lets the speaker speak on: nobody hears it.
        deaf.close();
        waiting.join();
        ends.close();
    }

    /** An end that works on one mailbox at a time reads no other while the body of a mail in it comes. */
    @Test
    void manyBranchesThatNobodyReadsHoldUpNoOther() throws Exception {
        Ends ends = Talks.ends(100_000, 1, new TwinSettings(0, TwinSettings.BRANCHES_MAX, Pace.UNLIMITED));
        Talks.greet(ends);
        List<Peer> deaf = new ArrayList<>();
        List<Thread> waiting = new ArrayList<>();
        for (int n = 2; n <= TwinSettings.BRANCHES_MAX; n++) {
            Peer slow = ends.initiator().branch(n);
            deaf.add(answered(ends, slow, n));
            waiting.add(talking(slow));
        }
        Box left = new Box(1, Role.INITIATOR, 40, 200_000);
        Box right = new Box(1, Role.RESPONDER, 40, 200_000);
        Talks.together(List.of(
                () -> Talks.mailbox(ends.initiator().branch(1), Role.INITIATOR, left, right),
                () -> Talks.mailbox(ends.responder().branch(1), Role.RESPONDER, right, left)));
        for (Thread each : waiting) {
            assertTrue(each.isAlive());
        }
        for (Peer each : deaf) {
            each.close();
        }
        ends.close();
    }

    @Test
    void theWindowOfTheConnectionHasRoomForThoseOfAllBranches() {
        long branches = TwinSettings.BRANCHES_MAX + 1L;
        assertTrue(branches * TwinLimits.BRANCH_WINDOW + Connection.CONNECTION_TELL <= TwinLimits.CONNECTION_WINDOW);
    }

    /** Somebody who says more on a branch than its window has room for. */
    private static Thread talking(Peer branch) {
        Thread waiting = new Thread(() -> {
            try {
                branch.send(END);
                for (int i = 1; i < 200_000; i++) {
                    branch.send(change(i));
                }
            } catch (IOException e) {
                // the connection was closed
            }
        });
        waiting.setDaemon(true);
        waiting.start();
        return waiting;
    }

    /** Both have said which mailbox a branch is about. */
    private static Peer answered(Ends ends, Peer asking, int number) throws IOException {
        asking.send(Talks.info(number));
        Peer answering = ends.responder().branch(number);
        answering.receive();
        answering.send(Talks.info(number));
        asking.receive();
        return answering;
    }

    private static MailChange change(int uid) {
        return MailChange.save(new Uid(uid), new MailGuid("guid-" + uid), ModSeq.NONE, Flags.NONE, Keywords.NONE);
    }

    @Test
    void whatComesOnABranchThatIsNotOpenYetIsKept() throws Exception {
        Ends ends = Talks.ends(100, 1, TwinSettings.DEFAULT);
        Talks.greet(ends);
        Peer early = ends.initiator().branch(9);
        early.send(Talks.info(9));
        early.close();
        // What comes on another one tells that the first has arrived.
        Peer later = ends.initiator().branch(10);
        later.send(Talks.info(10));
        ends.responder().branch(10).receive();
        Peer late = ends.responder().branch(9);
        assertEquals(Talks.info(9), late.receive().item());
        PeerException e = assertThrows(PeerException.class, late::receive);
        assertTrue(String.valueOf(e.getMessage()).contains("closed the branch"), e.getMessage());
        ends.close();
    }

    // Bodies

    /** Just before the one mail that the responder has asked for, on branch 1. */
    private static Peer[] oneMail(Ends ends) throws Exception {
        Talks.greet(ends);
        Peer source = ends.initiator().branch(1);
        Peer destination = ends.responder().branch(1);
        Talks.together(List.of(
                () -> {
                    source.send(Talks.info(1));
                    source.receive();
                    source.send(END);
                    source.send(change(1));
                    source.send(change(2));
                    source.send(END);
                    source.receive();
                    source.receive();
                    source.send(END);
                    source.receive();
                    source.receive();
                    source.receive();
                },
                () -> {
                    destination.receive();
                    destination.send(Talks.info(1));
                    destination.send(END);
                    destination.send(END);
                    for (int i = 0; i < 5; i++) {
                        destination.receive();
                    }
                    destination.send(MailRequest.of(new MailGuid("guid-1")));
                    destination.send(MailRequest.of(new MailGuid("guid-2")));
                    destination.send(END);
                }));
        return new Peer[] {source, destination};
    }

    private static Mail mail(int n) {
        return Mail.of(new MailGuid("guid-" + n), 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32_767, 32_768, 32_769, 65_536, 5_000_000})
    void bodiesOfAllSizesPass(int length) throws Exception {
        Ends ends = Talks.ends(50_000, 1, TwinSettings.DEFAULT);
        Peer[] peers = oneMail(ends);
        byte[] body = new TwinItems(length).body(length);
        Talks.together(List.of(
                () -> {
                    peers[0].send(mail(1), () -> new ByteArrayInputStream(body));
                    peers[0].send(Mail.gone(MailRequest.of(new MailGuid("guid-2"))));
                    peers[0].send(END);
                },
                () -> {
                    Incoming mail = peers[1].receive();
                    MailBody heard = mail.body();
                    assertNotNull(heard);
                    try (InputStream in = heard.open()) {
                        assertArrayEquals(body, in.readAllBytes());
                        assertEquals(-1, in.read());
                    }
                    assertThrows(IllegalStateException.class, heard::open);
                    peers[1].receive();
                    assertEquals(END, peers[1].receive().item());
                }));
        ends.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyThatBreaksOffIsNoMailAndTheConversationGoesOn(boolean gone) throws Exception {
        IOException why = gone ? new BodyGoneException("gone") : new IOException("disk");
        Ends ends = Talks.ends(50_000, 1, TwinSettings.DEFAULT);
        Peer[] peers = oneMail(ends);
        MailBody half = () -> new SequenceInputStream(new ByteArrayInputStream(new byte[100_000]), failing(why));
        Talks.together(List.of(
                () -> {
                    IOException e = assertThrows(IOException.class, () -> peers[0].send(mail(1), half));
                    assertFalse(e instanceof BodyGoneException || e instanceof PeerException);
                    peers[0].send(mail(2), () -> new ByteArrayInputStream(new byte[] {2}));
                    peers[0].send(END);
                },
                () -> {
                    InputStream in = open(peers[1].receive());
                    IOException e = assertThrows(IOException.class, in::readAllBytes);
                    assertFalse(e instanceof PeerException);
                    assertThrows(IOException.class, in::read);
                    assertArrayEquals(new byte[] {2}, open(peers[1].receive()).readAllBytes());
                    assertEquals(END, peers[1].receive().item());
                }));
        ends.close();
    }

    private static InputStream open(Incoming mail) throws IOException {
        MailBody body = mail.body();
        assertNotNull(body);
        return body.open();
    }

    private static InputStream failing(IOException why) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw why;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                throw why;
            }
        };
    }

    @Test
    void aMailThatIsGoneBeforeItsFirstByteCanBeSaidToBeSo() throws Exception {
        Ends ends = Talks.ends(50_000, 1, TwinSettings.DEFAULT);
        Peer[] peers = oneMail(ends);
        MailBody gone = () -> failing(new BodyGoneException("gone"));
        assertThrows(BodyGoneException.class, () -> peers[0].send(mail(1), gone));
        peers[0].send(Mail.gone(MailRequest.of(new MailGuid("guid-1"))));
        peers[0].send(Mail.gone(MailRequest.of(new MailGuid("guid-2"))));
        peers[0].send(END);
        assertEquals(
                Mail.gone(MailRequest.of(new MailGuid("guid-1"))),
                peers[1].receive().item());
        ends.close();
    }

    @Test
    void anItemWithABodyNeedsOneAndNoOtherMayHaveOne() {
        Ends ends = Talks.ends(100, 1, TwinSettings.DEFAULT);
        assertThrows(IllegalArgumentException.class, () -> ends.initiator()
                .send(Handshake.responder("b"), InputStream::nullInputStream));
        assertThrows(IllegalArgumentException.class, () -> ends.initiator().send(mail(1)));
    }

    // Ends

    @Test
    void anAbortWakesEverybodyAndSaysWhyAtBothEnds() throws Exception {
        Ends ends = Talks.ends(1000, 1, TwinSettings.DEFAULT);
        Talks.greet(ends);
        Peer here = ends.initiator().branch(1);
        Peer there = ends.responder().branch(1);
        List<Task> tasks = new ArrayList<>();
        for (Peer peer : List.of(here, there, ends.initiator(), ends.responder())) {
            tasks.add(() -> {
                PeerException e = assertThrows(PeerException.class, peer::receive);
                assertTrue(String.valueOf(e.getMessage()).contains("the disk is full"), e.getMessage());
                assertThrows(PeerException.class, () -> peer.send(new Done()));
            });
        }
        tasks.add(() -> here.abort("the disk is full"));
        Talks.together(tasks);
        ends.close();
        ends.close();
    }

    @Test
    void aPeerThatNeverAnswersIsGivenUp() {
        Ends ends = Talks.ends(1000, 1, TwinSettings.DEFAULT, 1);
        PeerException e = assertThrows(PeerException.class, ends.initiator()::receive);
        assertTrue(String.valueOf(e.getMessage()).contains("no activity for 1 seconds"), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains("may send handshake"), e.getMessage());
    }

    @Test
    void aPeerThatNeverReadsAndIsNotHeardOfIsGivenUp() throws Exception {
        Pipes pipes = new Pipes(1000, 1);
        Ends ends = new Ends(
                new TwinPeer(Role.INITIATOR, pipes.initiator(), 1, TwinSettings.DEFAULT),
                new TwinPeer(Role.RESPONDER, pipes.responder(), Talks.SECONDS, by(new HandBeats())),
                pipes);
        Talks.greet(ends);
        Peer branch = ends.initiator().branch(1);
        answered(ends, branch, 1);
        branch.send(END);
        PeerException e = assertThrows(PeerException.class, () -> {
            for (int i = 1; ; i++) {
                branch.send(change(i));
            }
        });
        assertTrue(String.valueOf(e.getMessage()).contains("no activity for 1 seconds"), e.getMessage());
    }

    private static TwinSettings by(HandBeats beats) {
        return new TwinSettings(1, 10, Pace.UNLIMITED, beats);
    }

    /** An hour's work with a minute's patience, and then a minute in which nothing comes because the process was stopped. */
    @Test
    void whoeverIsLongAtWorkIsWaitedForAndWhoeverIsNotHeardOfIsGivenUp() throws Exception {
        Pipes pipes = new Pipes(1 << 20, 1);
        HandBeats here = new HandBeats();
        HandBeats there = new HandBeats();
        Ends ends = new Ends(
                new TwinPeer(Role.INITIATOR, pipes.initiator(), 60, by(here)),
                new TwinPeer(Role.RESPONDER, pipes.responder(), 60, by(there)),
                pipes);
        Talks.greet(ends);
        FutureTask<SyncItem> waiting =
                new FutureTask<>(() -> ends.initiator().receive().item());
        Thread thread = new Thread(waiting, "waiting");
        thread.start();
        here.awaitUsers(2);
        there.awaitUsers(2);
        for (int seconds = 0; seconds < 3600; seconds += 15) {
            there.pass(15_000);
            pipes.awaitRead(); // so what came fifteen seconds ago has been noticed
            here.pass(15_000);
            assertFalse(waiting.isDone(), "given up after " + seconds + " seconds of work");
        }
        for (int seconds = 0; seconds <= 61; seconds++) {
            here.pass(1000);
        }
        ExecutionException e =
                assertThrows(ExecutionException.class, () -> waiting.get(Talks.SECONDS, TimeUnit.SECONDS));
        assertTrue(String.valueOf(e.getMessage()).contains("no activity for 60 seconds"), e.getMessage());
        ends.close();
    }

    @Test
    void whatWasSaidBeforeTheEndIsHeardAndThenTheEnd() throws Exception {
        Ends ends = Talks.ends(1000, 1, TwinSettings.DEFAULT);
        ends.initiator().send(Handshake.twoWay("a", SyncType.FULL));
        ends.initiator().close();
        assertEquals(
                Handshake.twoWay("a", SyncType.FULL), ends.responder().receive().item());
        PeerException e = assertThrows(PeerException.class, ends.responder()::receive);
        assertTrue(String.valueOf(e.getMessage()).contains("EOF"), e.getMessage());
    }

    @Test
    void theResponderSaysDoneWhenItHasSaidFinish() throws Exception {
        Ends ends = Talks.ends(1000, 1, TwinSettings.DEFAULT);
        Talks.greet(ends);
        Talks.together(List.of(() -> Talks.trees(ends.initiator()), () -> Talks.trees(ends.responder())));
        ends.initiator().send(END);
        ends.responder().receive();
        ends.responder().send(Finish.OK);
        Talks.together(List.of(ends.responder()::close, () -> {
            assertEquals(Finish.OK, ends.initiator().receive().item());
            assertEquals(new Done(), ends.initiator().receive().item());
        }));
    }
}
