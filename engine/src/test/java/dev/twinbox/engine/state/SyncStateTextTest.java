package dev.twinbox.engine.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.item.MailboxGuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class SyncStateTextTest {
    private static final MailboxGuid ARCHIVE = MailboxGuid.parse("cef5731ef528026b090300003776523c");
    private static final MailboxGuid INBOX = MailboxGuid.parse("c9bf8516f528026b070300003776523c");

    /** Printed by Dovecot 2.3.19.1 in five runs. */
    private static final List<String> CAPTURED = List.of(
            "AQAAAM71cx71KAJrCQMAADd2Ujz2KAJrAQAAAAEAAAAAAAAAAAAAAAAAAAABAAAAyb+FFvUoAmsHAwAAN3ZSPPUoAmsCAAAA"
                    + "AQAAAAAAAAAAAAAAAAAAAAIAAADtwzF6",
            "AQAAAM71cx71KAJrCQMAADd2Ujz2KAJrAQAAAAIAAAAAAAAAAAAAAAAAAAABAAAAyb+FFvUoAmsHAwAAN3ZSPPUoAmsCAAAA"
                    + "AwAAAAAAAAAAAAAAAAAAAAIAAACfxdH6",
            "AQAAAM71cx71KAJrCQMAADd2Ujz2KAJrAQAAAAIAAAAAAAAAAAAAAAAAAAABAAAAyb+FFvUoAmsHAwAAN3ZSPPUoAmsDAAAA"
                    + "BAAAAAAAAAAAAAAAAAAAAAIAAAArBrCa",
            "AQAAAM71cx71KAJrCQMAADd2Ujz2KAJrAQAAAAIAAAAAAAAAAAAAAAAAAAABAAAAyb+FFvUoAmsHAwAAN3ZSPPUoAmsDAAAA"
                    + "BgAAAAAAAAAAAAAAAAAAAAIAAACncH5Q",
            "AQAAAM71cx71KAJrCQMAADd2Ujz2KAJrAQAAAAIAAAAAAAAAAAAAAAAAAAABAAAAyb+FFvUoAmsHAwAAN3ZSPPUoAmsEAAAA"
                    + "BgAAAAAAAAAAAAAAAAAAAAMAAAC1INrZ");

    private static SyncState read(String text) {
        return assertInstanceOf(SyncStateText.Read.class, SyncStateText.decode(text), text)
                .state();
    }

    private static String problem(String text) {
        return assertInstanceOf(SyncStateText.Problem.class, SyncStateText.decode(text), text)
                .text();
    }

    private static byte[] bytes(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String withCrc(byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(body);
        ByteBuffer all = ByteBuffer.allocate(body.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        return text(all.put(body).putInt((int) crc.getValue()).array());
    }

    private static BoxState randomBox(SplittableRandom random) {
        return new BoxState(
                random.nextLong(1L << random.nextInt(1, 33)),
                random.nextLong(1L << random.nextInt(1, 33)),
                random.nextLong() >>> random.nextInt(1, 64),
                random.nextLong() >>> random.nextInt(1, 64),
                random.nextLong(1L << random.nextInt(1, 33)));
    }

    private static SyncState randomState(SplittableRandom random) {
        Map<MailboxGuid, BoxState> boxes = new LinkedHashMap<>();
        int count = random.nextInt(25);
        for (int i = 0; i < count; i++) {
            boxes.put(new MailboxGuid(random.nextLong(), random.nextLong()), randomBox(random));
        }
        return SyncState.of(boxes);
    }

    @Test
    void readsWhatDovecotPrintedAndWritesTheSame() {
        SyncState first = read(CAPTURED.get(0));
        assertEquals(new BoxState(1795303670, 1, 1, 0, 1), first.find(ARCHIVE).orElseThrow());
        assertEquals(new BoxState(1795303669, 2, 1, 0, 2), first.find(INBOX).orElseThrow());
        assertEquals(
                new BoxState(1795303669, 4, 6, 0, 3),
                read(CAPTURED.get(4)).find(INBOX).orElseThrow());
        for (String text : CAPTURED) {
            assertEquals(text, SyncStateText.encode(read(text)));
        }
    }

    @Test
    void noMailboxesAreWrittenAsDovecotWritesThem() {
        assertEquals("AQAAAHm4+Jk=", SyncStateText.encode(SyncState.EMPTY));
        assertSame(SyncState.EMPTY, read("AQAAAHm4+Jk="));
    }

    @Test
    void nothingIsTheStateOfAFirstRun() {
        assertSame(SyncState.EMPTY, read(""));
        assertSame(SyncState.EMPTY, read("\n"));
        assertSame(SyncState.EMPTY, read(" \t\r\n"));
    }

    @Test
    void blanksAndLineEndsAnywhereAreSkipped() {
        String text = CAPTURED.get(0);
        SyncState state = read(text);
        assertEquals(state, read(" \t" + text + "\r\n"));
        assertEquals(state, read(text.replaceAll("(.{76})", "$1\n")));
        assertSame(SyncState.EMPTY, read("AQAAAHm4+Jk ="));
    }

    @Test
    void whatIsNoBase64IsSaidInDovecotsWords() {
        String text = CAPTURED.get(0);
        String empty = "AQAAAHm4+Jk=";
        for (String broken : List.of(
                "!!!!",
                "A",
                "AA",
                "AAA",
                "====",
                text + "!",
                text.replace('A', '-'),
                "AQAAAHm4+Jk",
                empty + "=",
                empty + empty,
                empty + " A",
                text.replaceFirst("A", "\u0141"),
                text.replaceFirst("A", "\u0000"))) {
            assertEquals("Invalid base64 data", problem(broken), broken);
        }
    }

    @Test
    void wrongSizesAndSumsAreSaidInDovecotsWords() {
        assertEquals("Input too small", problem("AA=="));
        assertEquals("Input too small", problem("AB=="));
        for (int size = 1; size < 8; size++) {
            if (size != 4) {
                assertEquals("Input too small", problem(text(new byte[size])), size + " bytes");
            }
        }
        assertEquals("Input too small", problem(text(new byte[] {'a', 'b', 'c', 'd'})));
        assertEquals("CRC32 mismatch", problem(text(new byte[8])));
        assertEquals("Invalid input size", problem(text(new byte[9])));
        assertEquals("CRC32 mismatch", problem(text(new byte[8 + 44])));
        assertEquals("Invalid input size", problem(text(new byte[44])));
    }

    @Test
    void theVersionBytesAreNotLookedAt() {
        byte[] other = Arrays.copyOf(bytes(CAPTURED.get(0)), 92);
        other[0] = 2;
        other[3] = 9;
        assertEquals(read(CAPTURED.get(0)), read(withCrc(other)));
    }

    @Test
    void theFormBeforeVersionOneIsEmpty() {
        assertSame(SyncState.EMPTY, read(text(new byte[4])));
        for (int records = 1; records < 30; records++) {
            byte[] body = new byte[40 * records];
            new SplittableRandom(records).nextBytes(body);
            body[0] = 7;
            assertSame(SyncState.EMPTY, read(withCrc(body)), records + " records");
        }
    }

    @Test
    void aStateOfNineMailboxesIsNotTakenForTheOldForm() {
        SplittableRandom random = new SplittableRandom(9);
        Map<MailboxGuid, BoxState> boxes = new LinkedHashMap<>();
        for (int i = 0; i < 9; i++) {
            boxes.put(new MailboxGuid(random.nextLong(), random.nextLong()), randomBox(random));
        }
        SyncState state = SyncState.of(boxes);
        String text = SyncStateText.encode(state);
        assertEquals(404, bytes(text).length);
        assertEquals(state, read(text));
    }

    @Test
    void aModseqBeyondAllStoragesIsAProblem() {
        byte[] body = Arrays.copyOf(bytes(CAPTURED.get(0)), 92);
        body[4 + 31] = (byte) 0x80;
        assertEquals("Modseq out of range", problem(withCrc(body)));
    }

    @Test
    void aTruncatedStateIsNeverTakenForAWholeOne() {
        for (String text : CAPTURED) {
            for (int length = 1; length < text.length(); length++) {
                problem(text.substring(0, length));
            }
            byte[] whole = bytes(text);
            for (int length = 1; length < whole.length; length++) {
                problem(text(Arrays.copyOf(whole, length)));
            }
        }
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] whole = bytes(CAPTURED.get(0));
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals("CRC32 mismatch", problem(text(flipped)), "bit " + bit);
        }
    }

    @Test
    void anyTextAtAllGivesAStateOrAProblem() {
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] mess = new byte[random.nextInt(200)];
            random.nextBytes(mess);
            String latin = new String(mess, StandardCharsets.ISO_8859_1);
            SyncStateText.decode(latin);
            SyncStateText.decode(text(mess));
            SyncStateText.decode(withCrc(mess));
        }
    }

    @Test
    void whatIsWrittenIsReadBackInItsOrder() {
        for (long seed = 0; seed < 5_000; seed++) {
            SyncState state = randomState(new SplittableRandom(seed));
            String text = SyncStateText.encode(state);
            SyncState back = read(text + "\n");
            assertEquals(state, back, "seed " + seed);
            assertEquals(
                    new ArrayList<>(state.boxes().keySet()),
                    new ArrayList<>(back.boxes().keySet()),
                    "seed " + seed);
            assertEquals(text, SyncStateText.encode(back), "seed " + seed);
        }
    }

    @Test
    void aTextBeyondTheLimitIsNotDecoded() {
        assertEquals("Input too large", problem("A".repeat(SyncStateText.TEXT_MAX + 1)));
    }

    @Test
    void statesAreChangedByCopying() {
        SyncState first = read(CAPTURED.get(0));
        BoxState box = new BoxState(1, 2, 3, 4, 5);
        SyncState changed = first.with(ARCHIVE, box);
        assertEquals(box, changed.find(ARCHIVE).orElseThrow());
        assertEquals(1, first.find(ARCHIVE).orElseThrow().commonUid());
        assertEquals(List.of(ARCHIVE, INBOX), List.copyOf(changed.boxes().keySet()));
        assertTrue(first.without(ARCHIVE).find(ARCHIVE).isEmpty());
        assertSame(first, first.without(new MailboxGuid(1, 1)));
        assertEquals(first.without(ARCHIVE), first.only(Set.of(INBOX)));
        assertSame(first, first.only(Set.of(INBOX, ARCHIVE, new MailboxGuid(1, 1))));
        assertSame(SyncState.EMPTY, first.only(Set.of()));
        assertNotEquals(first, changed);
        assertThrows(UnsupportedOperationException.class, () -> first.boxes().clear());
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new BoxState(-1, 0, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new BoxState(1L << 32, 0, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new BoxState(0, 1L << 32, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new BoxState(0, 0, -1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new BoxState(0, 0, 0, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new BoxState(0, 0, 0, 0, 1L << 32));
    }
}
