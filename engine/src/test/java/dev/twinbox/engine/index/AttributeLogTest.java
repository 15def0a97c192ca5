package dev.twinbox.engine.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.twinbox.engine.index.AttributeLog.Change;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AttributeLogTest {
    private static final long TIME = 0x6b02732dL;

    /** Records of Dovecot 2.3.19: set, set, set, deleted. */
    private static final String RECORDS = "80808087000010002b70636f6d6d656e740000002d73026b10000000"
            .concat("80808087000010002b7376656e646f722f7800002d73026b00000000")
            .concat("80808087000010002b70776569726400000000002d73026b06000000")
            .concat("80808086000010002d70776569726400000000002e73026b");

    private static byte[] log(byte[] records) {
        byte[] header = IndexLogCodec.encodeHeader(IndexLogCodec.Header.of(7, 2, 0, 0, 7, 1));
        byte[] log = Arrays.copyOf(header, header.length + records.length);
        System.arraycopy(records, 0, log, header.length, records.length);
        return log;
    }

    private static List<Change> changes(byte[] records) {
        return AttributeLog.changes(new IndexFiles(null, log(records), null));
    }

    @Test
    void lastChangeOfEachEntryIsFound() {
        assertEquals(
                List.of(
                        new Change(false, "comment", false, TIME, 2, false),
                        new Change(true, "vendor/x", false, TIME, 3, false),
                        new Change(false, "weird", true, TIME + 1, 5, false)),
                changes(HexFormat.of().parseHex(RECORDS)));
    }

    @Test
    void recordsAreThoseOfDovecot() {
        byte[] ours = new IndexTransaction()
                .attributes(List.of(new Change(false, "comment", false, TIME, 0, true)), List.of(16))
                .encode(false);
        assertArrayEquals(HexFormat.of().parseHex(RECORDS.substring(0, 56)), ours);
        byte[] deleted = new IndexTransaction()
                .attributes(List.of(new Change(false, "weird", true, TIME + 1, 0, true)), List.of(0))
                .encode(false);
        assertArrayEquals(HexFormat.of().parseHex(RECORDS.substring(RECORDS.length() - 48)), deleted);
    }

    @Test
    void oneRecordHoldsSeveralAndCountsOnce() {
        List<Change> written = List.of(
                new Change(true, "a", false, 5, 2, true),
                new Change(false, "\u00e4/b", true, 6, 2, true),
                new Change(false, "ccc", false, 7, 2, true));
        byte[] record =
                new IndexTransaction().attributes(written, List.of(1, 0, 3)).encode(true);
        assertEquals(written, changes(record));
    }

    @Test
    void damagedRecordsDoNoHarm() {
        byte[] whole = HexFormat.of().parseHex(RECORDS);
        for (long seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] broken = whole.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            assertNotNull(changes(Arrays.copyOf(broken, random.nextInt(broken.length + 1))), "seed " + seed);
        }
    }
}
