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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a mailbox since a modseq, as far as the log and its predecessor tell (storage-formats.md, section 2.6).
 * Immutable; holds columns over the rows of the state it was read with.
 *
 * <p>An expunge takes effect by its external record, which gives it its modseq; the GUID may stand there or in the
 * internal record by which the expunge was requested, also in one from before that modseq. Where the storage carries out
 * what was requested, only the request says that a sync asked for it (2.3.19, measured).
 *
 * <p>What a user did to a flag is news until somebody does something else to it. If that is a sync, it has taken the news
 * into account, and the flag is not news any more. The flags a mail came with are none, either.
 */
public final class IndexHistory {
    /** Most expunges one history holds; beyond that it says that it does not reach back. */
    public static final int EXPUNGES_MAX = 2_000_000;

    /** Of so many mails at most it is noted when their flags changed; of others it is not known. */
    public static final int TIMED_MAX = 200_000;

    /**
     * A mail that has gone.
     *
     * @param guid {@link IndexTransaction#GUID_SIZE} bytes as hex, or empty if nobody noted it
     * @param bySync a sync did it: it is not news to the other side
     */
    public record Expunge(long uid, String guid, long modSeq, boolean bySync) {}

    /**
     * What users did to a mail's flags and keywords, if nobody did something else to them later.
     *
     * @param keywords whether each was added or removed
     * @param when as {@link IndexHistory#when} has it
     */
    public record News(Flags added, Flags removed, Map<String, Boolean> keywords, Map<String, Long> when) {
        public News {
            keywords = Map.copyOf(keywords);
            when = Map.copyOf(when);
        }
    }

    private final IndexState state;
    private final GoneFlags gone;
    private final List<Expunge> expunges;
    private final byte[] kinds;
    private final byte[] added;
    private final byte[] removed;
    private final Map<String, BitSet> keywordsAdded;
    private final Map<String, BitSet> keywordsRemoved;
    private final Map<Integer, Map<String, Long>> when;
    private final boolean reachesBack;
    private final long unsynced;
    private final BitSet brought;

    private IndexHistory(Walk walk, boolean reachesBack) {
        this.state = walk.state;
        this.reachesBack = reachesBack;
        this.unsynced = walk.unsynced;
        this.brought = walk.brought;
        this.gone = walk.gone;
        this.expunges = List.copyOf(walk.expunges.values());
        this.kinds = walk.kinds;
        this.added = walk.added;
        this.removed = walk.removed;
        this.keywordsAdded = walk.keywordsAdded;
        this.keywordsRemoved = walk.keywordsRemoved;
        this.when = walk.when;
    }

    /**
     * Reads an index and what happened to it since {@code modSeq}.
     *
     * @return empty if there is no index, or the logs do not reach back that far or are damaged
     */
    public static Optional<IndexHistory> since(Disk disk, DiskPath folder, String prefix, long modSeq)
            throws IOException {
        return known(disk, folder, prefix, modSeq).filter(IndexHistory::reachesBack);
    }

    /**
     * Reads an index and what is known to have happened to it since {@code modSeq}, be it all or not.
     *
     * @param modSeq 0 for all that is known
     * @return empty if there is no index, or the logs are missing or damaged
     */
    public static Optional<IndexHistory> known(Disk disk, DiskPath folder, String prefix, long modSeq)
            throws IOException {
        IndexFiles files = IndexFiles.readAll(disk, folder, prefix);
        return files.isEmpty() ? Optional.empty() : known(files, modSeq);
    }

    /**
     * As the other {@link #known(Disk, DiskPath, String, long)}; but where the log still ends where that state was read from it,
     * the mails are not read once more.
     *
     * @param read the index as it was a while ago
     */
    public static Optional<IndexHistory> known(Disk disk, DiskPath folder, String prefix, long modSeq, IndexState read)
            throws IOException {
        IndexFiles files = IndexFiles.readLogs(disk, folder, prefix);
        List<Log> logs = IndexReader.logs(files, new ArrayList<>());
        return isStill(read, logs) ? walk(read, logs, modSeq) : known(disk, folder, prefix, modSeq);
    }

    private static boolean isStill(IndexState read, List<Log> logs) {
        if (logs.isEmpty()) {
            return false;
        }
        Log newest = logs.get(logs.size() - 1);
        Cursor record = new Cursor(newest.bytes(), newest.header().headerSize());
        while (record.next()) {
            // To the end of what is whole.
        }
        return read.reaches(newest.header(), record.end());
    }

