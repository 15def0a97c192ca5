package dev.twinbox.engine.index;

import static dev.twinbox.engine.index.IndexSamples.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.index.IndexWriter.Witness;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.protocol.item.Keywords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Changes of a few mails that are appended to the log while the snapshot stays as it is. */
final class IndexAmendTest {
    private static final DiskPath FOLDER = DiskPath.of("/index");
    private static final byte[] SUM = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6};

    private final SimClock clock = new SimClock();
    private SimDisk disk = new SimDisk(clock);

    private IndexWriter lock() throws IOException {
        return IndexWriter.lock(disk, FOLDER, IndexReader.PREFIX, clock, new SimHost("here", 1), 0);
    }

    private IndexState read() throws IOException {
        return IndexReader.read(disk, FOLDER, IndexReader.PREFIX).orElseThrow();
    }

    private IndexState readHeader() throws IOException {
        return IndexReader.readHeader(disk, FOLDER, IndexReader.PREFIX).orElseThrow();
    }

    private byte[] file(String suffix) throws IOException {
        return disk.readAll(FOLDER.resolve(IndexReader.PREFIX + suffix), 1 << 20);
    }

    private static byte[] guid(long uid) {
        byte[] guid = new byte[IndexTransaction.GUID_SIZE];
        Bytes.put64(guid, 0, uid);
        return guid;
    }

    private static final Witness WITNESS = IndexAmendTest::guid;

    private void start(SplittableRandom random, boolean tracking) throws IOException {
        disk = new SimDisk(clock).folders(FOLDER);
        IndexState.Builder builder = IndexState.builder()
                .uidValidity(7)
                .tracking(tracking)
                .extension(IndexExtension.ofHeader("maildir", new byte[] {1, 2, 3}));
        long uid = 0;
        for (int i = random.nextInt(30); i > 0; i--) {
            uid += 1 + random.nextInt(3);
            builder.add(uid, random.nextInt(32), IndexSamples.keywords(random), tracking ? 5L + i : 0);
        }
        try (IndexWriter writer = lock()) {
            writer.replace(builder.nextUid(uid + 1).highestModSeq(60).build(), false, WITNESS);
        }
        if (random.nextBoolean()) {
            try (IndexWriter writer = lock()) {
                writer.append(new IndexTransaction().extensionHeader("hdr-vsize", SUM), false);
            }
        }
    }

    /** Some changes, as an amendment says them, and all that should be there afterwards. */
    private record Changes(IndexState some, List<Long> gone, IndexState all) {}

    private static Changes changes(IndexState old, SplittableRandom random, int room) throws IOException {
        List<Long> gone = new ArrayList<>();
        IndexState.Builder some = IndexState.builder();
        IndexState.Builder all = IndexState.builder();
        List<IndexState.Builder> both = List.of(some, all);
        byte[] header = {1, 2, (byte) random.nextInt()};
        long modSeq = old.highestModSeq() + room;
        long next = old.header().nextUid();
        for (IndexState.Builder each : both) {
            each.uidValidity(7).tracking(true).keywordNames(old.keywordNames());
            each.extension(IndexExtension.ofHeader("maildir", header));
        }
        for (int row = 0; row < old.size(); row++) {
            int what = random.nextInt(8);
            if (what == 1) {
                int flags = random.nextInt(32);
                Keywords keywords = IndexSamples.keywords(random);
                for (IndexState.Builder each : both) {
                    each.add(old.uid(row), flags, keywords, modSeq);
                }
            } else if (what == 2) {
                gone.add(old.uid(row));
            } else {
                all.add(old.uid(row), old.flags(row), old.keywords(row), old.modSeq(row));
            }
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            Keywords keywords = IndexSamples.keywords(random);
            for (IndexState.Builder each : both) {
                each.add(next, 8, keywords, modSeq);
            }
            next++;
        }
        for (IndexState.Builder each : both) {
            each.nextUid(next).firstRecentUid(next).highestModSeq(modSeq);
        }
        return new Changes(some.build(), gone, all.build());
    }

    private boolean amend(Changes changes, boolean exact) throws IOException {
        IndexState old = read();
        try (IndexWriter writer = lock()) {
            writer.reuse(old);
            return writer.amend(changes.some(), changes.gone(), exact, true, WITNESS);
        }
    }

    @Test
    void itSaysWhatANewSnapshotWouldSay() throws IOException {
        for (long seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            start(random, true);
            byte[] snapshot = file("");
            for (int step = 0; step < 4; step++) {
                String what = "seed " + seed + " step " + step;
                IndexState old = read();
                Changes changes = changes(old, random, 40);
                assertTrue(amend(changes, random.nextBoolean()), what);
                IndexState now = read();
                assertNull(now.damage(), what);
                assertSame(changes.all(), now, what);
                assertArrayEquals(
                        changes.all().extension("maildir").orElseThrow().header(),
                        now.extension("maildir").orElseThrow().header(),
                        what);
                assertTrue(now.isSettled(), what);
                assertEquals(now.size(), now.settledMessages(), what);
                assertTrue(readHeader().isSettled(), what);
                assertEquals(now.size(), readHeader().settledMessages(), what);
                boolean mailsDiffer = !changes.gone().isEmpty()
                        || now.header().nextUid() > old.header().nextUid();
                old.extension("hdr-vsize")
                        .ifPresent(sum -> assertArrayEquals(
                                mailsDiffer ? new byte[SUM.length] : sum.header(),
                                now.extension("hdr-vsize").orElseThrow().header(),
                                what));
            }
            assertArrayEquals(snapshot, file(""), "the snapshot stays");
        }
    }

    @Test
    void theHistoryTellsWhatItChanged() throws IOException {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            start(random, true);
            long before = read().highestModSeq();
            Changes changes = changes(read(), random, 40);
            assertTrue(amend(changes, true));
            IndexHistory history =
                    IndexHistory.since(disk, FOLDER, IndexReader.PREFIX, before).orElseThrow();
            List<Long> gone = new ArrayList<>();
            for (IndexHistory.Expunge expunge : history.expunges()) {
                gone.add(expunge.uid());
                assertTrue(expunge.bySync(), "seed " + seed);
            }
            assertEquals(changes.gone(), gone, "seed " + seed);
        }
    }

    @Test
    void whoeverWritesNextEndsWhatItSaid() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        start(random, true);
        assertTrue(amend(changes(read(), random, 40), true));
        assertTrue(readHeader().isSettled());
        try (IndexWriter writer = lock()) {
            writer.append(new IndexTransaction().nextUid(5000), false);
        }
        assertFalse(readHeader().isSettled());
        assertFalse(read().isSettled());
        try (IndexWriter writer = lock()) {
            writer.renewSnapshot();
        }
        assertTrue(readHeader().isSettled());
        assertEquals(read().size(), readHeader().settledMessages());
    }

    /** Nothing is written where it cannot be told so. */
    private void assertRefused(Changes changes, boolean exact) throws IOException {
        byte[] log = file(".log");
        assertFalse(amend(changes, exact));
        assertArrayEquals(log, file(".log"));
    }

    @Test
    void withoutRoomForItsRecordsAnExactOneIsRefused() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        start(random, true);
        Changes changes = changes(read(), random, 0);
        assertTrue(changes.some().size() + changes.gone().size() > 0);
        assertRefused(changes, true);
        assertTrue(amend(changes, false), "HIGHESTMODSEQ may rise");
    }

    @Test
    void whereModseqsWereNotTrackedItIsRefused() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        start(random, false);
        assertRefused(changes(read(), random, 40), false);
    }

    @Test
    void anIndexThatHasChangedSinceItWasReadIsRefused() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        start(random, true);
        IndexState old = read();
        Changes changes = changes(old, random, 40);
        try (IndexWriter writer = lock()) {
            writer.append(new IndexTransaction().nextUid(5000), false);
        }
        try (IndexWriter writer = lock()) {
            writer.reuse(old);
            assertFalse(writer.amend(changes.some(), changes.gone(), false, true, WITNESS));
        }
    }

    @Test
    void aLogThatHasGrownLongIsLeftToBeExchanged() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        start(random, true);
        clock.advanceMillis(400_000);
        int amended = 0;
        while (amend(changes(read(), random, 40), true)) {
            amended++;
        }
        assertTrue(amended > 10, amended + " times");
        assertTrue(file(".log").length < 32 << 10);
        assertRefused(changes(read(), random, 40), true);
    }
}
