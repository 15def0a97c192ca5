package dev.twinbox.engine.index;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexLogCodec.Cursor;
import dev.twinbox.engine.index.IndexReader.Log;
import dev.twinbox.protocol.item.Flags;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a mailbox since a modseq, as far as the log and its predecessor tell (storage-formats.md, section 2.6).
 * Immutable; holds columns over the rows of the state it was read with.
 *
 * <p>An expunge takes effect by its external record, which gives it its modseq; the GUID may stand there or in the
 * internal record by which the expunge was requested, also in one from before that modseq.
 */
public final class IndexHistory {
    /** Most expunges one history holds; beyond that it says that it does not reach back. */
    public static final int EXPUNGES_MAX = 2_000_000;

    /**
     * A mail that has gone.
     *
     * @param guid {@link IndexTransaction#GUID_SIZE} bytes as hex, or empty if nobody noted it
     * @param bySync a sync did it: it is not news to the other side
     */
    public record Expunge(long uid, String guid, long modSeq, boolean bySync) {}

    private final IndexState state;
    private final List<Expunge> expunges;
    private final byte[] kinds;
    private final byte[] added;
    private final byte[] removed;
    private final Map<String, BitSet> keywordsAdded;
    private final Map<String, BitSet> keywordsRemoved;

    private IndexHistory(Walk walk) {
        this.state = walk.state;
        this.expunges = List.copyOf(walk.expunges.values());
        this.kinds = walk.kinds;
        this.added = walk.added;
        this.removed = walk.removed;
        this.keywordsAdded = walk.keywordsAdded;
        this.keywordsRemoved = walk.keywordsRemoved;
    }

    /**
     * Reads an index and what happened to it since {@code modSeq}.
     *
     * @return empty if there is no index, or the logs do not reach back that far or are damaged
     */
    public static Optional<IndexHistory> since(Disk disk, DiskPath folder, String prefix, long modSeq)
            throws IOException {
        IndexFiles files = IndexFiles.read(disk, folder, prefix, false);
        if (files.isEmpty()) {
            return Optional.empty();
        }
        byte[] previous = files.previousLog();
        if (previous == null && files.log() != null) {
            Object key = disk.stat(folder.resolve(prefix + IndexFiles.LOG_SUFFIX))
                    .map(dev.twinbox.engine.disk.FileInfo::fileKey)
                    .orElse(null);
            previous = IndexFiles.readPrevious(disk, folder, prefix, key);
        }
        return since(new IndexFiles(files.snapshot(), files.log(), previous), modSeq);
    }

    static Optional<IndexHistory> since(IndexFiles files, long modSeq) throws IndexFormatException {
        IndexState state = IndexReader.assemble(files, false);
        List<Log> logs = IndexReader.logs(files, new ArrayList<>());
        if (state.damage() != null || logs.isEmpty()) {
            return Optional.empty();
        }
        Log newest = logs.get(logs.size() - 1);
        boolean joined = logs.size() == 2
                && newest.header().previousSeq() == logs.get(0).header().seq();
        if (modSeq >= newest.header().initialModSeq() || !joined) {
            logs = List.of(newest);
        }
        if (modSeq < logs.get(0).header().initialModSeq()) {
            return Optional.empty();
        }
        Walk walk = new Walk(state);
        return walk.run(logs, modSeq) ? Optional.of(new IndexHistory(walk)) : Optional.empty();
    }

    /** The index as it is now; rows below are its rows. */
    public IndexState state() {
        return state;
    }

    /** Mails that were there at some time since, or at its beginning, and are no more; by UID. */
    public List<Expunge> expunges() {
        return expunges;
    }

    /** Whether a mail has come, or its flags or keywords were touched. */
    public boolean isChanged(int row) {
        return kinds[row] != 0;
    }

    /** Whether a mail has come since. */
    public boolean isAppended(int row) {
        return (kinds[row] & Walk.APPENDED) != 0;
    }