    static Optional<IndexHistory> since(IndexFiles files, long modSeq) throws IndexFormatException {
        return known(files, modSeq).filter(IndexHistory::reachesBack);
    }

    private static Optional<IndexHistory> known(IndexFiles files, long modSeq) throws IndexFormatException {
        IndexState state = IndexReader.assemble(files, false);
        List<Log> logs = IndexReader.logs(files, new ArrayList<>());
        return state.damage() != null || logs.isEmpty() ? Optional.empty() : walk(state, logs, modSeq);
    }

    private static Optional<IndexHistory> walk(IndexState state, List<Log> all, long modSeq) {
        List<Log> logs = all;
        Log newest = logs.get(logs.size() - 1);
        boolean joined = logs.size() == 2
                && newest.header().previousSeq() == logs.get(0).header().seq();
        if (!joined) {
            logs = List.of(newest);
        }
        // An index begins with modseq 1; there was nothing before.
        boolean reachesBack = logs.get(0).header().initialModSeq() <= Math.max(1, modSeq);
        Walk walk = new Walk(state);
        boolean whole = walk.run(logs, modSeq);
        return whole ? Optional.of(new IndexHistory(walk, reachesBack)) : Optional.empty();
    }

    /** Whether the logs go back to the modseq that was asked for; if not, what is here is all that is known. */
    public boolean reachesBack() {
        return reachesBack;
    }

