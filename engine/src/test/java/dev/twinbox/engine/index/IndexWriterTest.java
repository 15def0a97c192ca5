package dev.twinbox.engine.index;

import static dev.twinbox.engine.index.IndexSamples.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.index.IndexWriter.Witness;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IndexWriterTest {
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

    private void replace(IndexState state) throws Exception {
        try (IndexWriter writer = lock()) {
            writer.replace(state, false, IndexWriterTest::guid);
        }
    }

    private static byte[] guid(long uid) {
        byte[] guid = new byte[16];
        Bytes.put64(guid, 0, uid);
        guid[15] = 1;
        return guid;
    }

    @Test
    void makesAnIndexWhereThereIsNone() throws Exception {
        IndexState state = IndexSamples.random(new SplittableRandom(1), 30);

        replace(state);

        assertSame(state, read(), "after");
        assertEquals(0600, disk.mode(folder.resolve("dovecot.index.log")));
        assertEquals(2, disk.list(folder).size());
    }

    @Test
    void replacesAnythingByAnythingExactly() throws Exception {
        for (long seed = 0; seed < 150; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            replace(IndexSamples.random(random, 40));
            for (int step = 0; step < 3; step++) {
                IndexState next = random.nextInt(3) == 0 ? IndexSamples.random(random, 40) : changed(read(), random);
                replace(next);
                String what = "seed " + seed + " step " + step;
                assertNull(read().damage(), what);
                assertSame(next, read(), what);
                IndexState header =
                        IndexReader.readHeader(disk, folder, IndexReader.PREFIX).orElseThrow();
                assertEquals(next.highestModSeq(), header.highestModSeq(), what);
                assertEquals(next.header().nextUid(), header.header().nextUid(), what);
            }
        }
    }

    /** Dovecot 2.3.19 reads before the names of such an extension and crashes. */
    @Test
    void neverWritesAKeywordExtensionWithoutAKeyword() throws Exception {
        IndexState.Builder one = IndexState.builder().uidValidity(7).nextUid(2);
        replace(one.add(1, 0, Keywords.of(List.of("work")), 1).build());
        assertTrue(read().extension(IndexExtension.KEYWORDS).isPresent());
        replace(IndexState.builder()
                .uidValidity(7)
                .nextUid(2)
                .highestModSeq(50)
                .add(1, 0, Keywords.NONE, 1)
                .build());
        assertTrue(read().extension(IndexExtension.KEYWORDS).isEmpty()
                || !read().keywordNames().isEmpty());
    }

    /** A state that came from another by what happens in mailboxes. */
    private static IndexState changed(IndexState old, SplittableRandom random) throws Exception {
        long modSeq = old.highestModSeq() + 20;
        long next = old.header().nextUid();
        IndexState.Builder builder =
                IndexState.builder().uidValidity(old.header().uidValidity()).tracking(random.nextBoolean());
        for (int row = 0; row < old.size(); row++) {
            int what = random.nextInt(4);
            if (what == 1) {
                builder.add(old.uid(row), random.nextInt(32), IndexSamples.keywords(random), ++modSeq);
            } else if (what != 2) {
                builder.add(old.uid(row), old.flags(row), old.keywords(row), old.modSeq(row));
            }
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            builder.add(next++, 0, IndexSamples.keywords(random), ++modSeq);
        }
        return builder.nextUid(next)
                .firstRecentUid(next)
                .highestModSeq(modSeq + random.nextInt(2))
                .build();
    }

    @Test
    void theHistoryTellsWhatAReplacementChanged() throws Exception {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            replace(IndexSamples.random(random, 40));
            IndexState before = read();
            IndexState after = changed(before, random);
            replace(after);
            String what = "seed " + seed;

            Optional<IndexHistory> found = IndexHistory.since(disk, folder, IndexReader.PREFIX, before.highestModSeq());
            assertTrue(found.isPresent(), what);
            IndexHistory history = found.get();

            Set<Long> gone = new HashSet<>();
            for (int row = 0; row < before.size(); row++) {
                if (after.rowOf(before.uid(row)) < 0) {
                    gone.add(before.uid(row));
                }
            }
            for (IndexHistory.Expunge expunge : history.expunges()) {
                assertTrue(gone.remove(expunge.uid()), what);
                assertEquals(java.util.HexFormat.of().formatHex(guid(expunge.uid())), expunge.guid(), what);
            }
            assertEquals(Set.of(), gone, what);
            for (int row = 0; row < after.size(); row++) {
                int there = before.rowOf(after.uid(row));
                boolean differs = there < 0
                        || before.flags(there) != after.flags(row)
                        || !before.keywords(there).sameAs(after.keywords(row));
                assertEquals(differs, history.isChanged(row), what + " uid " + after.uid(row));
                assertEquals(there < 0, history.isAppended(row), what);
                if (there >= 0) {
                    assertEquals(
                            after.flags(row) & ~before.flags(there),
                            history.added(row).bits(),
                            what);
                    assertEquals(
                            before.flags(there) & ~after.flags(row),
                            history.removed(row).bits(),
                            what);
                }
            }
            assertTrue(IndexHistory.since(disk, folder, IndexReader.PREFIX, 1).isEmpty(), what);
        }
    }

    /** What a mail that got another UID was like before tells who made it so. */
    @Test
    void whatOthersHadMadeOfAMailThatGoesIsTold() throws Exception {
        for (Keywords old : List.of(Keywords.NONE, Keywords.of(List.of("old")))) {
            IndexState before = IndexState.builder()
                    .uidValidity(5)
                    .nextUid(2)
                    .tracking(true)
                    .add(1, Flags.DRAFT, old, 1)
                    .build();
            replace(before);
            IndexState after = IndexState.builder()
                    .uidValidity(5)
                    .nextUid(3)
                    .highestModSeq(20)
                    .tracking(true)
                    .keywordNames(old.names())
                    .add(2, Flags.SEEN, Keywords.of(List.of("New")), 20)
                    .build();
            try (IndexWriter writer = lock()) {
                writer.replace(after, true, new IndexWriter.Witness() {
                    @Override
                    public byte[] guid(long uid) {
                        return IndexWriterTest.guid(uid);
                    }

                    @Override
                    public IndexWriter.Found found(long uid) {
                        return new IndexWriter.Found(Flags.SEEN, Keywords.of(List.of("new", "nowhere")));
                    }
                });
            }

            assertNull(read().damage());
            assertSame(after, read(), "with " + old);
            IndexHistory history =
                    IndexHistory.known(disk, folder, IndexReader.PREFIX, 0).orElseThrow();
            IndexHistory.News news = history.before(1);
            assertEquals(Flags.SEEN, news.added().bits());
            assertEquals(Flags.DRAFT, news.removed().bits());
            Map<String, Boolean> words = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            words.putAll(news.keywords());
            assertEquals(old.isEmpty() ? Map.of("New", true) : Map.of("New", true, "old", false), words);
            assertTrue(history.isBySyncOnly(0));
            disk.unlink(folder.resolve("dovecot.index.log"));
            disk.unlink(folder.resolve("dovecot.index"));
        }
    }

    @Test
    void appendsAndCounts() throws Exception {
        replace(IndexState.builder()
                .uidValidity(5)
                .highestModSeq(10)
                .tracking(true)
                .build());
        try (IndexWriter writer = lock()) {
            IndexTransaction changes = new IndexTransaction()
                    .append(1, 0)
                    .append(2, 8)
                    .keyword("One", true, 1, 2)
                    .flags(1, 1, 2, 0)
                    .modSeq(1, 40)
                    .expunge(2, guid(2))
                    .extensionHeader("maildir", new byte[36])
                    .nextUid(9);
            assertEquals(41, writer.append(changes, true));
            assertEquals(41, writer.state().orElseThrow().highestModSeq());
        }
        assertEquals("5 9 1 41\n1 2 [One] 40\n", IndexSamples.text(read()));
        assertEquals(36, read().extension("maildir").orElseThrow().header().length);
        IndexHistory history =
                IndexHistory.since(disk, folder, IndexReader.PREFIX, 10).orElseThrow();
        assertTrue(history.isBySyncOnly(0));
        assertEquals(List.of(), history.keywordsAdded(0), "what a sync did is no news");
        assertTrue(history.expunges().get(0).bySync());
    }

    @Test
    void historyGoesOnUntilALongLogIsExchangedTwice() throws Exception {
        IndexState.Builder mails = IndexState.builder().uidValidity(5).nextUid(20);
        for (int uid = 1; uid <= 9; uid++) {
            mails.add(uid, 0, Keywords.NONE, 0);
        }
        replace(mails.build());
        for (int gone = 1; gone <= 8; gone++) {
            IndexState.Builder rest = IndexState.builder().uidValidity(5).nextUid(20);
            for (int uid = gone + 1; uid <= 9; uid++) {
                rest.add(uid, 0, Keywords.NONE, 0);
            }
            try (IndexWriter writer = lock()) {
                writer.advance(rest.build(), true, IndexWriterTest::guid);
                if (gone == 4 || gone == 6) {
                    IndexTransaction nothing = new IndexTransaction();
                    for (int i = 0; i < 90_000; i++) {
                        nothing.modSeq(0, 1);
                    }
                    writer.append(nothing, true);
                }
            }
            IndexHistory known =
                    IndexHistory.known(disk, folder, IndexReader.PREFIX, 0).orElseThrow();
            assertEquals(gone < 7, known.reachesBack(), "gone " + gone);
            assertEquals(gone < 7 ? gone : gone - 5, known.expunges().size(), "gone " + gone);
            assertEquals(gone + 1, read().highestModSeq());
        }
    }

    @Test
    void aUserCountsUntilASyncTouchesTheSameFlag() throws Exception {
        replace(IndexState.builder()
                .uidValidity(5)
                .nextUid(2)
                .add(1, 0, Keywords.NONE, 0)
                .build());
        try (IndexWriter writer = lock()) {
            writer.append(
                    new IndexTransaction()
                            .flags(1, 1, 3, 0)
                            .keyword("a", true, 1, 1)
                            .append(2, 8),
                    false);
            assertEquals(2, history().unsynced());
            assertEquals(0, history().added(1).bits(), "what a mail comes with is no change");
            writer.append(new IndexTransaction().flags(1, 1, 0, 2).keyword("A", false, 1, 1), true);
            assertEquals(1, history().added(0).bits());
            assertEquals(0, history().removed(0).bits());
            assertEquals(List.of(), history().keywordsAdded(0));
            assertEquals(List.of(), history().keywordsRemoved(0));
            assertEquals(Long.MAX_VALUE, history().unsynced());
        }
    }

    private IndexHistory history() throws Exception {
        return IndexHistory.since(
                        new IndexFiles(
                                disk.readAll(folder.resolve("dovecot.index"), 1 << 20),
                                disk.readAll(folder.resolve("dovecot.index.log"), 1 << 20),
                                null),
                        1)
                .orElseThrow();
    }

    @Test
    void refusesToAppendBehindHalfARecord() throws Exception {
        replace(IndexState.builder().uidValidity(5).build());
        DiskPath log = folder.resolve("dovecot.index.log");
        try (DiskFile file = disk.openWrite(log, false)) {
            file.append(ByteBuffer.wrap(IndexSamples.hex("80808084020000")));
        }
        try (IndexWriter writer = lock()) {
            IndexTransaction changes = new IndexTransaction().append(1, 0);
            assertThrows(IndexFormatException.class, () -> writer.append(changes, false));
            writer.replace(
                    IndexState.builder()
                            .uidValidity(6)
                            .add(4, 1, Keywords.NONE, 3)
                            .build(),
                    false,
                    IndexWriter.Witness.NONE);
        }
        assertNull(read().damage());
        assertEquals(1, read().size());
    }

    @Test
    void anotherWriterHasToWait() throws Exception {
        try (IndexWriter first = lock()) {
            assertThrows(LockBusyException.class, this::lock);
            assertTrue(first.state().isEmpty());
        }
        replace(IndexState.builder().uidValidity(5).build());
        try (IndexWriter second = lock()) {
            assertThrows(LockBusyException.class, this::lock);
            second.replace(IndexState.builder().uidValidity(5).build(), false, IndexWriter.Witness.NONE);
            assertThrows(LockBusyException.class, this::lock);
        }
        lock().close();
    }

    @Test
    void leavesNothingBehindIfNothingIsWritten() throws Exception {
        lock().close();

        assertEquals(0, disk.list(folder).size());
    }

    @Test
    void keepsExtensionsItDoesNotKnow() throws Exception {
        IndexExtension foreign =
                IndexExtension.of("strange", 9, new byte[] {1, 2, 3}, 3, 1, new byte[] {1, 2, 3, 4, 5, 6});
        IndexState two = IndexState.builder()
                .add(1, 0, Keywords.NONE, 0)
                .add(2, 0, Keywords.NONE, 0)
                .build();
        replace(IndexState.builder()
                .uidValidity(5)
                .add(1, 0, Keywords.NONE, 0)
                .add(2, 0, Keywords.NONE, 0)
                .extension(foreign, two)
                .build());

        replace(IndexState.builder()
                .uidValidity(5)
                .highestModSeq(30)
                .add(2, 0, Keywords.NONE, 0)
                .add(3, 0, Keywords.NONE, 0)
                .build());

        IndexExtension kept = read().extension("strange").orElseThrow();
        assertEquals(9, kept.resetId());
        assertEquals("040506", java.util.HexFormat.of().formatHex(kept.record(0)));
        assertEquals("000000", java.util.HexFormat.of().formatHex(kept.record(1)));
        assertFalse(read().isTracking());
    }

    /** Without a name a Dovecot would wait for three minutes for whoever died with it. */
    @Test
    void whoMakesALogIsNamedAllTheWhile() throws Exception {
        SimClock time = new SimClock();
        for (int step = 0; ; step++) {
            SimDisk simulated = new SimDisk(time);
            DiskPath box = DiskPath.of("/box");
            simulated.makeFolder(box, 0700);
            DiskPath newLog = box.resolve("dovecot.index.log.newlock");
            SimHost maker = new SimHost("here", 41);
            FaultDisk faulty = new FaultDisk(simulated).crashAt(step, FaultDisk.Moment.AFTER);
            boolean done = false;
            try (IndexWriter writer = IndexWriter.lock(faulty, box, IndexReader.PREFIX, time, maker, 0)) {
                assertEquals("41:here", new String(simulated.readAll(newLog, 100), StandardCharsets.UTF_8));
                writer.replace(IndexSamples.random(new SplittableRandom(1), 5), false, Witness.NONE);
                assertTrue(simulated.stat(newLog).isEmpty(), "it holds the lock on the log itself");
                done = step >= faulty.changes();
            } catch (SimulatedCrash e) {
                maker.kill(41);
            }
            if (simulated.stat(newLog).isPresent()) {
                assertEquals("41:here", new String(simulated.readAll(newLog, 100), StandardCharsets.UTF_8));
            }
            time.sleepMillis(3000);
            try (IndexWriter next = IndexWriter.lock(simulated, box, IndexReader.PREFIX, time, maker.process(42), 0)) {
                next.replace(IndexSamples.random(new SplittableRandom(2), 5), false, Witness.NONE);
            }
            if (done) {
                return;
            }
        }
    }

    @Test
    void aDovecotsUnfinishedLogIsRemoved() throws Exception {
        SimClock time = new SimClock();
        SimDisk simulated = new SimDisk(time);
        DiskPath box = DiskPath.of("/box");
        simulated.makeFolder(box, 0700);
        simulated.create(box.resolve("dovecot.index.log.newlock"), 0600).close();
        assertThrows(
                LockBusyException.class, () -> IndexWriter.lock(simulated, box, IndexReader.PREFIX, time, host, 0));
        time.sleepMillis(3000);
        IndexWriter.lock(simulated, box, IndexReader.PREFIX, time, host, 0).close();
        assertEquals(0, simulated.list(box).size());
    }
}
