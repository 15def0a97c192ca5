package dev.twinbox.transport.dsync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer.Incoming;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.transport.dsync.PeerScript.Talk;
import dev.twinbox.transport.link.StreamLink;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole conversations over bytes, and peers that break off, are silent, or say what they should not. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DsyncPeerTest {
    private static final int SEEDS = Integer.getInteger("twinbox.peer.seeds", 100);
    private static final int SECONDS = 60;
    private static final String GREETING = Wire.latin(DsyncEncoder.greeting());
    private static final Handshake HELLO = Handshake.backup("alpha", SyncType.FULL, false);
    private static final String BOX = "00000000000000000000000000000007";

    /** One end whose other end has said all it will ever say. */
    private static DsyncPeer hearing(Role role, InputStream said, OutputStream out) {
        return new DsyncPeer(role, new StreamLink("other", said, out), SECONDS);
    }

    private static DsyncPeer hearing(Role role, String said) {
        return hearing(role, new ByteArrayInputStream(Wire.bytes(said)), OutputStream.nullOutputStream());
    }

    private static void toTheEnd(Talk talk) throws IOException {
        try {
            talk.run();
        } finally {
            talk.peer().close();
        }
    }

    // Whole conversations

    @Test
    void randomConversationsArriveAsTheyWereSaid() throws Exception {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (PeerScript.Mode mode : PeerScript.Mode.values()) {
                PeerScript.Both both = PeerScript.run(mode, seed, "5");
                assertEquals(both.initiator().said(), both.responder().heard(), mode + ", seed " + seed);
                assertEquals(both.responder().said(), both.initiator().heard(), mode + ", seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2", "3", "4", "9"})
    void conversationsWithOldEndsAndNewOnesArriveToo(String minor) throws Exception {
        for (long seed = 0; seed < SEEDS / 10; seed++) {
            for (PeerScript.Mode mode : PeerScript.Mode.values()) {
                PeerScript.Both both = PeerScript.run(mode, seed, minor);
                assertEquals(both.initiator().said(), both.responder().heard(), mode + ", seed " + seed);
                assertEquals(both.responder().said(), both.initiator().heard(), mode + ", seed " + seed);
            }
        }
    }

    @Test
    void whatAnOldPeerDoesNotKnowIsRefused() throws Exception {
        DsyncPeer old = hearing(Role.INITIATOR, GREETING.replace("dsync\t3\t5", "dsync\t3\t0") + "Hbeta\nNa\ty\n");
        assertTrue(old.knowsAttributes());
        old.send(HELLO);
        old.receive();
        assertFalse(old.knowsAttributes());
        assertFalse(old.knowsFinish());
        assertEquals(new DsyncVersion(0), old.version());
        DsyncPeer two = hearing(Role.INITIATOR, GREETING.replace("dsync\t3\t5", "dsync\t3\t2") + "Hbeta\n");
        two.send(HELLO);
        two.receive();
        assertTrue(two.knowsAttributes());
        assertFalse(two.knowsFinish());
    }

    @Test
    void bodiesOfAllSizesPassInPieces() throws Exception {
        byte[] large = new byte[1 << 20];
        new SplittableRandom(1).nextBytes(large);
        for (byte[] body : List.of(new byte[0], new byte[] {'.'}, large)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Talk source = PeerScript.sourceOfOneMail(out);
            source.peer().send(Mail.of(new MailGuid("m"), 0), () -> new ByteArrayInputStream(body));
            source.peer().send(new EndOfList());
            DsyncPeer destination = PeerScript.destinationOfOneMail(out.toByteArray());
            Incoming mail = destination.receive();
            MailBody heard = mail.body();
            assertNotNull(heard);
            try (InputStream in = heard.open()) {
                assertArrayEquals(body, in.readAllBytes());
                assertEquals(-1, in.read());
            }
            assertThrows(IllegalStateException.class, heard::open);
            assertEquals(new EndOfList(), destination.receive().item());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000})
    void whatIsNotReadOfABodyIsSkipped(int read) throws Exception {
        byte[] body = "line\n.\r\n".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Talk source = PeerScript.sourceOfOneMail(out);
        source.peer().send(Mail.of(new MailGuid("m"), 0), () -> new ByteArrayInputStream(body));
        source.peer().send(new EndOfList());
        DsyncPeer destination = PeerScript.destinationOfOneMail(out.toByteArray());
        MailBody heard = destination.receive().body();
        assertNotNull(heard);
        if (read > 0) {
            try (InputStream in = heard.open()) {
                assertEquals(read, in.readNBytes(read).length);
            }
        }
        assertEquals(new EndOfList(), destination.receive().item());
    }

    /** A mail that is gone says so when it is opened, or when it is read first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMailThatIsGoneCanBeSaidToBeSo(boolean opened) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Talk source = PeerScript.sourceOfOneMail(out);
        MailBody gone = () -> {
            if (!opened) {
                throw new BodyGoneException("gone");
            }
            return broken(new byte[0], new BodyGoneException("gone"));
        };
        assertThrows(BodyGoneException.class, () -> source.peer().send(Mail.of(new MailGuid("m"), 0), gone));
        source.peer().send(Mail.gone(MailRequest.of(new MailGuid("m"))));
        source.peer().send(new EndOfList());
        DsyncPeer destination = PeerScript.destinationOfOneMail(out.toByteArray());
        assertEquals(
                Mail.gone(MailRequest.of(new MailGuid("m"))),
                destination.receive().item());
        assertEquals(new EndOfList(), destination.receive().item());
    }

    @Test
    void aBodyThatBreaksOffIsNeverEndedAndNothingIsSaidBehindIt() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Talk source = PeerScript.sourceOfOneMail(out);
        for (IOException why : List.of(new BodyGoneException("gone"), new IOException("disk"))) {
            MailBody half = () -> broken(new byte[100_000], why);
            IOException e =
                    assertThrows(IOException.class, () -> source.peer().send(Mail.of(new MailGuid("m"), 0), half));
            assertFalse(e instanceof BodyGoneException);
            assertThrows(PeerException.class, () -> source.peer().send(Mail.gone(MailRequest.of(new MailGuid("m")))));
            assertThrows(PeerException.class, () -> source.peer().send(new Done()));
        }
        source.peer().close();
        DsyncPeer destination = PeerScript.destinationOfOneMail(out.toByteArray());
        MailBody heard = destination.receive().body();
        assertNotNull(heard);
        assertThrows(PeerException.class, () -> heard.open().readAllBytes());
        assertThrows(PeerException.class, destination::receive);
    }

    private static InputStream broken(byte[] first, IOException why) {
        return new SequenceInputStream(new ByteArrayInputStream(first), new InputStream() {
            @Override
            public int read() throws IOException {
                throw why;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                throw why;
            }
        });
    }

    @Test
    void anItemWithABodyNeedsOneAndNoOtherMayHaveOne() {
        DsyncPeer peer = hearing(Role.INITIATOR, "");
        MailBody none = InputStream::nullInputStream;
        assertThrows(IllegalArgumentException.class, () -> peer.send(HELLO, none));
        assertThrows(IllegalArgumentException.class, () -> peer.send(Mail.of(new MailGuid("m"), 0)));
    }

    /** Both ends say at the same time much more than the way holds. */
    @Test
    void longListsBothWaysDoNotWaitForEachOther() throws Exception {
        PeerScript.Pair pair = PeerScript.pair("5");
        Thread other = new Thread(() -> assertEquals(100_000, tree(pair.responder(), Handshake.responder("beta"))));
        other.setDaemon(true);
        other.start();
        assertEquals(100_000, tree(pair.initiator(), HELLO));
        other.join();
    }

    private static int tree(DsyncPeer peer, Handshake hello) {
        try {
            peer.send(hello);
            peer.receive();
            Thread speaker = PeerScript.thread(() -> {
                for (int i = 0; i < 100_000; i++) {
                    peer.send(MailboxNode.folder(MailboxName.parse("A long name, for much is to be said/" + i, '/')));
                }
                peer.send(new EndOfList());
            });
            int heard = 0;
            while (!(peer.receive().item() instanceof EndOfList)) {
                heard++;
            }
            speaker.join();
            return heard;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // Breaks

    @ParameterizedTest
    @EnumSource(PeerScript.Mode.class)
    void aStreamThatIsCutAtAnyByteFailsAndNeverHangs(PeerScript.Mode mode) throws Exception {
        PeerScript.Both whole = PeerScript.run(mode, 3, "5");
        for (Role role : Role.values()) {
            byte[] said = Wire.bytes((role == Role.INITIATOR ? whole.responder() : whole.initiator()).latin());
            int needed = role == Role.INITIATOR ? said.length - "X\n".length() : said.length;
            for (int at = 0; at <= said.length; at++) {
                InputStream cut = new ByteArrayInputStream(said, 0, at);
                Talk talk = PeerScript.talk(role, hearing(role, cut, OutputStream.nullOutputStream()), mode, 3);
                if (at < needed) {
                    PeerException e = assertThrows(PeerException.class, () -> toTheEnd(talk), "cut at " + at);
                    assertTrue(String.valueOf(e.getMessage()).contains("EOF (last sent="), e.getMessage());
                } else {
                    toTheEnd(talk);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(PeerScript.Mode.class)
    void aPeerMayEndTheRunAtAnyPoint(PeerScript.Mode mode) throws Exception {
        PeerScript.Both whole = PeerScript.run(mode, 3, "5");
        for (Role role : Role.values()) {
            String said = (role == Role.INITIATOR ? whole.responder() : whole.initiator()).latin();
            int failures = 0;
            for (int at = said.indexOf('\n'); at >= 0; at = said.indexOf('\n', at + 1)) {
                DsyncPeer peer = hearing(role, said.substring(0, at + 1) + "X\n");
                Talk talk = PeerScript.talk(role, peer, mode, 3);
                try {
                    toTheEnd(talk);
                } catch (PeerException e) {
                    failures++; // in the middle of a body it is content, and the end comes too early
                }
            }
            assertTrue(failures > 20, "only " + failures);
        }
    }

    @Test
    void xIsHeardAndNothingBehindIt() throws Exception {
        DsyncPeer peer = hearing(Role.INITIATOR, GREETING + "X\nHbeta\n");
        peer.send(HELLO);
        assertEquals(new Done(), peer.receive().item());
        assertThrows(PeerException.class, peer::receive);
    }

    @Test
    void aPeerThatReadsNoMoreIsNoticed() throws Exception {
        PeerScript.Pair pair = PeerScript.pair("5");
        pair.responder().abort("no more");
        assertThrows(PeerException.class, () -> {
            pair.initiator().send(HELLO);
            pair.initiator().receive();
        });
    }

    @Test
    void anAbortWakesWhoeverReadsAndSaysWhy() throws Exception {
        PeerScript.Pair pair = PeerScript.pair("5");
        pair.initiator().send(HELLO);
        PeerScript.thread(() -> pair.initiator().abort("this side failed while sending"));
        PeerException e = assertThrows(PeerException.class, pair.initiator()::receive);
        assertTrue(String.valueOf(e.getMessage()).startsWith("this side failed while sending"), e.getMessage());
        assertThrows(PeerException.class, pair.initiator()::receive);
        pair.initiator().close();
        pair.initiator().close();
    }

    @Test
    void aPeerThatNeverAnswersIsGivenUp() throws Exception {
        PeerScript.Pair pair = PeerScript.pair("5", 1);
        pair.initiator().send(HELLO);
        PeerException e = assertThrows(PeerException.class, pair.initiator()::receive);
        assertTrue(String.valueOf(e.getMessage()).contains("no activity for 1 seconds"), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains("last sent=handshake"), e.getMessage());
    }

    @Test
    void aPeerThatNeverReadsIsGivenUp() throws Exception {
        PeerScript.Pair pair = PeerScript.pair("5", 1);
        pair.initiator().send(HELLO);
        pair.responder().send(Handshake.responder("beta"));
        pair.initiator().receive();
        PeerException e = assertThrows(PeerException.class, () -> {
            while (true) {
                pair.initiator().send(MailboxNode.folder(MailboxName.parse("n", '/')));
            }
        });
        assertTrue(String.valueOf(e.getMessage()).contains("no activity for 1 seconds"), e.getMessage());
    }

    // What a peer should not say

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\1\2\3garbage\u00ff\u00fe\n",
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "VERSION\tdsync\t4\t0\n",
                "VERSION\tdsync\t3\t99999999999999999999\n",
                "VERSION\tdsync\t3\t5\n.\n",
                "GREETING.\n",
                "GREETINGNa\ty\n",
                "GREETINGHbeta\nHbeta\n",
                "GREETINGHbeta\nC\n",
                "GREETINGHbeta\nCs\t1\tg\n",
                "GREETINGHbeta\nF\n",
                "GREETINGHbeta\n.\n.\n",
                "GREETINGHbeta\nN..\ty\n",
                "GREETINGHbeta\nNa\1t..\1t..\1tetc\ty\n",
                "GREETINGHbeta\nNa\0b\ty\n",
                "GREETINGHbeta\nNa\1nb\ty\n",
                "GREETINGHbeta\nNa\ty\tBOX\t1\t99999999999999999999999\n",
                "GREETINGHbeta\nNa\ty\tBOX\t1\t-1\n",
                "GREETINGHbeta\n.\nD/\t%\nB" + BOX + "\t1\t1\t0\t1\t1\t0\n",
                "GREETINGHbeta\n.\nD/\t%\n.\n",
                "GREETINGHbeta\n.\nD\n",
                "GREETINGHbeta\n\n",
                "GREETINGHbeta\nZ\n",
            })
    void isRefused(String said) {
        String bytes = said.replace("GREETING", GREETING).replace("BOX", BOX);
        DsyncPeer peer = hearing(Role.INITIATOR, bytes);
        PeerException e = assertThrows(PeerException.class, () -> {
            peer.send(HELLO);
            while (true) {
                peer.receive();
            }
        });
        assertFalse(String.valueOf(e.getMessage()).contains("EOF"), e.getMessage());
        assertThrows(PeerException.class, peer::receive, "the second time");
    }

    /** Says the same for ever. */
    private static final class Endless extends InputStream {
        private final byte[] start;
        private final byte[] again;
        long said;

        Endless(String start, String again) {
            this.start = Wire.bytes(start);
            this.again = Wire.bytes(again);
        }

        @Override
        public int read() {
            long at = said++;
            return at < start.length
                    ? start[(int) at] & 0xFF
                    : again[(int) ((at - start.length) % again.length)] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            for (int i = 0; i < length; i++) {
                bytes[offset + i] = (byte) read();
            }
            return length;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "VERSION\tdsync\t3\t5\n", "GREETING", "GREETINGH", "GREETINGHbeta\nN", "GREETINGHbeta\nD"})
    void anEndlessLineIsRefused(String start) {
        Endless endless = new Endless(start.replace("GREETING", GREETING), "x");
        DsyncPeer peer = hearing(Role.INITIATOR, endless, OutputStream.nullOutputStream());
        assertThrows(PeerException.class, () -> {
            peer.send(HELLO);
            while (true) {
                peer.receive();
            }
        });
        assertTrue(endless.said < 2L * DsyncLimits.LIST_LINE_MAX, "read " + endless.said);
    }

    @Test
    void anEndlessGreetingAndAnEndlessListAreRefused() {
        for (Endless endless :
                List.of(new Endless("VERSION\tdsync\t3\t5\n", "Zz\n"), new Endless(GREETING + "Hbeta\n", "Na\ty\n"))) {
            DsyncPeer peer = hearing(Role.INITIATOR, endless, OutputStream.nullOutputStream());
            assertThrows(PeerException.class, () -> {
                peer.send(HELLO);
                while (true) {
                    peer.receive();
                }
            });
        }
    }

    @Test
    void garbageAtAnyPlaceEndsInAFailureOrIsUnderstood() throws Exception {
        PeerScript.Both whole = PeerScript.run(PeerScript.Mode.TWO_WAY, 3, "5");
        for (long seed = 0; seed < 20L * SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Role role = random.nextBoolean() ? Role.INITIATOR : Role.RESPONDER;
            byte[] said = Wire.bytes((role == Role.INITIATOR ? whole.responder() : whole.initiator()).latin());
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                said[random.nextInt(said.length)] = (byte) random.nextInt(256);
            }
            InputStream in = new ByteArrayInputStream(said);
            Talk talk = PeerScript.talk(
                    role, hearing(role, in, OutputStream.nullOutputStream()), PeerScript.Mode.TWO_WAY, 3);
            try {
                toTheEnd(talk);
            } catch (PeerException e) {
                // as it should
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void theResponderSaysXWhenItHasSaidFinishAndTheInitiatorNever() throws Exception {
        PeerScript.Both both = PeerScript.run(PeerScript.Mode.BACKUP, 1, "5");
        assertTrue(both.responder().latin().endsWith("\nF\nX\n"));
        assertTrue(both.initiator().latin().endsWith("\n.\n"));
        SyncItem last = both.initiator()
                .heard()
                .get(both.initiator().heard().size() - 1)
                .item();
        assertEquals(Finish.OK, last);
    }
}