    /**
     * The lowest UID of a mail that came after the last sync that changed the mailbox, other than by a sync;
     * {@link Long#MAX_VALUE} if there is none, or none is known.
     */
    public long unsynced() {
        return unsynced;
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

    /** Whether the logs, as far as they go, say that a sync brought the mail. */
    public boolean cameBySync(int row) {
        return brought.get(row);
    }

    /** Whether {@link #before} has anything to tell. */
    public boolean tellsOfGone() {
        return !gone.isEmpty();
    }

    /** What users had done to the mail of a UID that is gone. */
    public News before(long uid) {
        return gone.of(uid);
    }

    /** Whether all that happened to a mail was a sync's doing, so that it is not news to the other side. */
    public boolean isBySyncOnly(int row) {
        return kinds[row] != 0 && (kinds[row] & Walk.BY_OTHERS) == 0;
    }

    /** Flags that a user added and nobody removed, nor a sync touched, later. */
    public Flags added(int row) {
        return new Flags(added[row] & Flags.SETTABLE);
    }

    /** Flags that a user removed and nobody added, nor a sync touched, later. */
    public Flags removed(int row) {
        return new Flags(removed[row] & Flags.SETTABLE);
    }

    /** Keywords that a user added and nobody removed, nor a sync touched, later. */
    public List<String> keywordsAdded(int row) {
        return names(keywordsAdded, row);
    }

    /** Keywords that a user removed and nobody added, nor a sync touched, later. */
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

    /**
     * When the flags and keywords that {@link #added}, {@link #removed}, {@link #keywordsAdded} and {@link #keywordsRemoved}
     * tell of were last changed: the modseq, by the flag's IMAP name or the keyword in lower case. What is missing is not
     * known.
     */
    public Map<String, Long> when(int row) {
        return when.getOrDefault(row, Map.of());
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
        private final Set<Long> askedForBySync = new HashSet<>();
        final Map<Integer, Map<String, Long>> when = new HashMap<>();
        long unsynced = Long.MAX_VALUE;
        final BitSet brought = new BitSet();
        final GoneFlags gone;
        private long work;
        private long now;
        private boolean news;

        Walk(IndexState state) {
            this.state = state;
            this.kinds = new byte[state.size()];
            this.added = new byte[state.size()];
            this.removed = new byte[state.size()];
            this.gone = new GoneFlags(state);
        }

        boolean run(List<Log> logs, long since) {
            int newest = logs.size() - 1;
            for (int i = 0; i <= newest; i++) {
                Log log = logs.get(i);
                now = log.header().initialModSeq();
                // What the newest log begins with may be lower than what the one before it ends with.
                boolean past = i < newest && since >= logs.get(newest).header().initialModSeq();
                news = false;
                Cursor record = new Cursor(log.bytes(), log.header().headerSize());
                while (record.next()) {
                    // A record counts as news if the modseq before it was reached already.
                    news |= !past && now >= since;
                    now = record.modSeqAfter(now, log.header().minor());
                    note(record);
                    if (expunges.size() > EXPUNGES_MAX || work > IndexTable.TOUCHES_MAX) {
                        return false;
                    }
                }
            }
            for (Map.Entry<Long, Expunge> entry : expunges.entrySet()) {
                long uid = entry.getKey();
                Expunge e = entry.getValue();
                entry.setValue(new Expunge(
                        uid,
                        e.guid().isEmpty() ? guids.getOrDefault(uid, "") : e.guid(),
                        e.modSeq(),
                        e.bySync() || askedForBySync.contains(uid)));
            }
            return true;
        }

        private void note(Cursor record) {
            if (record.isSync() && record.isOfMails()) {
                unsynced = Long.MAX_VALUE;
            }
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
                if (record.isSync() && askedForBySync.size() < EXPUNGES_MAX) {
                    askedForBySync.add(uid);
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
            boolean sync = record.isSync();
            int next = 0; // mails mostly follow one another
            for (int i = record.body(); i + 8 <= record.end(); i += 8) {
                long uid = Bytes.u32(record.log, i);
                int row = next < state.size() && state.uid(next) == uid ? next : state.rowOf(uid);
                if (row < 0) {
                    continue;
                }
                next = row + 1;
                if (!sync) {
                    unsynced = Math.min(unsynced, uid);
                }
                brought.set(row, sync);
                if (news) {
                    kinds[row] = (byte) (APPENDED | (sync ? 0 : BY_OTHERS));
                }
            }
        }

        private void flags(Cursor record) {
            for (int i = record.body(); news && i + 12 <= record.end(); i += 12) {
                if (!record.isVisibleFlagUpdate(i)) {
                    continue;
                }
                int end = end(record, i);
                int plus = record.log[i + 8];
                int minus = record.log[i + 9] & ~plus;
                boolean sync = record.isSync();
                gone.flags(Bytes.u32(record.log, i), Bytes.u32(record.log, i + 4), plus, minus, sync, now);
                for (int row = start(record, i); row < end; row++) {
                    touch(row, record);
                    for (int bits = sync ? 0 : (plus | minus) & Flags.SETTABLE; bits != 0; bits &= bits - 1) {
                        noteWhen(row, new Flags(Integer.lowestOneBit(bits)).toString());
                    }
                    added[row] = (byte) (added[row] & ~(plus | minus) | (sync ? 0 : plus));
                    removed[row] = (byte) (removed[row] & ~(plus | minus) | (sync ? 0 : minus));
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
            boolean sync = record.isSync();
            for (int i = record.keywordRanges(); i + 8 <= record.end(); i += 8) {
                gone.keyword(Bytes.u32(record.log, i), Bytes.u32(record.log, i + 4), known, add, sync, now);
                int start = start(record, i);
                int end = end(record, i);
                for (int row = start; row < end; row++) {
                    touch(row, record);
                    if (!sync) {
                        noteWhen(row, known.toLowerCase(Locale.ROOT));
                    }
                }
                if (end > start) {
                    into.set(start, end, !sync);
                    if (outOf != null) {
                        outOf.clear(start, end);
                    }
                }
            }
        }

        private void keywordReset(Cursor record) {
            for (int i = record.body(); news && i + 8 <= record.end(); i += 8) {
                gone.keywordReset(Bytes.u32(record.log, i), Bytes.u32(record.log, i + 4));
                int start = start(record, i);
                int end = end(record, i);
                for (int row = start; row < end; row++) {
                    touch(row, record);
                }
                for (String name : state.keywordNames()) {
                    String known = spellings.computeIfAbsent(name.toLowerCase(Locale.ROOT), folded -> name);
                    keywordsRemoved
                            .computeIfAbsent(known, n -> new BitSet())
                            .set(start, Math.max(start, end), !record.isSync());
                    keywordsAdded.computeIfAbsent(known, n -> new BitSet()).clear(start, Math.max(start, end));
                }
            }
        }

        private void noteWhen(int row, String what) {
            if (when.size() < TIMED_MAX) {
                when.computeIfAbsent(row, added -> new HashMap<>()).put(what, now);
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
