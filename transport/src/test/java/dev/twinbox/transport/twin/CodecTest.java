package dev.twinbox.transport.twin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.item.BodySum;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.wire.twin.BodyCheck;
import dev.twinbox.protocol.wire.twin.FrameDecoder;
import dev.twinbox.protocol.wire.twin.TwinDecoder;
import dev.twinbox.protocol.wire.twin.TwinEncoder;
import dev.twinbox.protocol.wire.twin.TwinEvent;
import dev.twinbox.protocol.wire.twin.TwinFailure;
import dev.twinbox.protocol.wire.twin.TwinFormatException;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import dev.twinbox.protocol.wire.twin.TwinHello;
import dev.twinbox.protocol.wire.twin.TwinLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Items and bodies to bytes and back, in pieces of every size, and bytes that are none of ours. */
class CodecTest {
    private static final int SEEDS = Integer.getInteger("twinbox.twin.seeds", 200);

    /** All events of a stream that is fed in pieces. */
    private static List<TwinEvent> events(TwinDecoder decoder, byte[] stream, int piece) throws IOException {
        List<TwinEvent> events = new ArrayList<>();
        for (int at = 0; at < stream.length; at += piece) {
            decoder.feed(stream, at, Math.min(piece, stream.length - at));
            for (TwinEvent event = decoder.next(); event != null; event = decoder.next()) {
                events.add(event);
            }
        }
        return events;
    }

    private static List<TwinEvent> events(byte[] stream) throws IOException {
        return events(TwinDecoder.ofBranch(), stream, Math.max(1, stream.length));
    }