    /** Whether all that happened to a mail was a sync's doing, so that it is not news to the other side. */
    public boolean isBySyncOnly(int row) {
        return kinds[row] != 0 && (kinds[row] & Walk.BY_OTHERS) == 0;
    }

    /** Flags that were added, and not removed later. */
    public Flags added(int row) {
        return new Flags(added[row] & Flags.SETTABLE);
    }

    /** Flags that were removed, and not added later. */
    public Flags removed(int row) {
        return new Flags(removed[row] & Flags.SETTABLE);
    }

    /** Keywords that were added, and not removed later. */
    public List<String> keywordsAdded(int row) {
        return names(keywordsAdded, row);
    }

    /** Keywords that were removed, and not added later. */
    public List<String> keywordsRemoved(int row) {
        return names(keywordsRemoved, row);
    }

    private static List<String> names(Map<String, BitSet> map, int row) {
        List<String> names = new ArrayList<>();
        map.forEach((name, rows) -> {
            if (rows.get(row)) {
                names.add(name);
            }
        });
        return names;
    }

    /** One walk through the logs. */
    private static final class Walk {
        static final int APPENDED = 1;
        static final int TOUCHED = 2;
        static final int BY_OTHERS = 4;

        final IndexState state;
        final TreeMap<Long, Expunge> expunges = new TreeMap<>();
        final byte[] kinds;
        final byte[] added;
        final byte[] removed;
        final Map<String, BitSet> keywordsAdded = new TreeMap<>();
        final Map<String, BitSet> keywordsRemoved = new TreeMap<>();
        private final Map<String, String> spellings = new HashMap<>();
        private final Map<Long, String> guids = new HashMap<>();
        private long work;
        private long now;
        private boolean news;

        Walk(IndexState state) {
            this.state = state;
            this.kinds = new byte[state.size()];
            this.added = new byte[state.size()];
            this.removed = new byte[state.size()];
        }

        boolean run(List<Log> logs, long since) {
            news = false;
            for (Log log : logs) {
                now = log.header().initialModSeq();
                Cursor record = new Cursor(log.bytes(), log.header().headerSize());
                while (record.next()) {
                    // A record counts as news if the modseq before it was reached already.
                    news |= now >= since;
                    now = record.modSeqAfter(now, log.header().minor());
                    note(record);
                    if (expunges.size() > EXPUNGES_MAX || work > IndexTable.TOUCHES_MAX) {
                        return false;
                    }
                }
            }
            expunges.replaceAll((uid, e) ->
                    e.guid().isEmpty() ? new Expunge(uid, guids.getOrDefault(uid, ""), e.modSeq(), e.bySync()) : e);
            return true;
        }

        private void note(Cursor record) {
            switch (record.type()) {
                case IndexLogCodec.EXPUNGE_GUID -> expungeGuid(record);
                case IndexLogCodec.EXPUNGE -> expunge(record);
                case IndexLogCodec.APPEND -> append(record);
                case IndexLogCodec.FLAG_UPDATE -> flags(record);
                case IndexLogCodec.KEYWORD_UPDATE -> keyword(record);
                case IndexLogCodec.KEYWORD_RESET -> keywordReset(record);
                default -> {
                    // Nothing a sync would ask for.
                }
            }
        }

        private void expungeGuid(Cursor record) {
            for (int i = record.body(); i + 20 <= record.end(); i += 20) {
                long uid = Bytes.u32(record.log, i);
                String guid = hex(record.log, i + 4);
                if (!guid.isEmpty() && guids.size() < EXPUNGES_MAX) {
                    guids.put(uid, guid);
                }
                if (record.isExternal() && news && state.rowOf(uid) < 0) {
                    expunges.put(uid, new Expunge(uid, guid, now, record.isSync()));
                }
            }
        }

