package dev.twinbox.engine.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.protocol.item.Keywords;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of extensions that mean something to their storage: mdbox's {@code map}, {@code ref}, {@code mdbox}, {@code guid}. */
final class IndexRecordsTest {
    private static final int WIDE = 16;

    private final SystemClock clock = new SystemClock();
    private final SimHost host = new SimHost("here", 1);
    private final Disk disk = new RealDisk(clock);

    @TempDir
    Path temp;

    private DiskPath folder = DiskPath.of("/");

    @BeforeEach
    void setUp() {
        folder = DiskPath.of(temp.toString());
    }

    private IndexWriter lock() throws Exception {
        return IndexWriter.lock(disk, folder, IndexReader.PREFIX, clock, host, 0);
    }

    private IndexState read() throws Exception {
        return IndexReader.read(disk, folder, IndexReader.PREFIX).orElseThrow();
    }

    /** A mailbox whose mails have these records of 16 bytes and a number of 2. */
    private static IndexState state(Map<Long, byte[]> records, long nextUid, long highest) throws Exception {
        IndexState.Builder builder =
                IndexState.builder().uidValidity(7).nextUid(nextUid).highestModSeq(highest);
        byte[] wide = new byte[records.size() * WIDE];
        byte[] narrow = new byte[records.size() * 2];
        int row = 0;
        for (Map.Entry<Long, byte[]> entry : records.entrySet()) {
            builder.add(entry.getKey(), 0, Keywords.NONE, 1);
            System.arraycopy(entry.getValue(), 0, wide, row * WIDE, WIDE);
            System.arraycopy(entry.getValue(), 0, narrow, row * 2, 2);
            row++;
        }
        return builder.records(IndexExtension.of("wide", 0, new byte[] {1, 2, 3, 4}, WIDE, 1, wide))
                .records(IndexExtension.of("narrow", 0, new byte[0], 2, 2, narrow))
                .build();
    }

    private static void assertRecords(Map<Long, byte[]> expected, IndexState state, String message) {
        assertNull(state.damage(), message);
        assertEquals(expected.size(), state.size(), message);
        IndexExtension wide = state.extension("wide").orElseThrow();
        IndexExtension narrow = state.extension("narrow").orElseThrow();
        expected.forEach((uid, record) -> {
            int row = state.rowOf(uid);
            assertArrayEquals(record, wide.record(row), message + ", UID " + uid);
            assertArrayEquals(new byte[] {record[0], record[1]}, narrow.record(row), message + ", UID " + uid);
        });
    }