    private static byte[] written(SyncItem item) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TwinEncoder.item(item, out);
        return out.toByteArray();
    }

    /** A sentence of raw fields behind its length. */
    static byte[] sentence(int... bytes) {
        byte[] raw = new byte[bytes.length + 1];
        raw[0] = (byte) bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            raw[i + 1] = (byte) bytes[i];
        }
        return raw;
    }

    @ParameterizedTest
    @EnumSource
    void itemsComeAsTheyWereSaid(SyncItem.Kind kind) throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            TwinItems items = new TwinItems(seed);
            SyncItem item = items.item(kind);
            byte[] said = written(item);
            assertEquals(List.of(new TwinEvent.Item(item)), events(said), "seed " + seed);
            if (said.length < 1000) {
                for (int piece = 1; piece < said.length; piece++) {
                    List<TwinEvent> heard = events(TwinDecoder.ofBranch(), said, piece);
                    assertEquals(List.of(new TwinEvent.Item(item)), heard, "seed " + seed + " by " + piece);
                }
            }
        }
    }

    @Test
    void deletesThatAreTooManyForASentenceComeWhole() throws IOException {
        List<MailboxDeletes.DeletedName> names =
                Collections.nCopies(100_000, new MailboxDeletes.DeletedName("0123456789abcdef0123456789abcdef", 5));
        SyncItem item = new MailboxDeletes('/', '%', List.of(), names, names);
        assertEquals(List.of(new TwinEvent.Item(item)), events(written(item)));
    }

    @Test
    void aTextThatIsLongComesAndOneThatIsTooLongIsNotSaid() throws IOException {
        String longest = "\u20ac".repeat(MailboxAttribute.VALUE_MAX);
        SyncItem item = new MailboxAttribute(true, "k", longest, false, false, 0, ModSeq.NONE);
        assertEquals(List.of(new TwinEvent.Item(item)), events(TwinDecoder.ofBranch(), written(item), 5000));
        SyncItem half = new Mail(new MailGuid("g\ud800"), 0, "", 0, 0, 0, true);
        assertThrows(IllegalArgumentException.class, () -> written(half));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 3_000_000})
    void bodiesOfAllSizesCome(int length) throws IOException {
        byte[] body = new TwinItems(length).body(length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SyncItem mail = Mail.of(new MailGuid("m"), 0);
        TwinEncoder.item(mail, out);
        BodySum sum = new BodySum();
        for (int at = 0; at < length; at += TwinLimits.CHUNK_MAX) {
            int n = Math.min(TwinLimits.CHUNK_MAX, length - at);
            TwinEncoder.chunk(body, at, n, out);
            sum.add(body, at, n);
        }
        TwinEncoder.bodyEnd(BodyCheck.of(sum), out);
        List<TwinEvent> heard = events(TwinDecoder.ofBranch(), out.toByteArray(), 10_007);
        assertEquals(new TwinEvent.Item(mail), heard.get(0));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (TwinEvent event : heard.subList(1, heard.size() - 1)) {
            ByteBuffer bytes = ((TwinEvent.Body) event).bytes();
            byte[] some = new byte[bytes.remaining()];
            bytes.get(some);
            content.writeBytes(some);
        }
        assertArrayEquals(body, content.toByteArray());
        assertEquals(new TwinEvent.BodyEnd(BodyCheck.of(sum)), heard.get(heard.size() - 1));
        assertEquals(length, BodyCheck.of(sum).length());
    }

    @Test
    void theControlStreamComesAsItWasSaid() throws IOException {
        TwinHello hello = new TwinHello(1, 7, List.of("zstd", "more"), 12);
        TwinFailure failure = new TwinFailure(TwinFailure.Reach.SESSION, TwinFailure.Code.PROTOCOL, "no\u001b[2J");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(FrameDecoder.magic());
        out.writeBytes(TwinEncoder.hello(hello));
        out.writeBytes(TwinEncoder.credit(3, 4, 5));
        out.writeBytes(TwinEncoder.branchEnd(9));
        out.writeBytes(TwinEncoder.farewell(failure));
        List<TwinEvent> expected = List.of(
                new TwinEvent.Hello(hello),
                new TwinEvent.Credit(3, 4, 5),
                new TwinEvent.BranchEnd(9),
                new TwinEvent.Failed(failure));
        for (int piece = 1; piece <= out.size(); piece++) {
            FrameDecoder frames = new FrameDecoder();
            TwinDecoder control = TwinDecoder.ofControl();
            List<TwinEvent> heard = new ArrayList<>();
            for (int at = 0; at < out.size(); at += piece) {
                ByteBuffer in = ByteBuffer.wrap(out.toByteArray(), at, Math.min(piece, out.size() - at));
                for (TwinFrame frame = frames.next(in); frame != null; frame = frames.next(in)) {
                    assertEquals(TwinFrame.CONTROL, frame.branch());
                    heard.addAll(events(control, frame.payload(), frame.payload().length));
                }
            }
            assertEquals(expected, heard);
        }
        assertEquals("no?[2J", failure.text());
    }

    // What is not ours

    @Test
    void plainTextIsNoMagic() {
        for (String text : List.of("VERSION\tdsync\t3\t5\n", "GET / HTTP/1.1\r\n", "\u0089TWIN\n\n\u001a")) {
            FrameDecoder frames = new FrameDecoder();
            TwinFormatException e = assertThrows(
                    TwinFormatException.class,
                    () -> frames.next(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
            assertTrue(String.valueOf(e.getMessage()).contains("does not speak Twinbox's protocol"), e.getMessage());
        }
    }

    @Test
    void oneBitInAFrameIsNoticed() throws IOException {
        byte[] hello = TwinEncoder.hello(new TwinHello(1, 0, List.of("zstd"), 12));
        for (int bit = 0; bit < 8 * hello.length; bit++) {
            byte[] said = hello.clone();
            said[bit / 8] = (byte) (said[bit / 8] ^ 1 << bit % 8);
            FrameDecoder frames = new FrameDecoder();
            frames.next(ByteBuffer.wrap(FrameDecoder.magic()));
            // Of a length that became too long the rest is waited for.
            ByteBuffer in = ByteBuffer.wrap(said);
            int where = bit;
            try {
                TwinFrame frame = frames.next(in);
                assertTrue(where < 32 && frame == null && !in.hasRemaining(), "bit " + where);
            } catch (TwinFormatException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("a frame"), e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, TwinLimits.PAYLOAD_MAX + 1, Integer.MAX_VALUE, -1})
    void aFrameThatIsEmptyOrHugeIsRefusedByItsLength(int length) throws IOException {
        FrameDecoder frames = new FrameDecoder();
        frames.next(ByteBuffer.wrap(FrameDecoder.magic()));
        byte[] header = ByteBuffer.allocate(TwinFrame.HEADER).putInt(length).array();
        assertThrows(TwinFormatException.class, () -> frames.next(ByteBuffer.wrap(header)));
    }

    @Test
    void aFrameThatWouldBecomeHugeOrIsOfNoBranchIsRefused() {
        for (int[] bad : new int[][] {
            {1, TwinLimits.PLAIN_MAX + 1}, {1, -1}, {TwinLimits.BRANCH_NUMBER_MAX + 1, 0}, {-2, 0}, {-1, 5}
        }) {
            byte[] frame = new byte[TwinFrame.HEADER + 1];
            TwinFrame.header(bad[0], bad[1], frame, TwinFrame.HEADER, 1);
            FrameDecoder frames = new FrameDecoder();
            assertThrows(TwinFormatException.class, () -> {
                frames.next(ByteBuffer.wrap(FrameDecoder.magic()));
                frames.next(ByteBuffer.wrap(frame));
            });
        }
    }

    /** 0x0F is no varint that ends; the others say 2^28, 5 MiB for any kind, 1 MiB for a request. */
    @Test
    void aSentenceThatIsTooLongIsRefusedByItsLength() {
        int request = 9 << 3 | 2;
        int change = 8 << 3 | 2;
        for (byte[] bad : List.of(new byte[] {-1, -1, -1, -1, -1, 15}, new byte[] {-128, -128, -64, 2}, new byte[] {
            -128, -128, 64, (byte) request, 0, 0, 0, 0
        })) {
            assertThrows(TwinFormatException.class, () -> events(bad), Arrays.toString(bad));
        }
        byte[] change1 = {-128, -128, 64, (byte) change, 0, 0, 0, 0};
        assertEquals(0, assertDoesNotFail(change1).size());
    }

    /** Found by the fuzzer: the short one left a buffer that was too short for the beginning of the long one. */
    @Test
    void aLongSentenceBehindAShortOneIsWaitedFor() throws IOException {
        byte[] said = {2, 0x5A, 0, -1, -1, 0x67, (byte) 0xF4, (byte) 0xE2, -1};
        assertEquals(List.of(new TwinEvent.Item(new EndOfList())), events(said));
    }

    private static List<TwinEvent> assertDoesNotFail(byte[] stream) {
        try {
            return events(stream);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void unknownFieldsAreIgnoredAndUnknownKindsIfTheyAreOptional() throws IOException {
        SyncItem state = new TwinItems(1).item(SyncItem.Kind.MAIL_REQUEST);
        byte[] known = written(state);
        // Field 300, varint 1, of the sentence itself.
        byte[] last = Arrays.copyOf(known, known.length + 3);
        System.arraycopy(new byte[] {(byte) 0xE0, 0x12, 1}, 0, last, known.length, 3);
        last[0] = (byte) (known[0] + 3);
        assertEquals(List.of(new TwinEvent.Item(state)), events(last));
        // Field 200, an empty message; field 15 says whether it may be ignored.
        assertEquals(List.of(), events(sentence(0x78, 1, 0xC2, 0x0C, 0)));
        TwinFormatException e = assertThrows(TwinFormatException.class, () -> events(sentence(0xC2, 0x0C, 0)));
        assertTrue(String.valueOf(e.getMessage()).contains("newer"), e.getMessage());
    }

    @Test
    void valuesOutOfRangeAreRefusedWithoutRepeatingText() {
        // A state without mailbox, a change without type, a request of nothing, a node named "..", finish with error
        // 256.
        for (byte[] bad : List.of(
                sentence(0x12, 0),
                sentence(0x42, 2, 0x10, 1),
                sentence(0x4A, 0),
                sentence(0x1A, 6, 0x0A, 2, '.', '.', 0x10, 1),
                sentence(0x62, 3, 0x10, 0x80, 2),
                sentence(0x4A, 6, 0x0A, 4, 0x0A, 2, 0xC3, 0x28),
                sentence(0x3A, 8, 0x12, 6, 's', 'e', 'c', 'r', 'e', '\n'),
                sentence(0x08))) {
            TwinFormatException e = assertThrows(TwinFormatException.class, () -> events(bad), Arrays.toString(bad));
            assertTrue(!String.valueOf(e.getMessage()).contains("secre"), e.getMessage());
        }
    }

    @Test
    void bodiesAndControlAreWhereTheyBelongOnly() throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        TwinEncoder.chunk(new byte[] {1}, 0, 1, chunk);
        byte[] mail = written(Mail.of(new MailGuid("m"), 0));
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        twice.writeBytes(mail);
        twice.writeBytes(mail);
        byte[] credit = TwinEncoder.credit(1, 1, 1);
        byte[] creditSaid = Arrays.copyOfRange(credit, TwinFrame.HEADER, credit.length);
        assertThrows(TwinFormatException.class, () -> events(chunk.toByteArray()));
        assertThrows(TwinFormatException.class, () -> events(twice.toByteArray()));
        assertThrows(TwinFormatException.class, () -> events(creditSaid));
        assertThrows(TwinFormatException.class, () -> events(TwinDecoder.ofControl(), mail, 100));
        // More of deletes was promised.
        assertThrows(
                TwinFormatException.class, () -> events(new byte[] {8, 0x22, 6, 8, 47, 16, 37, 48, 1, 2, 0x5A, 0}));
    }

    @Test
    void garbageNeverFailsOtherwise() throws IOException {
        for (long seed = 0; seed < 20L * SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TwinItems items = new TwinItems(seed);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int i = 0; i < 5; i++) {
                TwinEncoder.item(items.any(), out);
            }
            byte[] said = out.toByteArray();
            for (int n = random.nextInt(1, 5); n > 0; n--) {
                said[random.nextInt(said.length)] = (byte) random.nextInt();
            }
            try {
                events(TwinDecoder.ofBranch(), said, random.nextInt(1, said.length + 1));
            } catch (TwinFormatException e) {
                // as it should
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
