package dev.twinbox.engine.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The snapshot file {@code dovecot.index} (storage-formats.md, sections 2.1 and 2.2).
 *
 * <pre>
 * base header 120 bytes ({@link IndexHeader}), padded to 8
 * per extension: u32 header size | u32 reset id | u16 record offset | u16 record size | u16 record align |
 *                u16 name size | name, padded to 8 | header, padded to 8
 * per mail, by rising UID: u32 uid | u8 flags | extension records at their offsets
 * </pre>
 *
 * <p>Fields of a mail's record start at byte 5, the largest alignment first, each at the first place it fits; the record
 * is padded to the largest alignment and to 8 bytes at least. Readers only follow the offsets. The header of
 * {@code keywords} is u32 count, then (u32 0, u32 name offset) each, then names ending in NUL; that of {@code modseq} is
 * u64 highest, u32 log seq, u32 log offset. Pure; safe for use by several threads.
 */
public final class IndexSnapshotCodec {
    /** Largest snapshot we read, in bytes. */
    public static final int SNAPSHOT_BYTES_MAX = 1 << 30;

    /** Largest part of it that is headers, in bytes. */
    public static final int HEADER_BYTES_MAX = 64 << 20;

    /** Mails are written in pieces of about this: an index may be as large as everything else in memory. */
    private static final int PIECE_BYTES = 256 << 10;

    private static final int FIXED_RECORD = 5;
    private static final int EXT_FIXED = 16;

    private IndexSnapshotCodec() {}

    /** What decoding found besides the table. */
    record Decoded(IndexTable table, List<String> damage) {}

    /**
     * Reads a whole snapshot, as if there were no log.
     *
     * @throws IndexFormatException if it cannot be used
     */
    public static IndexState decode(byte[] file) throws IndexFormatException {
        Decoded decoded = decode(file, false);
        IndexHeader header = IndexHeader.of(decoded.table().base);
        return IndexState.of(
                decoded.table(),
                new IndexState.Position(
                        header.logSeq(),
                        header.logHead(),
                        modSeqHeader(decoded.table()).highest()),
                decoded.damage().isEmpty() ? null : String.join("; ", decoded.damage()));
    }

    /** The size of all headers together, from the first {@link IndexHeader#SIZE} bytes of a file. */
    static int headerSize(byte[] start) throws IndexFormatException {
        if (start.length < IndexHeader.SIZE) {
            throw new IndexFormatException("snapshot is shorter than its header");
        }
        if (Bytes.u8(start, 0) != IndexHeader.MAJOR) {
            throw new IndexFormatException("snapshot has major version " + Bytes.u8(start, 0));
        }
        if (Bytes.u8(start, IndexHeader.AT_COMPAT) != IndexHeader.LITTLE_ENDIAN_FLAG) {
            throw new IndexFormatException("snapshot is not little endian");
        }
        long size = Bytes.u32(start, IndexHeader.AT_HEADER_SIZE);
        int base = Bytes.u16(start, IndexHeader.AT_BASE_SIZE);
        if (base < IndexHeader.SIZE || size < base || size > HEADER_BYTES_MAX) {
            throw new IndexFormatException("snapshot has a header of " + size + " bytes, base " + base);
        }
        return (int) size;
    }

    /** Reads a snapshot, or only its headers. */
    static Decoded decode(byte[] file, boolean headersOnly) throws IndexFormatException {
        int headerSize = headerSize(file);
        int recordSize = (int) Math.min(Bytes.u32(file, IndexHeader.AT_RECORD_SIZE), Integer.MAX_VALUE);
        if (file.length < headerSize || recordSize < FIXED_RECORD || recordSize > 4 * IndexExtension.SIZE_MAX) {
            throw new IndexFormatException("snapshot is cut or has records of " + recordSize + " bytes");
        }
        if (Bytes.u32(file, IndexHeader.AT_INDEX_ID) == 0) {
            throw new IndexFormatException("snapshot has no index id");
        }
        IndexTable table = new IndexTable(headersOnly);
        List<String> damage = new ArrayList<>();
        int base = Bytes.u16(file, IndexHeader.AT_BASE_SIZE);
        table.base = Arrays.copyOf(file, base);
        List<Integer> offsets = decodeExtensions(file, Bytes.align(base, 8), headerSize, recordSize, table);
        decodeKeywordNames(table);
        if (!headersOnly) {
            decodeRecords(file, headerSize, recordSize, offsets, table, damage);
            table.fillModSeqs(modSeqHeader(table).highest());
        }
        if (Bytes.u32(table.base, IndexHeader.AT_NEXT_UID) == 0) {
            Bytes.put32(table.base, IndexHeader.AT_NEXT_UID, 1);
            damage.add("next UID is 0");
        }
        return new Decoded(table, damage);
    }

