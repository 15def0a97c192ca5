package dev.twinbox.engine.storage.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailboxGuid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ListIndexTest {
    private static final MailboxGuid ONE = new MailboxGuid(1, 1);
    private static final MailboxGuid TWO = new MailboxGuid(1, 2);
    private static final DiskPath FOLDER = DiskPath.of("/mail");

    private final SimClock clock = new SimClock();

    private static List<String> path(String name) {
        return List.of(name.split("/"));
    }

    /** What there is, a folder with {@code -} in place of its GUID. */
    private static String names(ListIndex list) {
        Map<String, String> sorted = new TreeMap<>();
        list.entries().forEach((path, entry) -> {
            MailboxGuid guid = entry.guid();
            sorted.put(String.join("/", path), guid == null ? "-" : guid.low() + ":" + entry.uidValidity());
        });
        return sorted.toString();
    }

    private static ListIndex two() throws Exception {
        ListIndex list = ListIndex.empty();
        list.add(path("A/B"), ONE, 7);
        list.add(path("C"), TWO, 8);
        return list;
    }

    /** Two and one more. */
    private static ListIndex three() throws Exception {
        ListIndex list = two();
        list.add(path("A"), new MailboxGuid(1, 3), 1);
        return list;
    }

    @Test
    void aMailboxIsUnderItsNameAlone() throws Exception {
        ListIndex list = two();
        assertEquals("{A/B=1:7, C=2:8}", names(list));
        assertEquals(ONE, list.mailbox(path("A/B")));
        assertNull(list.mailbox(path("A")));
        assertThrows(NotPossibleException.class, () -> list.add(path("C"), ONE, 7));
        list.add(path("A"), ONE, 9);
        assertEquals("{A=1:9, A/B=1:7, C=2:8}", names(list));
        list.add(path("C"), TWO, 9);
        assertEquals("{A=1:9, A/B=1:7, C=2:9}", names(list));
    }

    @Test
    void whatIsBelowGoesAlong() throws Exception {
        ListIndex list = three();
        assertThrows(NotPossibleException.class, () -> list.rename(path("A"), path("C")));
        assertThrows(NotPossibleException.class, () -> list.rename(path("A"), path("A/D")));
        list.rename(path("A"), path("X/Y"));
        assertEquals("{C=2:8, X/Y=3:1, X/Y/B=1:7}", names(list));
        list.rename(path("X"), path("X"));
        assertEquals("{C=2:8, X/Y=3:1, X/Y/B=1:7}", names(list));
        // A name that only others below it make be there is free, and theirs stay below it.
        list.rename(path("C"), path("X"));
        assertEquals("{X=2:8, X/Y=3:1, X/Y/B=1:7}", names(list));
        ListIndex up = two();
        up.rename(path("A/B"), path("A"));
        assertEquals("{A=1:7, C=2:8}", names(up));
    }

    @Test
    void aDeletedMailboxLeavesWhatIsBelow() throws Exception {
        ListIndex list = three();
        list.addFolder(path("F"));
        list.addFolder(path("C"));
        list.remove(path("A"));
        assertEquals("{A/B=1:7, C=2:8, F=-}", names(list));
        list.remove(path("F"));
        list.remove(path("A/B"));
        list.remove(path("no such"));
        assertEquals("{C=2:8}", names(list));
        ListIndex parent = three();
        parent.remove(path("A/B"));
        assertEquals("{A=3:1, C=2:8}", names(parent));
    }

    /** In a list that somebody else has made so. */
    @Test
    void ofTwoMailboxesOfOneNameTheElderIsMeantUntilItGoes() throws Exception {
        byte[] header = bytes("0001000000494e424f580000000000");
        byte[] records = new byte[2 * 28];
        records[0] = 1;
        records[8] = 3;
        records[28] = 1;
        records[28 + 8] = 4;
        ListIndex list = ListIndex.of(index(header, records));
        MailboxGuid elder = Objects.requireNonNull(list.mailbox(path("INBOX")));
        list.remove(path("INBOX"));
        MailboxGuid younger = Objects.requireNonNull(list.mailbox(path("INBOX")));
        assertNotEquals(elder, younger);
        list.remove(path("INBOX"));
        assertEquals("{}", names(list));
    }

    @Test
    void isTheSameWhenItIsReadAgain() throws Exception {
        SimDisk disk = new SimDisk(clock).folders(FOLDER);
        SplittableRandom random = new SplittableRandom(5);
        ListIndex list = ListIndex.empty();
        int appended = 0;
        for (int i = 0; i < 400; i++) {
            List<String> path = path("L" + random.nextInt(4) + "/M" + random.nextInt(6) + (i % 3 == 0 ? "/N" : ""));
            try {
                switch (random.nextInt(4)) {
                    case 0 -> list.remove(path);
                    case 1 -> list.rename(path, path("R" + random.nextInt(9) + "/S" + i));
                    case 2 -> list.addFolder(path);
                    default -> list.add(path, new MailboxGuid(2, i), i + 1);
                }
            } catch (NotPossibleException e) {
                continue;
            }
            if (random.nextInt(3) > 0) {
                appended += write(disk, list) ? 1 : 0;
                assertEquals(names(list), names(read(disk)), "step " + i);
            }
            if (random.nextInt(4) == 0 && !list.isChanged()) {
                list = read(disk);
                assertEquals(List.of(), list.problems(), "step " + i);
            }
        }
        assertTrue(appended > 100, "only " + appended + " were appended");
        assertTrue(header(disk).length < 2048, "levels that are not used any more stay");
    }

    private static byte[] header(SimDisk disk) throws IOException {
        return IndexReader.read(disk, FOLDER, ListIndex.PREFIX)
                .orElseThrow()
                .extension("list")
                .orElseThrow()
                .header();
    }

    /** More than the short form of a log's record can tell. */
    @Test
    void thousandsOfNamesFit() throws Exception {
        SimDisk disk = new SimDisk(clock).folders(FOLDER);
        ListIndex list = ListIndex.empty();
        for (int i = 0; i < 1500; i++) {
            list.add(path("a mailbox with a name of its own, one of very many " + i), new MailboxGuid(3, i), 1);
        }
        write(disk, list);
        list = read(disk);
        list.add(path("another"), ONE, 1);
        assertTrue(write(disk, list));
        assertEquals(1501, read(disk).entries().size());
    }

    /** Returns whether it was appended. */
    private boolean write(SimDisk disk, ListIndex list) throws IOException {
        try (IndexWriter writer = IndexWriter.lock(disk, FOLDER, ListIndex.PREFIX, clock, new SimHost("here", 7), 0)) {
            if (list.isTellable()) {
                writer.appendSettled(list.changes());
                return true;
            }
            IndexState old = writer.state().orElse(null);
            writer.advance(list.toState(old, 1_700_000_000), false, IndexWriter.Witness.NONE);
            return false;
        }
    }

    private static ListIndex read(SimDisk disk) throws IOException {
        return ListIndex.of(IndexReader.read(disk, FOLDER, ListIndex.PREFIX).orElseThrow());
    }

    /** As Dovecot 2.3.19 has written them. */
    @Test
    void readsWhatDovecotWrites() throws Exception {
        byte[] header = bytes("0001000000494e424f580002000000576f726b0003000000537562000000000000");
        byte[] records = bytes("01000000000000005f94ba266bd3036be319000083ecc3756bd3036b"
                + "0200000000000000eba7a3276bd3036be719000083ecc3756cd3036b"
                + "0300000002000000eea7a3276bd3036be719000083ecc3756dd3036b");
        ListIndex list = ListIndex.of(index(header, records));
        assertEquals(
                Set.of(path("INBOX"), path("Work"), path("Work/Sub")),
                list.entries().keySet());
        ListIndex.Entry sub = list.entries().get(path("Work/Sub"));
        assertEquals(new ListIndex.Entry(MailboxGuid.parse("eea7a3276bd3036be719000083ecc375"), 0x6b03d36dL), sub);
    }

    private static byte[] bytes(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }

    private static IndexState index(byte[] header, byte[] records) throws IOException {
        IndexState.Builder builder = IndexState.builder().uidValidity(7).nextUid(4);
        for (int uid = 1; uid <= records.length / 28; uid++) {
            builder.add(uid, 2, Keywords.NONE, 0);
        }
        return builder.records(IndexExtension.of("list", 0, header, 28, 4, records))
                .build();
    }

    @Test
    void damageNamesWhatIsLostAndIsNeverAFault() throws Exception {
        byte[] header = bytes("0001000000494e424f580002000000576f726b0003000000537562000000000000");
        byte[] records = new byte[3 * 28];
        for (int i = 0; i < 3; i++) {
            records[28 * i] = (byte) (i + 1);
            records[28 * i + 4] = (byte) i;
            records[28 * i + 8] = 1;
        }
        assertEquals(3, ListIndex.of(index(header, records)).entries().size());
        assertThrows(CorruptStoreException.class, () -> ListIndex.of(index(Arrays.copyOf(header, 8), records)));
        byte[] nameless = header.clone();
        nameless[1] = 9;
        assertFalse(ListIndex.of(index(nameless, records)).problems().isEmpty());
        byte[] round = records.clone();
        round[4] = 3; // each is below another one
        assertEquals(Map.of(), ListIndex.of(index(header, round)).entries());
        SplittableRandom random = new SplittableRandom(1);
        int read = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] badHeader = header.clone();
            byte[] badRecords = records.clone();
            byte[] bad = random.nextBoolean() ? badHeader : badRecords;
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                ListIndex list = ListIndex.of(index(badHeader, badRecords));
                list.entries();
                list.add(path("INBOX/New"), TWO, 3);
                list.remove(path("INBOX"));
                list.rename(path("Work"), path("Other/Work"));
                list.changes();
                list.toState(null, 1);
                read++;
            } catch (CorruptStoreException | NotPossibleException e) {
                assertTrue(String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8).length > 0);
            }
        }
        assertTrue(read > 1000, "only " + read + " could be read");
    }
}
