package dev.twinbox.transport.dsync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.protocol.item.ModSeq;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.item.Uid;
import dev.twinbox.transport.dsync.Wire.Said;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is written is read as it was; what dsync cannot say is not there. */
class RoundTripTest {
    private static final int CONVERSATIONS = 300;
    private static final int ITEMS = 60;
    private static final MailboxGuid BOX = new MailboxGuid(1, 2);

    @Test
    void randomItemsComeBackInPiecesOfAnySize() throws DsyncFormatException {
        for (long seed = 0; seed < CONVERSATIONS; seed++) {
            RandomItems random = new RandomItems(seed);
            List<Said> said = random.conversation(ITEMS);
            said.add(RandomItems.done());
            byte[] written = Wire.written(said, random::size);
            List<Said> heard = Wire.heard(written, random::size).said();
            for (int i = 0; i < said.size(); i++) {
                assertEquals(said.get(i), heard.get(i), "seed " + seed + ", item " + i);
            }
            assertEquals(said.size(), heard.size(), "seed " + seed);
        }
    }

    @Test
    void bodiesOfAllShortTextsComeBack() throws DsyncFormatException {
        char[] letters = {'.', '\r', '\n', 'x'};
        Mail mail = Mail.of(new MailGuid("g"), 1);
        for (int length = 0; length <= 6; length++) {
            for (int number = 0; number < 1 << 2 * length; number++) {
                StringBuilder body = new StringBuilder();
                for (int i = 0; i < length; i++) {
                    body.append(letters[number >> 2 * i & 3]);
                }
                Said said = new Said(mail, body.toString());
                byte[] written = Wire.written(List.of(said, Said.of(new EndOfList())));
                String shown = body.toString().replace("\r", "\\r").replace("\n", "\\n");
                assertEquals(
                        List.of(said, Said.of(new EndOfList())),
                        Wire.heard(written, () -> 1).said(),
                        shown);
                assertEquals(
                        List.of(said, Said.of(new EndOfList())),
                        Wire.heard(written).said(),
                        shown);
            }
        }
    }

    @Test
    void aLongBodyIsHandedOnInPieces() throws DsyncFormatException {
        String body = (".x".repeat(1000) + "\n").repeat(100);
        Said said = new Said(Mail.of(new MailGuid("g"), 1), body);
        byte[] written = Wire.written(List.of(said), () -> 5000);
        assertEquals(List.of(said), Wire.heard(written).said());
        DsyncDecoder decoder = new DsyncDecoder();
        ByteBuffer in = ByteBuffer.wrap(written);
        int pieces = 0;
        for (DsyncEvent event = decoder.next(in); event != null; event = decoder.next(in)) {
            if (event instanceof DsyncEvent.Body piece) {
                pieces++;
                assertTrue(piece.bytes().remaining() <= DsyncLimits.BODY_PIECE_MAX);
            }
        }
        assertTrue(pieces >= body.length() / DsyncLimits.BODY_PIECE_MAX, pieces + " pieces");
    }

    @Test
    void whatOnlyTwinboxesSayIsLeftOut() throws DsyncFormatException {
        assertEquals(0, new DsyncEncoder().item(MailboxHint.ofTree(BOX, true, true)).length);
        assertEquals(
                Handshake.backup("h", Handshake.SyncType.FULL, false),
                again(Handshake.backup("h", Handshake.SyncType.FULL, true).withHints()));
        assertEquals(
                new MailboxState(BOX, 1, 2, ModSeq.NONE, ModSeq.NONE, 3, true, 0),
                again(new MailboxState(BOX, 1, 2, ModSeq.NONE, ModSeq.NONE, 3, true, 77)));
        assertEquals(info(false, 0, false), again(info(true, 4711, true)));
        MailChange change = MailChange.save(new Uid(1), new MailGuid("g"), ModSeq.NONE, Flags.NONE, Keywords.NONE);
        assertEquals(
                change,
                again(new MailChange(
                        change.type(),
                        change.uid(),
                        change.guid(),
                        null,
                        ModSeq.NONE,
                        ModSeq.NONE,
                        Flags.NONE,
                        Flags.NONE,
                        Flags.NONE,
                        false,
                        List.of(),
                        MailChange.UNKNOWN,
                        MailChange.UNKNOWN,
                        Map.of("$junk", 7L))));
    }

    @Test
    void aMailboxThatCannotBeReadIsNotSaidToBeSomethingElse() {
        MailboxNode node = new MailboxNode(MailboxName.INBOX, MailboxNode.Existence.UNREADABLE, BOX, 1, 1, 0, false, 0);
        assertThrows(IllegalArgumentException.class, () -> new DsyncEncoder().item(node));
    }

    @Test
    void aDateBefore1970IsSaidToFiltersAsTheFirstSecond() throws DsyncFormatException {
        MailChange early = new MailChange(
                MailChange.Type.SAVE,
                new Uid(1),
                null,
                null,
                ModSeq.NONE,
                ModSeq.NONE,
                Flags.NONE,
                Flags.NONE,
                Flags.NONE,
                false,
                List.of(),
                -5,
                9,
                Map.of());
        assertEquals(1, ((MailChange) again(early)).received());
    }

    @Test
    void textThatIsNoUnicodeIsNotSaid() {
        assertThrows(
                IllegalArgumentException.class, () -> new DsyncEncoder().item(Mail.of(new MailGuid("a\udc80"), 1)));
    }

    @Test
    void aBodyIsWrittenWhereItBelongsOnly() {
        DsyncEncoder encoder = new DsyncEncoder();
        assertThrows(IllegalStateException.class, () -> encoder.body(new byte[1], 0, 1));
        assertThrows(IllegalStateException.class, encoder::bodyEnd);
        encoder.item(Mail.of(new MailGuid("g"), 1));
        assertThrows(IllegalStateException.class, () -> encoder.item(new EndOfList()));
        assertArrayEquals(Wire.bytes("..a\n...b"), encoder.body(Wire.bytes("-.a\n..b-"), 1, 6));
        assertArrayEquals(Wire.bytes("\r\n.\r\n"), encoder.bodyEnd());
        assertArrayEquals(Wire.bytes(".\n"), encoder.item(new EndOfList()));
    }

    private static SyncItem again(SyncItem item) throws DsyncFormatException {
        return Objects.requireNonNull(
                Wire.heard(Wire.written(List.of(Said.of(item)))).said().get(0).item());
    }

    private static MailboxInfo info(boolean provisional, long digest, boolean incremental) {
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
                provisional,
                digest,
                incremental,
                BlockDigests.NONE,
                List.of());
    }
}