    private static List<Integer> decodeExtensions(byte[] file, int from, int end, int recordSize, IndexTable table)
            throws IndexFormatException {
        List<Integer> offsets = new ArrayList<>();
        int at = from;
        while (at + EXT_FIXED <= end) {
            long headerSize = Bytes.u32(file, at);
            int recordOffset = Bytes.u16(file, at + 8);
            int size = Bytes.u16(file, at + 10);
            int align = Bytes.u16(file, at + 12);
            int nameSize = Bytes.u16(file, at + 14);
            int data = Bytes.align(at + EXT_FIXED + nameSize, 8);
            if (nameSize == 0 || data > end || headerSize > end - data) {
                throw new IndexFormatException("extension header reaches past the headers");
            }
            if (size > 0 && (recordOffset < FIXED_RECORD || recordOffset + size > recordSize)) {
                throw new IndexFormatException("extension record reaches past the record");
            }
            table.addExtension(
                    Bytes.latin1(file, at + EXT_FIXED, nameSize),
                    Bytes.u32(file, at + 4),
                    size,
                    align,
                    Arrays.copyOfRange(file, data, data + (int) headerSize));
            offsets.add(recordOffset);
            at = Bytes.align(data + (int) headerSize, 8);
        }
        return offsets;
    }

    private static void decodeRecords(
            byte[] file, int from, int recordSize, List<Integer> offsets, IndexTable table, List<String> damage)
            throws IndexFormatException {
        long claimed = Bytes.u32(table.base, IndexHeader.AT_MESSAGES);
        int present = (file.length - from) / recordSize;
        if (claimed > present) {
            damage.add("snapshot claims " + claimed + " mails and holds " + present);
        } else if (claimed < present) {
            damage.add("snapshot claims " + claimed + " mails only, but holds " + present);
        }
        int count = (int) Math.min(claimed, present);
        if (count > IndexTable.ROWS_MAX) {
            throw new IndexFormatException("more than " + IndexTable.ROWS_MAX + " mails");
        }
        table.growWithSpare(count);
        byte[][] columns = new byte[offsets.size()][];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = table.column(table.extensions.get(i));
        }
        long last = 0;
        int dropped = 0;
        for (int i = 0; i < count; i++) {
            int at = from + i * recordSize;
            long uid = Bytes.u32(file, at);
            if (uid <= last || uid == 0xFFFF_FFFFL) {
                dropped++;
                continue;
            }
            last = uid;
            int row = table.addRow(uid, file[at + 4]);
            for (int e = 0; e < columns.length; e++) {
                int size = table.extensions.get(e).recordSize;
                if (size > 0) {
                    System.arraycopy(file, at + offsets.get(e), columns[e], row * size, size);
                }
            }
        }
        if (dropped > 0) {
            damage.add("snapshot has " + dropped + " mails out of order");
        }
        if (last >= Bytes.u32(table.base, IndexHeader.AT_NEXT_UID)) {
            damage.add("next UID is not above the last UID");
            Bytes.put32(table.base, IndexHeader.AT_NEXT_UID, last + 1);
        }
    }

    private static void decodeKeywordNames(IndexTable table) throws IndexFormatException {
        IndexTable.Ext ext = table.keywordExtension();
        if (ext == null || ext.header.length < 4) {
            return;
        }
        byte[] header = ext.header;
        long count = Bytes.u32(header, 0);
        if (count > (header.length - 4) / 8 || count > IndexTable.KEYWORDS_MAX) {
            throw new IndexFormatException("keyword header is cut");
        }
        int names = 4 + (int) count * 8;
        for (int i = 0; i < count; i++) {
            long start = names + Bytes.u32(header, 4 + i * 8 + 4);
            int end = (int) Math.min(start, header.length);
            while (end < header.length && header[end] != 0) {
                end++;
            }
            if (end >= header.length) {
                throw new IndexFormatException("keyword name reaches past the header");
            }
            table.addKeywordName(Bytes.text(header, (int) start, end));
        }
        ext.header = new byte[0];
    }

    /** The header of the {@code modseq} extension; zeros if there is none. */
    record ModSeqHeader(long highest, long logSeq, long logOffset) {}

    static ModSeqHeader modSeqHeader(IndexTable table) {
        IndexTable.Ext ext = table.modSeqExtension();
        return ext == null || ext.header.length < 16
                ? new ModSeqHeader(0, 0, 0)
                : new ModSeqHeader(Bytes.u64(ext.header, 0), Bytes.u32(ext.header, 8), Bytes.u32(ext.header, 12));
    }

    /**
     * Writes a snapshot that reaches exactly to a place in the log, with nothing left to do before it.
     *
     * @param indexId not 0
     * @param rotatedAt when the log became the current one, seconds since 1970; 0xffffffff if it has no predecessor
     * @param sink takes the file piece by piece; most are one piece
     */
    static void encode(IndexState state, long indexId, long logSeq, long logOffset, long rotatedAt, Sink sink)
            throws IOException {
        List<IndexExtension> extensions = new ArrayList<>();
        for (IndexExtension ext : state.extensions()) {
            extensions.add(prepared(ext, state, logSeq, logOffset));
        }
        int[] offsets = new int[extensions.size()];
        int recordSize = layout(extensions, offsets);
        byte[] base = state.header().toBytes();
        int headerSize = Bytes.align(base.length, 8);
        for (IndexExtension ext : extensions) {
            headerSize = Bytes.align(headerSize + EXT_FIXED + ext.name().length(), 8);
            headerSize = Bytes.align(headerSize + ext.rawHeader().length, 8);
        }
        long total = headerSize + (long) state.size() * recordSize;
        if (total > SNAPSHOT_BYTES_MAX || headerSize > HEADER_BYTES_MAX) {
            throw new IndexFormatException("snapshot would have " + total + " bytes");
        }
        byte[] head = new byte[headerSize];
        Bytes.put16(base, IndexHeader.AT_BASE_SIZE, base.length);
        Bytes.put32(base, IndexHeader.AT_HEADER_SIZE, headerSize);
        Bytes.put32(base, IndexHeader.AT_RECORD_SIZE, recordSize);
        Bytes.put32(base, IndexHeader.AT_INDEX_ID, indexId);
        Bytes.put32(base, IndexHeader.AT_FIRST_UNSEEN, 0);
        Bytes.put32(base, IndexHeader.AT_FIRST_DELETED, 0);
        Bytes.put32(base, IndexHeader.AT_LOG_SEQ, logSeq);
        Bytes.put32(base, IndexHeader.AT_LOG_TAIL, logOffset);
        Bytes.put32(base, IndexHeader.AT_LOG_HEAD, logOffset);
        Bytes.put32(base, IndexHeader.AT_ROTATED, rotatedAt);
        System.arraycopy(base, 0, head, 0, base.length);
        encodeExtensions(head, Bytes.align(base.length, 8), extensions, offsets);
        encodeRecords(head, recordSize, state, extensions, offsets, sink);
    }

    /** Where a snapshot goes. */
    @FunctionalInterface
    interface Sink {
        /** Takes the next bytes, which are others afterwards. */
        void take(ByteBuffer piece) throws IOException;
    }

    private static void encodeExtensions(byte[] file, int from, List<IndexExtension> extensions, int[] offsets) {
        int at = from;
        for (int i = 0; i < offsets.length; i++) {
            IndexExtension ext = extensions.get(i);
            byte[] name = Bytes.latin1(ext.name());
            Bytes.put32(file, at, ext.rawHeader().length);
            Bytes.put32(file, at + 4, ext.resetId());
            Bytes.put16(file, at + 8, offsets[i]);
            Bytes.put16(file, at + 10, ext.recordSize());
            Bytes.put16(file, at + 12, ext.recordAlign());
            Bytes.put16(file, at + 14, name.length);
            System.arraycopy(name, 0, file, at + EXT_FIXED, name.length);
            at = Bytes.align(at + EXT_FIXED + name.length, 8);
            System.arraycopy(ext.rawHeader(), 0, file, at, ext.rawHeader().length);
            at = Bytes.align(at + ext.rawHeader().length, 8);
        }
    }

    private static void encodeRecords(
            byte[] head, int recordSize, IndexState state, List<IndexExtension> extensions, int[] offsets, Sink sink)
            throws IOException {
        int size = state.size();
        int most = Math.max(1, PIECE_BYTES / recordSize); // in one piece
        byte[] piece = Arrays.copyOf(head, head.length + Math.min(size, most) * recordSize);
        int from = head.length;
        int row = 0;
        do {
            int end = row + Math.min(size - row, most);
            for (; row < end; row++) {
                encodeRecord(piece, from, row, state, extensions, offsets);
                from += recordSize;
            }
            sink.take(ByteBuffer.wrap(piece, 0, from));
            Arrays.fill(piece, (byte) 0);
            from = 0;
        } while (row < size);
    }

    private static void encodeRecord(
            byte[] piece, int from, int row, IndexState state, List<IndexExtension> extensions, int[] offsets) {
        Bytes.put32(piece, from, state.rawUids()[row]);
        piece[from + 4] = state.rawFlags()[row];
        for (int i = 0; i < offsets.length; i++) {
            IndexExtension ext = extensions.get(i);
            byte[] records = ext.rawRecords();
            if (records.length > 0) {
                System.arraycopy(records, row * ext.recordSize(), piece, from + offsets[i], ext.recordSize());
            }
        }
    }

    /** Replaces the headers that depend on other things than the extension itself. */
    private static IndexExtension prepared(IndexExtension ext, IndexState state, long logSeq, long logOffset) {
        byte[] header = ext.rawHeader();
        if (ext.name().equals(IndexExtension.KEYWORDS) && !state.keywordNames().isEmpty()) {
            header = keywordHeader(state.keywordNames());
        } else if (ext.name().equals(IndexExtension.MODSEQ) && ext.recordSize() == Long.BYTES) {
            header = new byte[16];
            Bytes.put64(header, 0, state.highestModSeq());
            Bytes.put32(header, 8, logSeq);
            Bytes.put32(header, 12, logOffset);
        } else {
            return ext;
        }
        return new IndexExtension(
                ext.name(), ext.resetId(), ext.recordSize(), ext.recordAlign(), header, ext.rawRecords());
    }

    static byte[] keywordHeader(List<String> names) {
        int size = 4 + names.size() * 8;
        for (String name : names) {
            size += Bytes.utf8(name).length + 1;
        }
        byte[] header = new byte[Bytes.align(size, 4)];
        Bytes.put32(header, 0, names.size());
        int at = 4 + names.size() * 8;
        int start = at;
        for (int i = 0; i < names.size(); i++) {
            byte[] name = Bytes.utf8(names.get(i));
            Bytes.put32(header, 4 + i * 8 + 4, at - start);
            System.arraycopy(name, 0, header, at, name.length);
            at += name.length + 1;
        }
        return header;
    }

    /** Places the extension records; returns the size of a mail's record. */
    private static int layout(List<IndexExtension> extensions, int[] offsets) throws IndexFormatException {
        List<Integer> order = new ArrayList<>();
        int largest = 4;
        for (int i = 0; i < offsets.length; i++) {
            if (extensions.get(i).recordSize() > 0) {
                order.add(i);
                largest = Math.max(largest, alignOf(extensions.get(i)));
            }
        }
        order.sort(Comparator.comparing(i -> -alignOf(extensions.get(i))));
        List<int[]> taken = new ArrayList<>();
        int end = FIXED_RECORD;
        for (int i : order) {
            int size = extensions.get(i).recordSize();
            int at = place(taken, size, alignOf(extensions.get(i)));
            taken.add(new int[] {at, at + size});
            offsets[i] = at;
            end = Math.max(end, at + size);
        }
        if (end > IndexExtension.SIZE_MAX) {
            throw new IndexFormatException("records of " + end + " bytes");
        }
        return Bytes.align(Math.max(end, 8), largest);
    }

    private static int place(List<int[]> taken, int size, int align) {
        int at = Bytes.align(FIXED_RECORD, align);
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int[] other : taken) {
                if (at < other[1] && at + size > other[0]) {
                    at = Bytes.align(other[1], align);
                    moved = true;
                }
            }
        }
        return at;
    }

    private static int alignOf(IndexExtension ext) {
        int align = ext.recordAlign();
        return Integer.bitCount(align) == 1 && align <= 8 ? align : 1;
    }
}
