package dev.twinbox.engine.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An index being put together: the snapshot's content, changed in place by the records of the log. Rows are in rising
 * UID order; an expunged row is only marked until {@link #compact}, so that a log of single expunges over a large mailbox
 * does not move the columns again and again. Not safe for use by several threads.
 *
 * <p>A file can ask for absurd amounts of work or memory in few bytes, so both are budgets here.
 */
final class IndexTable {
    /** Most rows, expunged ones included. */
    static final int ROWS_MAX = 10_000_000;

    /** Most keyword names in one mailbox. */
    static final int KEYWORDS_MAX = 4096;

    /** Most extensions in one index. */
    static final int EXTENSIONS_MAX = 1024;

    /** Most memory for extension headers and records together, in bytes. */
    static final long EXTENSION_BYTES_MAX = 768L << 20;

    /** Most rows touched by one replay, counting a row each time. */
    static final long TOUCHES_MAX = 2_000_000_000L;

    /** One row in so many is room for those that a log adds to a snapshot: growing is to have two tables for a while. */
    private static final int SPARE_SHARE = 64;

    private static final byte[] NOTHING = new byte[0];

    /** An extension; {@code data} is empty as long as all records are zero. */
    static final class Ext {
        final String name;
        long resetId;
        int recordSize;
        int recordAlign;
        byte[] header;
        byte[] data = NOTHING;

        Ext(String name, long resetId, int recordSize, int recordAlign, byte[] header) {
            this.name = name;
            this.resetId = resetId;
            this.recordSize = recordSize;
            this.recordAlign = recordAlign;
            this.header = header;
        }
    }

    /** Without rows: only headers are wanted. */
    final boolean headersOnly;

    byte[] base = IndexHeader.blank();
    int size;
    int[] uids = new int[16];
    byte[] flags = new byte[16];
    final List<Ext> extensions = new ArrayList<>();
    final List<String> keywordNames = new ArrayList<>();

    private final Map<String, Integer> extensionIds = new HashMap<>();
    private final Map<String, Integer> keywordIds = new HashMap<>();
    private @Nullable BitSet dead;
    private @Nullable Ext keywordExt;
    private @Nullable Ext modSeqExt;
    private long touches;

    IndexTable(boolean headersOnly) {
        this.headersOnly = headersOnly;
    }

    /** Takes the rows and extensions of a state, which stays as it is; the table must be empty. */
    void copy(IndexState state) throws IndexFormatException {
        base = state.header().toBytes();
        for (String name : state.keywordNames()) {
            addKeywordName(name);
        }
        growWithSpare(state.size());
        size = state.size();
        System.arraycopy(state.rawUids(), 0, uids, 0, size);
        System.arraycopy(state.rawFlags(), 0, flags, 0, size);
        for (IndexExtension e : state.extensions()) {
            Ext ext = addExtension(
                    e.name(),
                    e.resetId(),
                    e.recordSize(),
                    e.recordAlign(),
                    e.rawHeader().clone());
            byte[] records = e.rawRecords();
            if (records.length > 0) {
                System.arraycopy(records, 0, column(ext), 0, records.length);
            }
        }
    }

    /** Forgets everything but the index id. */
    void reset() {
        long id = Bytes.u32(base, IndexHeader.AT_INDEX_ID);
        base = IndexHeader.blank();
        Bytes.put32(base, IndexHeader.AT_INDEX_ID, id);
        size = 0;
        dead = null;
        extensions.clear();
        extensionIds.clear();
        keywordNames.clear();
        keywordIds.clear();
        keywordExt = null;
        modSeqExt = null;
    }

    // ---- extensions

    @Nullable
    Ext extension(String name) {
        Integer id = extensionIds.get(name);
        return id == null ? null : extensions.get(id);
    }

    @Nullable
    Ext extension(long id) {
        return id < 0 || id >= extensions.size() ? null : extensions.get((int) id);
    }

    Ext addExtension(String name, long resetId, int recordSize, int recordAlign, byte[] header)
            throws IndexFormatException {
        if (extensions.size() == EXTENSIONS_MAX) {
            throw new IndexFormatException("more than " + EXTENSIONS_MAX + " extensions");
        }
        if (extensionIds.containsKey(name)) {
            throw new IndexFormatException("extension is there twice");
        }
        Ext ext = new Ext(name, resetId, recordSize, recordAlign, header);
        extensionIds.put(name, extensions.size());
        extensions.add(ext);
        checkMemory(0);
        if (name.equals(IndexExtension.KEYWORDS)) {
            keywordExt = ext;
        } else if (name.equals(IndexExtension.MODSEQ) && recordSize == Long.BYTES) {
            modSeqExt = ext;
        }
        return ext;
    }

    /** The record column of an extension, made if it was all zero. */
    byte[] column(Ext ext) throws IndexFormatException {
        if (ext.data.length == 0 && ext.recordSize > 0) {
            checkMemory((long) uids.length * ext.recordSize);
            ext.data = new byte[uids.length * ext.recordSize];
        }
        return ext.data;
    }

    void resizeRecords(Ext ext, int recordSize, int recordAlign) throws IndexFormatException {
        ext.recordAlign = recordAlign;
        if (recordSize == ext.recordSize) {
            return;
        }
        byte[] old = ext.data;
        int oldSize = ext.recordSize;
        ext.data = NOTHING;
        ext.recordSize = recordSize;
        if (old.length > 0) {
            byte[] column = column(ext);
            int kept = Math.min(oldSize, recordSize);
            touch(size);
            for (int row = 0; row < size; row++) {
                System.arraycopy(old, row * oldSize, column, row * recordSize, kept);
            }
        }
        if (ext == modSeqExt) {
            modSeqExt = null;
        }
    }

    private void checkMemory(long added) throws IndexFormatException {
        long sum = added;
        for (Ext ext : extensions) {
            sum += ext.data.length + ext.header.length;
        }
        if (sum > EXTENSION_BYTES_MAX || added > Integer.MAX_VALUE - 16) {
            throw new IndexFormatException("extensions need more than " + EXTENSION_BYTES_MAX + " bytes");
        }
    }

    // ---- rows

    long uid(int row) {
        return uids[row] & 0xFFFF_FFFFL;
    }

    boolean isDead(int row) {
        return dead != null && dead.get(row);
    }

    /** Adds a row. The caller has made sure that the UID rises. */
    int addRow(long uid, int rowFlags) throws IndexFormatException {
        if (size == uids.length) {
            grow(size + size / 8 + 16);
        }
        uids[size] = (int) uid;
        flags[size] = (byte) rowFlags;
        return size++;
    }

    /** Makes room for the rows of a snapshot and some more. */
    void growWithSpare(int wanted) throws IndexFormatException {
        grow(wanted + wanted / SPARE_SHARE);
    }

    /** Hands over a column, of so many rows; the table has it no more. */
    byte[] handOver(Ext ext, int rows) {
        byte[] data = ext.data;
        ext.data = NOTHING;
        return data.length == 0 || data.length == rows * ext.recordSize
                ? data
                : Arrays.copyOf(data, rows * ext.recordSize);
    }

    /** Makes room for this many rows in all. */
    void grow(int wanted) throws IndexFormatException {
        if (wanted <= uids.length) {
            return;
        }
        if (wanted > ROWS_MAX * 2) {
            throw new IndexFormatException("more than " + ROWS_MAX + " mails");
        }
        uids = Arrays.copyOf(uids, wanted);
        flags = Arrays.copyOf(flags, wanted);
        for (Ext ext : extensions) {
            if (ext.data.length > 0) {
                checkMemory((long) wanted * ext.recordSize);
                ext.data = Arrays.copyOf(ext.data, wanted * ext.recordSize);
            }
        }
    }

    /** First row whose UID is not below {@code uid}. */
    int rowFrom(long uid) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (uid(middle) < uid) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The row of a UID that is not expunged, or -1. */
    int row(long uid) {
        int row = rowFrom(uid);
        return row < size && uid(row) == uid && !isDead(row) ? row : -1;
    }

    /** Row after the last one of a range, having counted the rows as work. */
    int rowAfter(int from, long lastUid) throws IndexFormatException {
        int end = lastUid == 0xFFFF_FFFFL ? size : rowFrom(lastUid + 1);
        touch(Math.max(0, end - from));
        return end;
    }

    void touch(long rows) throws IndexFormatException {
        touches += rows + 1;
        if (touches > TOUCHES_MAX) {
            throw new IndexFormatException("replaying the log is more work than a mailbox can need");
        }
    }

    void expunge(long first, long last) throws IndexFormatException {
        int from = rowFrom(first);
        int end = rowAfter(from, last);
        if (end > from) {
            if (dead == null) {
                dead = new BitSet();
            }
            dead.set(from, end);
        }
    }

    void updateFlags(long first, long last, int add, int remove) throws IndexFormatException {
        int from = rowFrom(first);
        int end = rowAfter(from, last);
        for (int row = from; row < end; row++) {
            flags[row] = (byte) (flags[row] & ~remove | add);
        }
    }

    /** Drops expunged rows; those between two of them move as one. */
    void compact() {
        BitSet gone = dead;
        if (gone == null) {
            return;
        }
        int kept = Math.max(0, gone.nextSetBit(0));
        int row = gone.nextClearBit(kept);
        while (row < size) {
            int next = gone.nextSetBit(row);
            int end = next < 0 ? size : next;
            System.arraycopy(uids, row, uids, kept, end - row);
            System.arraycopy(flags, row, flags, kept, end - row);
            for (Ext ext : extensions) {
                if (ext.data.length > 0) {
                    int width = ext.recordSize;
                    System.arraycopy(ext.data, row * width, ext.data, kept * width, (end - row) * width);
                }
            }
            kept += end - row;
            row = gone.nextClearBit(end);
        }
        for (Ext ext : extensions) {
            if (ext.data.length > 0) {
                Arrays.fill(ext.data, kept * ext.recordSize, size * ext.recordSize, (byte) 0);
            }
        }
        size = kept;
        dead = null;
    }

    // ---- modseqs

    boolean tracksModSeqs() {
        return modSeqExt != null;
    }

    @Nullable
    Ext modSeqExtension() {
        return modSeqExt;
    }

    /** Gives all rows without a modseq this one. */
    void fillModSeqs(long modSeq) throws IndexFormatException {
        Ext ext = modSeqExt;
        if (ext == null || headersOnly || modSeq == 0) {
            return;
        }
        byte[] column = column(ext);
        touch(size);
        for (int row = 0; row < size; row++) {
            if (Bytes.u64(column, row * Long.BYTES) == 0) {
                Bytes.put64(column, row * Long.BYTES, modSeq);
            }
        }
    }

    /** Raises the modseqs of a range; never lowers one. */
    void raiseModSeqs(long first, long last, long modSeq) throws IndexFormatException {
        Ext ext = modSeqExt;
        if (ext == null || headersOnly) {
            return;
        }
        byte[] column = column(ext);
        int from = rowFrom(first);
        int end = rowAfter(from, last);
        for (int row = from; row < end; row++) {
            if (Long.compareUnsigned(Bytes.u64(column, row * Long.BYTES), modSeq) < 0) {
                Bytes.put64(column, row * Long.BYTES, modSeq);
            }
        }
    }

    // ---- keywords

    /** Number of a keyword, whose name is added if it is new. */
    int keyword(String name) throws IndexFormatException {
        String folded = name.toLowerCase(Locale.ROOT);
        Integer known = keywordIds.get(folded);
        if (known != null) {
            return known;
        }
        if (keywordNames.size() == KEYWORDS_MAX) {
            throw new IndexFormatException("more than " + KEYWORDS_MAX + " keywords");
        }
        if (keywordExt == null) {
            addExtension(IndexExtension.KEYWORDS, 0, 0, 1, NOTHING);
        }
        keywordIds.put(folded, keywordNames.size());
        keywordNames.add(name);
        return keywordNames.size() - 1;
    }

    /** Adds a name at the end even if it is there already in another case; only the first one is found. */
    void addKeywordName(String name) throws IndexFormatException {
        if (keywordNames.size() == KEYWORDS_MAX) {
            throw new IndexFormatException("more than " + KEYWORDS_MAX + " keywords");
        }
        keywordIds.putIfAbsent(name.toLowerCase(Locale.ROOT), keywordNames.size());
        keywordNames.add(name);
    }

    void updateKeyword(int keyword, boolean add, long first, long last) throws IndexFormatException {
        Ext ext = keywordExt;
        if (ext == null || headersOnly) {
            return;
        }
        if (!add && (ext.data.length == 0 || keyword / 8 >= ext.recordSize)) {
            return;
        }
        if (keyword / 8 >= ext.recordSize) {
            resizeRecords(ext, keyword / 8 + 1, 1);
        }
        byte[] column = column(ext);
        int from = rowFrom(first);
        int end = rowAfter(from, last);
        int bit = 1 << (keyword & 7);
        for (int row = from; row < end; row++) {
            int at = row * ext.recordSize + keyword / 8;
            column[at] = (byte) (add ? column[at] | bit : column[at] & ~bit);
        }
    }

    void resetKeywords(long first, long last) throws IndexFormatException {
        Ext ext = keywordExt;
        if (ext == null || ext.data.length == 0) {
            return;
        }
        int from = rowFrom(first);
        int end = rowAfter(from, last);
        if (end > from) {
            Arrays.fill(ext.data, from * ext.recordSize, end * ext.recordSize, (byte) 0);
        }
    }

    @Nullable
    Ext keywordExtension() {
        return keywordExt;
    }
}
