package dev.twinbox.engine.index;

import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.Uid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an index says about a mailbox at one moment: its numbers, its extensions, and a table of its mails by rising UID.
 * The table is columns, about 20 bytes a mail and whatever foreign extensions store. Rows are numbered from 0.
 * Immutable.
 *
 * <p>Read from disk by {@link IndexReader}; made from nothing by {@link #builder} in order to be written.
 */
public final class IndexState {
    /** Record flag: backend-private; in sdbox, the mail is in the alternative storage. */
    public static final int BACKEND = 0x40;

    /** Record flag: the flags have not been written to the storage yet; the index is right. */
    public static final int DIRTY = 0x80;

    private final IndexHeader header;
    private final int size;
    private final int[] uids;
    private final byte[] flags;
    private final List<IndexExtension> extensions;
    private final List<String> keywordNames;
    private final int[] keywordSets;
    private final List<Keywords> keywordTable;
    private final byte[] modSeqs;
    private final boolean tracking;
    private final boolean headersOnly;
    private final long highestModSeq;
    private final long logSeq;
    private final long logOffset;
    private final @Nullable String damage;

    private IndexState(IndexTable table, Position at, @Nullable String damage) {
        table.compact();
        this.header = IndexHeader.of(table.base);
        this.size = table.size;
        this.uids = table.uids.length == size ? table.uids : Arrays.copyOf(table.uids, size);
        this.flags = table.flags.length == size ? table.flags : Arrays.copyOf(table.flags, size);
        this.keywordNames = List.copyOf(table.keywordNames);
        this.tracking = table.tracksModSeqs();
        this.headersOnly = table.headersOnly;
        this.highestModSeq = Math.max(1, at.highestModSeq());
        this.logSeq = at.logSeq();
        this.logOffset = at.logOffset();
        this.damage = damage;
        List<IndexExtension> copies = new ArrayList<>();
        byte[] modSeqColumn = new byte[0];
        byte[] keywordColumn = new byte[0];
        int keywordWidth = 0;
        for (IndexTable.Ext ext : table.extensions) {
            byte[] records = table.handOver(ext, size);
            copies.add(new IndexExtension(
                    ext.name, ext.resetId, ext.recordSize, ext.recordAlign, ext.header.clone(), records));
            if (ext == table.modSeqExtension()) {
                modSeqColumn = records;
            } else if (ext == table.keywordExtension()) {
                keywordColumn = records;
                keywordWidth = ext.recordSize;
            }
        }
        this.extensions = List.copyOf(copies);
        this.modSeqs = modSeqColumn;
        this.keywordTable = new ArrayList<>(List.of(Keywords.NONE));
        this.keywordSets = keywordSets(keywordColumn, keywordWidth);
    }

    private IndexState(IndexState from, IndexHeader header, List<IndexExtension> extensions, long highestModSeq) {
        this.header = header;
        this.size = from.size;
        this.uids = from.uids;
        this.flags = from.flags;
        this.extensions = List.copyOf(extensions);
        this.keywordNames = from.keywordNames;
        this.keywordSets = from.keywordSets;
        this.keywordTable = from.keywordTable;
        this.modSeqs = from.modSeqs;
        this.tracking = from.tracking;
        this.headersOnly = from.headersOnly;
        this.highestModSeq = highestModSeq;
        this.logSeq = from.logSeq;
        this.logOffset = from.logOffset;
        this.damage = from.damage;
    }

    /** The same with other extensions; what they mean for keywords and modseqs must be the same. */
    IndexState withExtensions(List<IndexExtension> other) {
        return new IndexState(this, header, other, highestModSeq);
    }

    /** The same with a HIGHESTMODSEQ that is at least this. */
    IndexState withHighestModSeq(long least) {
        return new IndexState(this, header, extensions, Math.max(highestModSeq, least));
    }

    /** The same with the header's counters counted: a log changes what they count, and says nothing of them. */
    public IndexState counted() {
        byte[] bytes = header.toBytes();
        countInto(bytes, flags, size);
        return new IndexState(this, IndexHeader.of(bytes), extensions, highestModSeq);
    }

    private static void countInto(byte[] base, byte[] flags, int size) {
        int seen = 0;
        int deleted = 0;
        boolean dirty = false;
        for (int row = 0; row < size; row++) {
            seen += flags[row] >> 3 & 1;
            deleted += flags[row] >> 2 & 1;
            dirty |= flags[row] < 0;
        }
        Bytes.put32(base, IndexHeader.AT_MESSAGES, size);
        Bytes.put32(base, IndexHeader.AT_SEEN, seen);
        Bytes.put32(base, IndexHeader.AT_DELETED, deleted);
        Bytes.put32(base, IndexHeader.AT_FLAGS, dirty ? IndexHeader.HAS_DIRTY : 0);
    }

    static IndexState of(IndexTable table, Position at, @Nullable String damage) {
        return new IndexState(table, at, damage);
    }

    /** Where in the log a state stands. */
    record Position(long logSeq, long logOffset, long highestModSeq) {}

    /** The table that an array comes from is not used any more, so the array need not be copied. */
    private int[] keywordSets(byte[] column, int width) {
        if (column.length == 0 || width == 0) {
            return new int[0];
        }
        int[] sets = new int[size];
        Map<String, Integer> known = new HashMap<>();
        for (int row = 0; row < size; row++) {
            int at = row * width;
            if (row > 0 && Arrays.equals(column, at, at + width, column, at - width, at)) {
                sets[row] = sets[row - 1];
                continue;
            }
            sets[row] = known.computeIfAbsent(Bytes.latin1(column, at, width), bits -> addKeywordSet(bits));
        }
        return sets;
    }

    private int addKeywordSet(String bits) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < keywordNames.size() && i < bits.length() * 8; i++) {
            if ((bits.charAt(i / 8) >> (i & 7) & 1) != 0 && Keywords.isValidName(keywordNames.get(i))) {
                names.add(keywordNames.get(i));
            }
        }
        if (names.isEmpty()) {
            return 0;
        }
        keywordTable.add(Keywords.of(names));
        return keywordTable.size() - 1;
    }

    /** The base header; its counters are what the file claimed, unless this was built. */
    public IndexHeader header() {
        return header;
    }

    /** Number of mails; 0 if only headers were read. */
    public int size() {
        return size;
    }

    /** Whether this was read without the table of mails. */
    public boolean isHeadersOnly() {
        return headersOnly;
    }

    public long uid(int row) {
        return uids[check(row)] & 0xFFFF_FFFFL;
    }

    /** The flag byte: bits as in {@link dev.twinbox.protocol.item.Flags}, {@link #BACKEND} and {@link #DIRTY}. */
    public int flags(int row) {
        return flags[check(row)] & 0xFF;
    }

    /** The keywords of a mail; names that are no IMAP keywords are left out. */
    public Keywords keywords(int row) {
        check(row);
        return keywordSets.length == 0 ? Keywords.NONE : keywordTable.get(keywordSets[row]);
    }

    /** The modseq of a mail: {@link #highestModSeq} if they are not tracked. */
    public long modSeq(int row) {
        check(row);
        long modSeq = modSeqs.length == 0 ? 0 : Bytes.u64(modSeqs, row * Long.BYTES);
        return modSeq == 0 ? highestModSeq : modSeq;
    }

    /** The row of a UID, or a negative number as from {@link Arrays#binarySearch(int[], int)}. */
    public int rowOf(long uid) {
        return Uid.search(uids, size, uid);
    }

    /**
     * The same, for who goes through another table of nearly the same mails.
     *
     * @param guess a row to look at first; may be any number
     */
    public int rowOf(long uid, int guess) {
        return guess >= 0 && guess < size && uid(guess) == uid ? guess : rowOf(uid);
    }

    /** HIGHESTMODSEQ, at least 1. */
    public long highestModSeq() {
        return highestModSeq;
    }

    /** Whether mails have modseqs of their own (somebody has asked for CONDSTORE). */
    public boolean isTracking() {
        return tracking;
    }

    /** Whether the modseq of each mail is recorded; one that is not rises with the mailbox's highest. */
    boolean tracksEach() {
        for (int row = 0; row < size; row++) {
            if (modSeqs.length == 0 || Bytes.u64(modSeqs, row * Long.BYTES) == 0) {
                return false;
            }
        }
        return tracking;
    }

    /** Sequence number of the newest log file; 0 if there is no log. */
    public long logSeq() {
        return logSeq;
    }

    /**
     * The state after some records that were appended to the log right where this one ends.
     *
     * @param records whole ones
     * @param modSeq after them
     * @return null if they do not fit in: then the files are to be read
     */
    @Nullable
    IndexState followedBy(byte[] records, IndexLogCodec.Header log, long modSeq) throws IndexFormatException {
        IndexTable table = new IndexTable(false);
        table.copy(this);
        IndexReplay replay = new IndexReplay(table);
        IndexLogCodec.Cursor record = new IndexLogCodec.Cursor(records, 0);
        long at = highestModSeq;
        while (record.next()) {
            at = record.modSeqAfter(at, log.minor());
            replay.apply(record, at);
        }
        boolean whole = replay.notes().isEmpty() && !record.isIncomplete() && Math.max(1, at) == Math.max(1, modSeq);
        return whole ? new IndexState(table, new Position(logSeq, logOffset + records.length, at), null) : null;
    }

    /** Whether a log says nothing, up to that offset, that this state, which has all mails, does not have. */
    boolean reaches(IndexLogCodec.Header log, long offset) {
        return !headersOnly && damage == null && place().isEnd(log, offset);
    }

    /** Whether the snapshot reaches to the log's end. */
    private boolean endsWithSnapshot() {
        return header.logSeq() == logSeq && header.logHead() == logOffset;
    }

    /**
     * Whether nobody has written to the index since it was left by somebody who said all about it: in a snapshot that reaches to the
     * log's end, or, Twinbox only, in a mark there.
     */
    public boolean isSettled() {
        return endsWithSnapshot() || mark() != null;
    }

    /** Number of mails as it was left, if that {@linkplain #isSettled still counts}. Any number up to 2<sup>32</sup>-1. */
    public long settledMessages() {
        if (endsWithSnapshot()) {
            return header.claimedMessages();
        }
        SettledMark mark = mark();
        return mark == null ? 0 : mark.messages();
    }

    private @Nullable SettledMark mark() {
        IndexExtension extension = extension(SettledMark.EXTENSION).orElse(null);
        SettledMark mark = extension == null ? null : SettledMark.parse(extension.rawHeader());
        return mark != null && mark.logSeq() == logSeq && mark.logOffset() == logOffset ? mark : null;
    }

    /** How far this state goes. */
    public IndexPlace place() {
        return new IndexPlace(header.indexId(), logSeq, logOffset, highestModSeq);
    }

    /** Offset in it up to which this state reaches, in bytes. Grows with every change of the index. */
    public long logOffset() {
        return logOffset;
    }

    /** All keyword names ever used, in the index's order. */
    public List<String> keywordNames() {
        return keywordNames;
    }

    /** All extensions in the order of their ids. */
    public List<IndexExtension> extensions() {
        return extensions;
    }

    /** An extension by its name. */
    public Optional<IndexExtension> extension(String name) {
        for (IndexExtension each : extensions) {
            if (each.name().equals(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** What was wrong with the files, in words; null if nothing was. */
    public @Nullable String damage() {
        return damage;
    }

    private int check(int row) {
        if (row < 0 || row >= size) {
            throw new IndexOutOfBoundsException("row " + row + " of " + size);
        }
        return row;
    }

    int[] rawUids() {
        return uids;
    }

    byte[] rawFlags() {
        return flags;
    }

    /** Starts a state that is to be written. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects a state, mails in rising UID order. Not safe for use by several threads. */
    public static final class Builder {
        private final IndexTable table = new IndexTable(false);
        private final List<Foreign> foreign = new ArrayList<>();
        private final List<IndexExtension> whole = new ArrayList<>();
        private long highestModSeq = 1;
        private long largestModSeq;
        private boolean tracking;
        private byte[] modSeqs = new byte[16 * Long.BYTES];

        private record Foreign(
                IndexExtension extension, @Nullable IndexState from) {}

        /** So many mails will come: makes room for just them. */
        public Builder room(int mails) throws IndexFormatException {
            table.grow(mails);
            modSeqs = Arrays.copyOf(modSeqs, table.uids.length * Long.BYTES);
            return this;
        }

        /** 1 to 2<sup>32</sup>-1. */
        public Builder uidValidity(long value) {
            return set(IndexHeader.AT_UIDVALIDITY, value);
        }

        /** 1 to 2<sup>32</sup>-1; raised if a mail needs it. */
        public Builder nextUid(long value) {
            return set(IndexHeader.AT_NEXT_UID, value);
        }

        /** 1 to next UID; cut to that range. */
        public Builder firstRecentUid(long value) {
            return set(IndexHeader.AT_FIRST_RECENT, value);
        }

        /** At least 1; raised if a mail needs it and modseqs are tracked. */
        public Builder highestModSeq(long value) {
            highestModSeq = Math.max(1, value);
            return this;
        }

        /** Whether mails have modseqs of their own. */
        public Builder tracking(boolean value) {
            tracking = value;
            return this;
        }

        /** Takes keyword names in a wanted order. */
        public Builder keywordNames(List<String> names) throws IndexFormatException {
            for (String name : names) {
                table.keyword(name);
            }
            return this;
        }

        /** Takes over an extension's header and the size of its records, which are all zero. */
        public Builder extension(IndexExtension extension) {
            foreign.add(new Foreign(extension, null));
            return this;
        }

        /**
         * Takes an extension as it is: its records ({@link IndexExtension#of}) are those of the mails in their order.
         *
         * @throws IllegalArgumentException when built, if there are more or fewer records than mails
         */
        public Builder records(IndexExtension extension) {
            whole.add(extension);
            return this;
        }

        /** Takes over an extension of another state, and the records of those mails that are there too, by UID. */
        public Builder extension(IndexExtension extension, IndexState from) {
            foreign.add(new Foreign(extension, from));
            return this;
        }

        /**
         * Adds a mail.
         *
         * @param flags the flag byte as in {@link IndexState#flags}
         * @throws IllegalArgumentException if the UID does not rise or is out of range
         */
        public Builder add(long uid, int flags, Keywords keywords, long modSeq) throws IndexFormatException {
            if (uid < 1 || uid > 0xFFFF_FFFEL || (table.size > 0 && table.uid(table.size - 1) >= uid)) {
                throw new IllegalArgumentException("UID " + uid + " does not rise or is out of range");
            }
            if (table.size == IndexTable.ROWS_MAX) {
                throw new IndexFormatException("more than " + IndexTable.ROWS_MAX + " mails");
            }
            int row = table.addRow(uid, flags & ~dev.twinbox.protocol.item.Flags.RECENT);
            if (!keywords.isEmpty()) {
                for (String name : keywords.names()) {
                    table.updateKeyword(table.keyword(name), true, uid, uid);
                }
            }
            if ((row + 1) * Long.BYTES > modSeqs.length) {
                modSeqs = Arrays.copyOf(modSeqs, table.uids.length * Long.BYTES);
            }
            Bytes.put64(modSeqs, row * Long.BYTES, modSeq);
            largestModSeq = Math.max(largestModSeq, modSeq);
            return this;
        }

        /** The finished state, header counters included. The builder is used up. */
        public IndexState build() throws IndexFormatException {
            if (tracking) {
                highestModSeq = Math.max(highestModSeq, largestModSeq);
                IndexTable.Ext ext = table.addExtension(IndexExtension.MODSEQ, 0, Long.BYTES, Long.BYTES, new byte[16]);
                int length = table.uids.length * Long.BYTES;
                ext.data = modSeqs.length == length ? modSeqs : Arrays.copyOf(modSeqs, length);
            }
            for (Foreign one : foreign) {
                addForeign(one);
            }
            for (IndexExtension one : whole) {
                addWhole(one);
            }
            IndexTable.Ext keywords = table.keywordExtension();
            if (keywords != null) {
                // Dovecot's own rule for the size of the bit field.
                int bytes = (table.keywordNames.size() + 7) / 8;
                table.resizeRecords(keywords, bytes % 4 == 0 ? bytes : bytes + 1, 1);
            }
            setCounters();
            return new IndexState(table, new Position(0, 0, highestModSeq), null);
        }

        private void addForeign(Foreign one) throws IndexFormatException {
            IndexExtension e = one.extension();
            boolean records = one.from() != null && e.rawRecords().length > 0;
            IndexTable.Ext ext =
                    table.addExtension(e.name(), e.resetId(), e.recordSize(), e.recordAlign(), e.rawHeader());
            if (one.from() == null || !records) {
                return;
            }
            byte[] column = table.column(ext);
            for (int row = 0; row < table.size; row++) {
                int there = one.from().rowOf(table.uid(row));
                if (there >= 0) {
                    System.arraycopy(
                            e.rawRecords(), there * e.recordSize(), column, row * e.recordSize(), e.recordSize());
                }
            }
        }

        private void addWhole(IndexExtension e) throws IndexFormatException {
            if (e.rawRecords().length != table.size * e.recordSize()) {
                throw new IllegalArgumentException(
                        e.rawRecords().length + " bytes are not the records of " + table.size + " mails");
            }
            IndexTable.Ext ext =
                    table.addExtension(e.name(), e.resetId(), e.recordSize(), e.recordAlign(), e.rawHeader());
            System.arraycopy(e.rawRecords(), 0, table.column(ext), 0, e.rawRecords().length);
        }

        private void setCounters() {
            byte[] base = table.base;
            long next = Bytes.u32(base, IndexHeader.AT_NEXT_UID);
            next = Math.max(1, table.size == 0 ? next : Math.max(next, table.uid(table.size - 1) + 1));
            long recent = Bytes.u32(base, IndexHeader.AT_FIRST_RECENT);
            Bytes.put32(base, IndexHeader.AT_NEXT_UID, next);
            Bytes.put32(base, IndexHeader.AT_FIRST_RECENT, Math.max(1, Math.min(recent, next)));
            countInto(base, table.flags, table.size);
        }

        private Builder set(int at, long value) {
            if (value < 0 || value > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("header value out of range: " + value);
            }
            Bytes.put32(table.base, at, value);
            return this;
        }
    }
}
