package dev.twinbox.transport.twin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.BodySum;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.wire.twin.BodyCheck;
import dev.twinbox.protocol.wire.twin.FrameDecoder;
import dev.twinbox.protocol.wire.twin.TwinEncoder;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import dev.twinbox.protocol.wire.twin.TwinHello;
import dev.twinbox.protocol.wire.twin.TwinLimits;
import dev.twinbox.transport.link.StreamLink;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that say what they must not, or another version of it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTest {
    private static final int SEEDS = Integer.getInteger("twinbox.twin.seeds", 300);
    private static final TwinHello HELLO = new TwinHello(1, 0, List.of("zstd"), 4);
    private static final Handshake FIRST = Handshake.twoWay("a", SyncType.FULL);

    /** The bytes of a peer that says all this. */
    private static final class Script {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Script hello(TwinHello hello) {
            bytes.writeBytes(FrameDecoder.magic());
            bytes.writeBytes(TwinEncoder.hello(hello));
            return this;
        }

        Script raw(byte[] more) {
            bytes.writeBytes(more);
            return this;
        }

        Script frame(int branch, int plainLength, byte[] payload) {
            byte[] frame = new byte[TwinFrame.HEADER + payload.length];
            System.arraycopy(payload, 0, frame, TwinFrame.HEADER, payload.length);
            TwinFrame.header(branch, plainLength, frame, TwinFrame.HEADER, payload.length);
            return raw(frame);
        }

        Script item(int branch, SyncItem item) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            TwinEncoder.item(item, out);
            return frame(branch, 0, out.toByteArray());
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }

        /** What hears it; more never comes, and the end does not before it is closed. */
        TwinPeer heard() {
            return listener(new ThenSilent(bytes.toByteArray()));
        }
    }

    /** Some bytes, and then nothing until it is closed. */
    private static final class ThenSilent extends InputStream {
        private final InputStream first;
        private final CountDownLatch closed = new CountDownLatch(1);

        ThenSilent(byte[] bytes) {
            first = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = first.read(bytes, offset, length);
            if (n < 0) {
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            return n;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    private static TwinPeer listener(InputStream said) {
        return new TwinPeer(
                Role.RESPONDER,
                new StreamLink("other", said, OutputStream.nullOutputStream()),
                Talks.SECONDS,
                new TwinSettings(1, 4, Pace.UNLIMITED));
    }

    private static String refused(Script script) {
        TwinPeer peer = listener(new ByteArrayInputStream(script.bytes()));
        PeerException e = assertThrows(PeerException.class, () -> {
            while (true) {
                peer.receive();
            }
        });
        peer.close();
        return String.valueOf(e.getMessage());
    }

    private static Script script() {
        return new Script().hello(HELLO);
    }

    @Test
    void aNewerMinorVersionIsUnderstood() throws IOException {
        byte[] newer = {3, (byte) 0xC2, 0x0C, 0};
        byte[] optional = {5, 0x78, 1, (byte) 0xC2, 0x0C, 0};
        Script script = new Script().hello(new TwinHello(1, 99, List.of("zstd", "warp"), 4));
        TwinPeer peer = script.frame(TwinFrame.CONTROL, 0, optional)
                .frame(0, 0, optional)
                .item(0, FIRST)
                .frame(0, 0, newer)
                .heard();
        assertEquals(FIRST, peer.receive().item());
        TwinHello hello = peer.hello();
        assertNotNull(hello);
        assertTrue(hello.can("warp"));
        PeerException e = assertThrows(PeerException.class, peer::receive);
        assertTrue(String.valueOf(e.getMessage()).contains("the peer is newer"), e.getMessage());
    }

    @Test
    void anotherMajorVersionAndWhatIsNoneAreRefused() throws IOException {
        String other =
                refused(new Script().hello(new TwinHello(2, 0, List.of(), 4)).item(0, FIRST));
        assertTrue(other.contains("version 2 of Twinbox's protocol"), other);
        String text =
                refused(new Script().raw("VERSION\tdsync\t3\t5\nHhostname\n".getBytes(StandardCharsets.US_ASCII)));
        assertTrue(text.contains("does not speak Twinbox's protocol") && !text.contains("dsync"), text);
        String none = refused(new Script().raw(FrameDecoder.magic()).item(0, FIRST));
        assertTrue(none.contains("no hello"), none);
        assertTrue(refused(script().raw(TwinEncoder.hello(HELLO))).contains("second hello"));
    }

    @Test
    void aZipBombIsNoMoreThanAFrame() {
        byte[] bomb = Zstd.compress(new byte[100 << 20]);
        assertTrue(bomb.length < TwinLimits.PAYLOAD_MAX);
        assertTrue(refused(script().frame(0, TwinLimits.PLAIN_MAX, bomb)).contains("cannot be decompressed"));
        assertTrue(refused(script().frame(0, 100 << 20, bomb)).contains("when it is decompressed"));
        byte[] less = Zstd.compress(new byte[1000]);
        assertTrue(refused(script().frame(0, 1001, less)).contains("not as long as it said"));
        assertTrue(refused(script().frame(0, 50, new byte[] {1, 2, 3})).contains("cannot be decompressed"));
    }

    @Test
    void whoeverSendsMoreThanThereIsRoomForIsRefused() throws IOException {
        Script script = script().item(0, FIRST);
        int frames = TwinLimits.BRANCH_WINDOW / TwinLimits.PAYLOAD_MAX + 1;
        byte[] full = new byte[TwinLimits.PAYLOAD_MAX];
        for (int i = 0; i < frames; i++) {
            script.frame(1, 0, full);
        }
        TwinPeer peer = script.heard();
        assertThrows(PeerException.class, () -> {
            while (true) {
                peer.receive();
            }
        });
        String message = refused(script);
        assertTrue(message.contains("more was sent than there is room for"), message);
    }

    @Test
    void tooManyBranchesAndThoseThatGoOnBehindTheirEndAreRefused() throws IOException {
        Script many = script();
        for (int n = 1; n <= 5; n++) {
            many.item(n, Talks.info(n));
        }
        assertTrue(refused(many).contains("more than 4 branches"));
        Script ended = script().raw(TwinEncoder.branchEnd(1)).item(1, Talks.info(1));
        assertTrue(refused(ended).contains("behind its end"));
        assertTrue(refused(script().raw(TwinEncoder.credit(3, 0, 0))).contains("nobody opened"));
        assertTrue(refused(script().raw(TwinEncoder.credit(0, 1, 0))).contains("more credit"));
        assertTrue(refused(script().raw(TwinEncoder.credit(0, 0, 1))).contains("more credit"));
    }

    @Test
    void theDialogueGuardsBranchesToo() throws IOException {
        TwinPeer peer = script().item(0, FIRST).item(1, new EndOfList()).heard();
        peer.receive();
        Peer branch = peer.branch(1);
        PeerException e = assertThrows(PeerException.class, branch::receive);
        assertTrue(String.valueOf(e.getMessage()).contains("peer sent unexpected end_of_list"), e.getMessage());
    }

    @Test
    void aBodyWithAWrongDigestIsReadToItsEndButNeverEnds() throws IOException {
        SyncItem attribute = new MailboxAttribute(true, "k", null, true, false, 0, ModSeq.NONE);
        byte[] body = "hello".getBytes(StandardCharsets.US_ASCII);
        BodySum sum = new BodySum();
        sum.add(body, 0, body.length);
        BodyCheck right = BodyCheck.of(sum);
        for (BodyCheck check : List.of(
                right,
                new BodyCheck(6, right.crc32(), right.crc32c()),
                new BodyCheck(5, right.crc32() ^ 1, right.crc32c()),
                new BodyCheck(5, right.crc32(), right.crc32c() ^ 1))) {
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            TwinEncoder.item(attribute, said);
            TwinEncoder.chunk(body, 0, body.length, said);
            TwinEncoder.bodyEnd(check, said);
            TwinEncoder.item(new EndOfList(), said);
            TwinPeer peer = script().item(0, FIRST)
                    .item(1, Talks.info(1))
                    .frame(1, 0, said.toByteArray())
                    .heard();
            peer.receive();
            peer.send(Handshake.responder("b"));
            Peer branch = peer.branch(1);
            branch.receive();
            branch.send(Talks.info(1));
            MailBody heard = branch.receive().body();
            assertNotNull(heard);
            InputStream in = heard.open();
            if (check.equals(right)) {
                assertArrayEquals(body, in.readAllBytes());
            } else {
                IOException e = assertThrows(IOException.class, in::readAllBytes);
                assertFalse(e instanceof PeerException);
                assertTrue(String.valueOf(e.getMessage()).contains("damaged"), e.getMessage());
                assertThrows(IOException.class, in::read);
            }
            assertEquals(new EndOfList(), branch.receive().item());
        }
    }

    @Test
    void aStreamThatIsCutAtAnyByteFailsAndNeverHangs() throws IOException {
        byte[] said = script().item(0, FIRST).item(0, new EndOfList()).bytes();
        for (int at = 0; at < said.length; at++) {
            TwinPeer peer = listener(new ByteArrayInputStream(said, 0, at));
            PeerException e = assertThrows(PeerException.class, () -> {
                peer.receive();
                peer.receive();
            });
            assertTrue(String.valueOf(e.getMessage()).contains("EOF"), e.getMessage());
            peer.close();
        }
    }

    @Test
    void bytesThatChangedOnTheirWayAreNoticed() throws IOException {
        byte[] whole = script().item(0, FIRST).item(0, new EndOfList()).bytes();
        for (long seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] said = whole.clone();
            int at = random.nextInt(said.length);
            said[at] = (byte) (said[at] ^ 1 << random.nextInt(8));
            TwinPeer peer = listener(new ByteArrayInputStream(said));
            assertThrows(
                    PeerException.class,
                    () -> {
                        peer.receive();
                        peer.receive();
                    },
                    "seed " + seed);
            peer.close();
        }
    }

    /** Damaged before the checksums were made: by a program, not by a wire. */
    @Test
    void sentencesThatAreGarbageNeverFailOtherwise() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            TwinEncoder.item(FIRST, out);
            TwinItems items = new TwinItems(seed);
            for (int i = 0; i < 3; i++) {
                TwinEncoder.item(items.any(), out);
            }
            TwinEncoder.item(Mail.of(new MailGuid("m"), 0), out);
            TwinEncoder.chunk(new byte[100], 0, 100, out);
            byte[] said = Arrays.copyOf(out.toByteArray(), Math.min(out.size(), TwinLimits.PAYLOAD_MAX));
            for (int n = random.nextInt(3); n > 0; n--) {
                said[random.nextInt(said.length)] = (byte) random.nextInt();
            }
            String message = refused(script().frame(0, 0, said));
            assertFalse(message.contains("Exception"), "seed " + seed + ": " + message);
        }
    }
}
