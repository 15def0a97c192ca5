package dev.twinbox.engine.index;

import static dev.twinbox.engine.index.IndexSamples.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.twinbox.protocol.item.Keywords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class IndexCodecTest {
    private static final int FLIPS = 2000;

    @Test
    void readsTheSnapshotThatDovecotAccepted() throws Exception {
        IndexState state = IndexSnapshotCodec.decode(IndexSamples.SNAPSHOT);

        assertNull(state.damage());
        assertEquals(
                "7654321 9 8 300\n3 8 [] 100\n7 3 [$Forwarded Junk] 250\n8 0 [Junk] 300\n", IndexSamples.text(state));
        assertEquals(0x6B021D27L, state.header().indexId());
        assertTrue(state.isTracking());
        assertEquals(24, state.extension("dbox-hdr").orElseThrow().header().length);
        assertEquals(2, state.logSeq());
        assertEquals(40, state.logOffset());
    }

    @Test
    void writesTheSnapshotThatDovecotAccepted() throws Exception {
        IndexState state = IndexSnapshotCodec.decode(IndexSamples.SNAPSHOT);

        byte[] again = IndexSamples.snapshot(state, 0x6B021D27L, 2, 40, IndexHeader.NO_PREVIOUS_LOG);

        assertArrayEquals(IndexSamples.SNAPSHOT, again);
    }

    @Test
    void countsSeenAndDeletedMails() throws Exception {
        IndexState state = IndexState.builder()
                .add(1, 0x08, Keywords.NONE, 0)
                .add(2, 0x0C, Keywords.NONE, 0)
                .add(3, 0x84, Keywords.NONE, 0)
                .build();

        assertEquals(3, state.header().claimedMessages());
        assertEquals(2, state.header().claimedSeen());
        assertEquals(2, state.header().claimedDeleted());
        assertEquals(IndexHeader.HAS_DIRTY, state.header().flags());
        assertEquals(4, state.header().nextUid());
        assertEquals(1, state.header().firstRecentUid());
    }

    @Test
    void codesRecordSizesInGroupsOfSevenBits() {
        byte[] bytes = new byte[4];
        IndexLogCodec.putSize(bytes, 0, 36);
        assertArrayEquals(IndexSamples.hex("80808089"), bytes);
        IndexLogCodec.putSize(bytes, 0, 4 * 300);
        assertArrayEquals(IndexSamples.hex("808082ac"), bytes);
        assertEquals(1200, IndexLogCodec.size(bytes, 0));
        assertEquals(-1, IndexLogCodec.size(IndexSamples.hex("00808089"), 0));
        assertEquals(-1, IndexLogCodec.size(IndexSamples.hex("80808081"), 0));
    }

    @Test
    void replaysALog() throws Exception {
        IndexState state = IndexReader.assemble(new IndexFiles(null, IndexSamples.LOG, null), false);

        assertNull(state.damage());
        // Append 2, keyword 3, tracking starts at 3, flags 4, modseq updates up to 20.
        assertEquals("0 2 1 20\n1 10 [Junk] 9\n", IndexSamples.text(state));
        assertEquals(2, state.logSeq());
        assertEquals(IndexSamples.LOG.length, state.logOffset());
        // The keyword update took an extension id without an intro.
        assertEquals("keywords", state.extensions().get(1).name());
        assertEquals("modseq", state.extensions().get(2).name());
    }

    @Test
    void readsHeadersWithoutMails() throws Exception {
        IndexState state = IndexReader.assemble(new IndexFiles(null, IndexSamples.LOG, null), true);

        assertEquals(0, state.size());
        assertEquals(2, state.header().nextUid());
        assertEquals(20, state.highestModSeq());
        assertTrue(state.isHeadersOnly());
        assertTrue(state.extension("dbox-hdr").isPresent());
    }

    @Test
    void keepsRandomStatesThroughASnapshot() throws Exception {
        for (long seed = 0; seed < 200; seed++) {
            IndexState state = IndexSamples.random(new SplittableRandom(seed), 60);
            byte[] file = IndexSamples.snapshot(state, 7, 2, 40, 0);
            assertSame(state, IndexSnapshotCodec.decode(pretendHighest(file, state)), "seed " + seed);
        }
    }

    @Test
    void keepsALargeStateThroughASnapshotInManyPieces() throws Exception {
        IndexState.Builder builder = IndexState.builder().tracking(true);
        for (int i = 1; i <= 50_000; i++) {
            Keywords keywords = i % 7 == 0 ? Keywords.of(List.of("Junk")) : Keywords.NONE;
            builder.add(3L * i, i % 32, keywords, 5L * i);
        }
        IndexState state = builder.build();
        List<Integer> pieces = new ArrayList<>();

        IndexSnapshotCodec.encode(state, 7, 2, 40, 0, piece -> pieces.add(piece.remaining()));

        assertTrue(pieces.size() > 2, pieces + " are the sizes of the pieces");
        assertSame(state, IndexSnapshotCodec.decode(IndexSamples.snapshot(state, 7, 2, 40, 0)), "large");
    }

    /** Without modseqs the snapshot does not know HIGHESTMODSEQ: the log does. */
    private static byte[] pretendHighest(byte[] file, IndexState state) throws IOException {
        byte[] log = IndexLogCodec.encodeHeader(IndexLogCodec.Header.of(7, 2, 1, 40, 0, state.highestModSeq()));
        IndexState read = IndexReader.assemble(new IndexFiles(file, log, null), false);
        assertSame(state, read, "with log");
        return state.isTracking() ? file : IndexSamples.snapshot(tracked(read), 7, 2, 40, 0);
    }

    private static IndexState tracked(IndexState state) throws IndexFormatException {
        IndexState.Builder builder = IndexState.builder()
                .uidValidity(state.header().uidValidity())
                .nextUid(state.header().nextUid())
                .firstRecentUid(state.header().firstRecentUid())
                .highestModSeq(state.highestModSeq())
                .tracking(true);
        for (int row = 0; row < state.size(); row++) {
            builder.add(state.uid(row), state.flags(row), state.keywords(row), state.modSeq(row));
        }
        return builder.build();
    }

    @Test
    void statesRandomStatesInALog() throws Exception {
        for (long seed = 0; seed < 200; seed++) {
            IndexState state = IndexSamples.random(new SplittableRandom(seed), 60);
            IndexTransaction all = IndexDiff.statement(state);
            byte[] records = all.encode(seed % 2 == 0);
            byte[] header = IndexLogCodec.encodeHeader(
                    IndexLogCodec.Header.of(7, 2, 0, 0, 0, state.highestModSeq() - all.steps()));
            IndexState read = IndexReader.assemble(new IndexFiles(null, joined(header, records), null), false);
            assertNull(read.damage(), "seed " + seed);
            assertEquals(IndexSamples.rows(state, false), IndexSamples.rows(read, false), "seed " + seed);
            assertEquals(state.highestModSeq(), read.highestModSeq(), "seed " + seed);
            assertEquals(state.header().nextUid(), read.header().nextUid(), "seed " + seed);
        }
    }

    @Test
    void stopsBeforeAnIncompleteTransaction() throws Exception {
        byte[] header = IndexLogCodec.encodeHeader(IndexLogCodec.Header.of(7, 2, 0, 0, 0, 5));
        byte[] records = new IndexTransaction()
                .append(1, 0)
                .append(2, 8)
                .keyword("k", true, 1, 2)
                .encode(false);
        byte[] log = joined(header, records);
        for (int length = header.length; length < log.length; length++) {
            IndexState state = IndexReader.assemble(new IndexFiles(null, Arrays.copyOf(log, length), null), false);
            assertEquals(0, state.size(), "cut at " + length);
            assertEquals(5, state.highestModSeq(), "cut at " + length);
            assertEquals(header.length, state.logOffset(), "cut at " + length);
        }
        assertEquals(
                2, IndexReader.assemble(new IndexFiles(null, log, null), false).size());
    }

    @Test
    void aLogWithoutPredecessorWipesWhatWasBefore() throws Exception {
        byte[] log = IndexLogCodec.encodeHeader(IndexLogCodec.Header.of(0x6B021D27L, 2, 0, 0, 0, 5));

        assertEquals(
                0,
                IndexReader.assemble(new IndexFiles(IndexSamples.SNAPSHOT, log, null), false)
                        .size());
    }

    @Test
    void aSnapshotStandsWithoutALog() throws Exception {
        IndexState state = IndexReader.assemble(new IndexFiles(IndexSamples.SNAPSHOT, null, null), false);

        assertEquals(3, state.size());
        assertEquals(300, state.highestModSeq());
    }

    @Test
    void refusesALogThatNeedsAnotherOne() {
        byte[] log = IndexLogCodec.encodeHeader(IndexLogCodec.Header.of(7, 3, 2, 80, 0, 5));

        assertThrows(IndexFormatException.class, () -> IndexReader.assemble(new IndexFiles(null, log, null), false));
    }

    @Test
    void survivesEveryCut() {
        for (int length = 0; length < IndexSamples.SNAPSHOT.length; length++) {
            attempt(Arrays.copyOf(IndexSamples.SNAPSHOT, length), null, "snapshot cut at " + length);
        }
        for (int length = 0; length < IndexSamples.LOG.length; length++) {
            attempt(null, Arrays.copyOf(IndexSamples.LOG, length), "log cut at " + length);
        }
    }

    @Test
    void survivesRandomDamage() {
        for (int seed = 0; seed < FLIPS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] snapshot = IndexSamples.SNAPSHOT.clone();
            byte[] log = IndexSamples.LOG.clone();
            Bytes.put32(log, 4, 0x6B021D27L);
            for (int i = random.nextInt(4); i >= 0; i--) {
                byte[] victim = random.nextBoolean() ? snapshot : log;
                victim[random.nextInt(victim.length)] ^= (byte) (1 << random.nextInt(8));
            }
            attempt(snapshot, log, "seed " + seed);
            attempt(null, log, "seed " + seed + ", log alone");
        }
    }

    private static void attempt(
            byte @org.jspecify.annotations.Nullable [] snapshot,
            byte @org.jspecify.annotations.Nullable [] log,
            String what) {
        for (boolean headersOnly : new boolean[] {false, true}) {
            try {
                IndexState state = IndexReader.assemble(new IndexFiles(snapshot, log, null), headersOnly);
                assertFalse(state.size() > 1000, what);
                IndexHistory.since(new IndexFiles(snapshot, log, null), 1);
            } catch (IndexFormatException e) {
                assertFalse(String.valueOf(e.getMessage()).isEmpty(), what);
            } catch (RuntimeException e) {
                fail(what, e);
            }
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