    @Test
    void writesRecordsWhicheverWayTheIndexIsWritten() throws Exception {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TreeMap<Long, byte[]> records = new TreeMap<>();
            long next = 1;
            long highest = 1;
            for (int step = 0; step < 5; step++) {
                records.values().removeIf(any -> random.nextInt(5) == 0);
                records.replaceAll((uid, record) -> random.nextInt(4) == 0 ? record(random) : record);
                for (int i = random.nextInt(4); i > 0; i--) {
                    records.put(next++, record(random));
                }
                highest += 20;
                IndexState wanted = state(records, next, highest);
                int way = random.nextInt(3);
                try (IndexWriter writer = lock()) {
                    switch (way) {
                        case 0 -> writer.replace(wanted, true, IndexWriter.Witness.NONE);
                        case 1 -> writer.advance(wanted, true, IndexWriter.Witness.NONE);
                        default -> writer.restate(wanted, true);
                    }
                    String what = "seed " + seed + " step " + step + " way " + way;
                    assertRecords(records, writer.state().orElseThrow(), what);
                    // What processes see that follow the log.
                    IndexFiles files = IndexFiles.read(disk, folder, IndexReader.PREFIX, false);
                    if (step == 0 && way == 2) {
                        assertRecords(records, IndexReader.assemble(files, false), what);
                    }
                }
                assertRecords(records, read(), "seed " + seed + " step " + step + " way " + way);
            }
        }
    }

    private static byte[] record(SplittableRandom random) {
        byte[] record = new byte[WIDE];
        if (random.nextInt(4) != 0) {
            random.nextBytes(record);
        }
        return record;
    }

    @Test
    void theLogAloneTellsRecordsThatChange() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        TreeMap<Long, byte[]> records =
                new TreeMap<>(Map.of(1L, record(random), 2L, record(random), 3L, record(random)));
        IndexState before = state(records, 4, 9);
        records.put(2L, record(random));
        records.put(3L, new byte[WIDE]);
        records.put(4L, record(random));
        IndexDiff.Result diff = IndexDiff.of(before, state(records, 5, 90), IndexWriter.Witness.NONE);
        try (IndexWriter writer = lock()) {
            writer.replace(before, true, IndexWriter.Witness.NONE);
        }
        try (IndexWriter writer = lock()) {
            writer.append(java.util.Objects.requireNonNull(diff).changes(), true);
        }
        assertRecords(records, read(), "after");
    }

    @Test
    void countsUpAndDown() throws Exception {
        byte[] ten = new byte[WIDE];
        ten[0] = 10;
        try (IndexWriter writer = lock()) {
            writer.replace(state(new TreeMap<>(Map.of(1L, ten, 2L, ten)), 3, 9), false, IndexWriter.Witness.NONE);
        }
        try (IndexWriter writer = lock()) {
            writer.append(
                    new IndexTransaction()
                            .append(3, 0)
                            .in("narrow", 0, 2, 2)
                            .record(3, new byte[] {(byte) 0xFF, 0})
                            .increment(3, 1)
                            .increment(1, -1)
                            .increment(1, -4)
                            .in("wide", 4, WIDE, 1)
                            .part(2, new byte[] {9})
                            .record(2, new byte[WIDE]),
                    false);
        }
        IndexState now = read();
        assertNull(now.damage());
        IndexExtension narrow = now.extension("narrow").orElseThrow();
        assertArrayEquals(new byte[] {5, 0}, narrow.record(0));
        assertArrayEquals(new byte[] {10, 0}, narrow.record(1));
        assertArrayEquals(new byte[] {0, 1}, narrow.record(2));
        IndexExtension wide = now.extension("wide").orElseThrow();
        assertArrayEquals(new byte[] {1, 2, 9, 4}, wide.header());
        assertArrayEquals(new byte[WIDE], wide.record(1));
    }

    @Test
    void refusesRecordsOfNothing() {
        IndexTransaction changes = new IndexTransaction();
        assertThrows(IllegalStateException.class, () -> changes.increment(1, 2));
        changes.in("narrow", 0, 2, 2).nextUid(9);
        assertThrows(IllegalStateException.class, () -> changes.increment(1, 1));
        assertThrows(IllegalArgumentException.class, () -> changes.in("narrow", 0, 2, 2)
                .record(1, new byte[3]));
    }

    @Test
    void saysThatNothingIsLeftToDo() throws Exception {
        try (IndexWriter writer = lock()) {
            writer.replace(state(new TreeMap<>(), 1, 1), false, IndexWriter.Witness.NONE);
        }
        for (int i = 1; i < 4; i++) {
            long end;
            try (IndexWriter writer = lock()) {
                end = writer.appendSettled(new IndexTransaction().append(i, 0));
            }
            byte[] log = disk.readAll(folder.resolve("dovecot.index.log"), IndexLogCodec.LOG_BYTES_MAX);
            assertEquals(log.length, end);
            assertEquals(end, Bytes.u32(log, log.length - 4));
            assertEquals(i, read().size());
        }
    }

    @Test
    void exchangesALongLogForWhatItSays() throws Exception {
        try (IndexWriter writer = lock()) {
            writer.replace(state(new TreeMap<>(), 1, 1), false, IndexWriter.Witness.NONE);
        }
        int mails = 40_000;
        try (IndexWriter writer = lock()) {
            IndexTransaction changes = new IndexTransaction();
            for (int i = 1; i <= mails; i++) {
                changes.append(i, 0);
            }
            changes.in("wide", 4, WIDE, 1);
            for (int i = 1; i <= mails; i++) {
                byte[] record = new byte[WIDE];
                Bytes.put32(record, 0, i);
                changes.record(i, record);
            }
            writer.appendSettled(changes);
            writer.rotateIfLong();
        }
        assertEquals(
                40, disk.stat(folder.resolve("dovecot.index.log")).orElseThrow().size());
        IndexState now = read();
        assertNull(now.damage());
        assertEquals(mails, now.size());
        assertEquals(mails, Bytes.u32(now.extension("wide").orElseThrow().record(mails - 1), 0));
    }
}