        private void expunge(Cursor record) {
            for (int i = record.body(); record.isExternal() && news && i + 8 <= record.end(); i += 8) {
                long last =
                        Math.min(Bytes.u32(record.log, i + 4), state.header().nextUid() - 1);
                for (long uid = Bytes.u32(record.log, i); uid <= last && expunges.size() <= EXPUNGES_MAX; uid++) {
                    work++;
                    if (work > IndexTable.TOUCHES_MAX) {
                        return;
                    }
                    if (state.rowOf(uid) < 0) {
                        expunges.put(uid, new Expunge(uid, "", now, record.isSync()));
                    }
                }
            }
        }

        private void append(Cursor record) {
            for (int i = record.body(); news && i + 8 <= record.end(); i += 8) {
                int row = state.rowOf(Bytes.u32(record.log, i));
                if (row >= 0) {
                    kinds[row] = (byte) (APPENDED | (record.isSync() ? 0 : BY_OTHERS));
                    added[row] = record.log[i + 4];
                    removed[row] = 0;
                }
            }
        }

        private void flags(Cursor record) {
            for (int i = record.body(); news && i + 12 <= record.end(); i += 12) {
                if (!record.isVisibleFlagUpdate(i)) {
                    continue;
                }
                int end = end(record, i);
                for (int row = start(record, i); row < end; row++) {
                    touch(row, record);
                    int plus = record.log[i + 8];
                    int minus = record.log[i + 9];
                    added[row] = (byte) (added[row] & ~minus | plus);
                    removed[row] = (byte) ((removed[row] | minus) & ~plus);
                }
            }
        }

        private void keyword(Cursor record) {
            if (!news || record.keywordNameSize() < 0 || spellings.size() > IndexTable.KEYWORDS_MAX) {
                return;
            }
            String name = record.keywordName();
            String known = spellings.computeIfAbsent(name.toLowerCase(Locale.ROOT), folded -> name);
            boolean add = record.log[record.body()] == 0;
            BitSet into = (add ? keywordsAdded : keywordsRemoved).computeIfAbsent(known, n -> new BitSet());
            @Nullable BitSet outOf = (add ? keywordsRemoved : keywordsAdded).get(known);
            for (int i = record.keywordRanges(); i + 8 <= record.end(); i += 8) {
                int start = start(record, i);
                int end = end(record, i);
                for (int row = start; row < end; row++) {
                    touch(row, record);
                }
                if (end > start) {
                    into.set(start, end);
                    if (outOf != null) {
                        outOf.clear(start, end);
                    }
                }
            }
        }

        private void keywordReset(Cursor record) {
            for (int i = record.body(); news && i + 8 <= record.end(); i += 8) {
                int start = start(record, i);
                int end = end(record, i);
                for (int row = start; row < end; row++) {
                    touch(row, record);
                }
                for (String name : state.keywordNames()) {
                    String known = spellings.computeIfAbsent(name.toLowerCase(Locale.ROOT), folded -> name);
                    keywordsRemoved.computeIfAbsent(known, n -> new BitSet()).set(start, Math.max(start, end));
                    keywordsAdded.computeIfAbsent(known, n -> new BitSet()).clear(start, Math.max(start, end));
                }
            }
        }

        private void touch(int row, Cursor record) {
            kinds[row] |= (byte) (TOUCHED | (record.isSync() ? 0 : BY_OTHERS));
        }

        private int start(Cursor record, int range) {
            int row = state.rowOf(Bytes.u32(record.log, range));
            return row >= 0 ? row : -(row + 1);
        }

        /** The row behind a range; none if the work is done with. */
        private int end(Cursor record, int range) {
            int row = state.rowOf(Bytes.u32(record.log, range + 4));
            int end = row >= 0 ? row + 1 : -(row + 1);
            work += Math.max(0, end - start(record, range)) + 1L;
            return work > IndexTable.TOUCHES_MAX ? 0 : end;
        }

        private static String hex(byte[] bytes, int at) {
            if (Arrays.equals(bytes, at, at + 16, new byte[16], 0, 16)) {
                return "";
            }
            return java.util.HexFormat.of().formatHex(bytes, at, at + 16);
        }
    }
}
