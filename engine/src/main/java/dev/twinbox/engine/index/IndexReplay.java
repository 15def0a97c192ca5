package dev.twinbox.engine.index;

import dev.twinbox.engine.index.IndexLogCodec.Cursor;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries out log records on a table (storage-formats.md, sections 2.3 to 2.5). What a record asks that cannot be done is
 * noted as damage and left out. Not safe for use by several threads.
 */
final class IndexReplay {
    private static final int NOTES_MAX = 20;
    private static final int NO_SHRINK = 1;
    private static final long KEEP_SIZE = 0xFFFF_FFFFL;
    private static final int HEADER_MAX = 16 << 20;

    private final IndexTable table;
    private final Set<String> notes = new LinkedHashSet<>();
    private IndexTable.@Nullable Ext current;
    private boolean ignoring;

    IndexReplay(IndexTable table) {
        this.table = table;
    }

    /** What could not be done. */
    Set<String> notes() {
        return notes;
    }

    void note(String text) {
        if (notes.size() < NOTES_MAX) {
            notes.add(text);
        }
    }

    /**
     * Does what the record says.
     *
     * @param modSeq the modseq after the record
     */
    void apply(Cursor record, long modSeq) throws IndexFormatException {
        checkSize(record);
        switch (record.type()) {
            case IndexLogCodec.APPEND -> append(record);
            case IndexLogCodec.EXPUNGE -> expunge(record, 8);
            case IndexLogCodec.EXPUNGE_GUID -> expunge(record, 20);
            case IndexLogCodec.FLAG_UPDATE -> flags(record);
            case IndexLogCodec.KEYWORD_UPDATE -> keywords(record);
            case IndexLogCodec.KEYWORD_RESET -> keywordReset(record);
            case IndexLogCodec.HEADER_UPDATE -> headerUpdate(record);
            case IndexLogCodec.EXT_INTRO -> intro(record, modSeq);
            case IndexLogCodec.EXT_RESET -> extReset(record);
            case IndexLogCodec.EXT_HEADER_UPDATE -> extHeader(record, false);
            case IndexLogCodec.EXT_HEADER_UPDATE_32 -> extHeader(record, true);
            case IndexLogCodec.EXT_RECORD_UPDATE -> extRecords(record);
            case IndexLogCodec.EXT_ATOMIC_INC -> extIncrement(record);
            case IndexLogCodec.BOUNDARY -> {
                if (record.end() - record.offset() != IndexLogCodec.BOUNDARY_SIZE) {
                    note("log has a boundary with something in it");
                }
            }
            case IndexLogCodec.ATTRIBUTE_UPDATE,
                    IndexLogCodec.MODSEQ_UPDATE,
                    IndexLogCodec.INDEX_DELETED,
                    IndexLogCodec.INDEX_UNDELETED -> {
                // They say nothing about the table.
            }
            // To Dovecot 2.3.19, too, the log is damaged then (measured).
            default -> note("log has a record of an unknown type");
        }
        applyModSeqs(record, modSeq);
    }

    /** A record that does not end where an entry does has swallowed another one. */
    private void checkSize(Cursor record) {
        int entry =
                switch (record.type()) {
                    case IndexLogCodec.APPEND,
                            IndexLogCodec.EXPUNGE,
                            IndexLogCodec.KEYWORD_RESET,
                            IndexLogCodec.EXT_ATOMIC_INC -> 8;
                    case IndexLogCodec.FLAG_UPDATE, IndexLogCodec.MODSEQ_UPDATE -> 12;
                    case IndexLogCodec.EXPUNGE_GUID -> 20;
                    default -> 1;
                };
        if (record.bodySize() % entry != 0) {
            note("log has a record of a wrong size");
        }
    }

    /** Does to the modseqs of mails what the record means for them, and nothing else. */
    void applyModSeqs(Cursor record, long modSeq) throws IndexFormatException {
        if (!table.tracksModSeqs() || table.headersOnly) {
            return;
        }
        switch (record.type()) {
            case IndexLogCodec.FLAG_UPDATE -> {
                for (int i = record.body(); i + 12 <= record.end(); i += 12) {
                    if (record.isVisibleFlagUpdate(i)) {
                        raise(record, i, modSeq);
                    }
                }
            }
            case IndexLogCodec.KEYWORD_UPDATE -> {
                if (record.keywordNameSize() > 0) {
                    for (int i = record.keywordRanges(); i + 8 <= record.end(); i += 8) {
                        raise(record, i, modSeq);
                    }
                }
            }
            case IndexLogCodec.KEYWORD_RESET -> {
                for (int i = record.body(); i + 8 <= record.end(); i += 8) {
                    raise(record, i, modSeq);
                }
            }
            case IndexLogCodec.APPEND -> {
                for (int i = record.body(); i + 8 <= record.end(); i += 8) {
                    long uid = Bytes.u32(record.log, i);
                    table.raiseModSeqs(uid, uid, modSeq);
                }
            }
            case IndexLogCodec.MODSEQ_UPDATE -> {
                for (int i = record.body(); i + 12 <= record.end(); i += 12) {
                    long uid = Bytes.u32(record.log, i);
                    if (uid != 0) {
                        table.raiseModSeqs(uid, uid, Bytes.u64(record.log, i + 4));
                    }
                }
            }
            default -> {
                // Nothing else gives a mail a new modseq.
            }
        }
    }

    private void raise(Cursor record, int range, long modSeq) throws IndexFormatException {
        table.raiseModSeqs(Bytes.u32(record.log, range), Bytes.u32(record.log, range + 4), modSeq);
    }

    private void append(Cursor record) throws IndexFormatException {
        for (int i = record.body(); i + 8 <= record.end(); i += 8) {
            long uid = Bytes.u32(record.log, i);
            if (uid < Bytes.u32(table.base, IndexHeader.AT_NEXT_UID) || uid == 0xFFFF_FFFFL) {
                note("log appends UID " + uid + " below the next UID");
                continue;
            }
            Bytes.put32(table.base, IndexHeader.AT_NEXT_UID, uid + 1);
            if (table.headersOnly) {
                continue;
            }
            table.addRow(uid, record.log[i + 4]);
        }
    }

    private void expunge(Cursor record, int entrySize) throws IndexFormatException {
        if (!record.isExternal() || table.headersOnly) {
            return;
        }
        for (int i = record.body(); i + entrySize <= record.end(); i += entrySize) {
            long first = Bytes.u32(record.log, i);
            table.expunge(first, entrySize == 8 ? Bytes.u32(record.log, i + 4) : first);
        }
    }

    private void flags(Cursor record) throws IndexFormatException {
        if (table.headersOnly) {
            return;
        }
        byte[] log = record.log;
        for (int i = record.body(); i + 12 <= record.end(); i += 12) {
            table.updateFlags(Bytes.u32(log, i), Bytes.u32(log, i + 4), log[i + 8], log[i + 9]);
        }
    }

    private void keywords(Cursor record) throws IndexFormatException {
        if (record.keywordNameSize() < 0 || record.log[record.body()] > 1 || record.log[record.body()] < 0) {
            note("log has a broken keyword update");
            return;
        }
        int keyword = table.keyword(record.keywordName());
        boolean add = record.log[record.body()] == 0;
        for (int i = record.keywordRanges(); i + 8 <= record.end(); i += 8) {
            table.updateKeyword(keyword, add, Bytes.u32(record.log, i), Bytes.u32(record.log, i + 4));
        }
    }

    private void keywordReset(Cursor record) throws IndexFormatException {
        for (int i = record.body(); i + 8 <= record.end(); i += 8) {
            table.resetKeywords(Bytes.u32(record.log, i), Bytes.u32(record.log, i + 4));
        }
    }

    private void headerUpdate(Cursor record) {
        byte[] old = table.base.clone();
        int at = record.body();
        while (at + 4 <= record.end()) {
            int offset = Bytes.u16(record.log, at);
            int size = Bytes.u16(record.log, at + 2);
            if (size > record.end() - at - 4 || offset + size > table.base.length) {
                note("log has a header update past the header");
                break;
            }
            System.arraycopy(record.log, at + 4, table.base, offset, size);
            at += Bytes.align(4 + size, 4);
        }
        // What describes the file itself, or is counted, is not the log's to say.
        System.arraycopy(old, 0, table.base, 0, IndexHeader.AT_FLAGS);
        System.arraycopy(
                old,
                IndexHeader.AT_MESSAGES,
                table.base,
                IndexHeader.AT_MESSAGES,
                IndexHeader.AT_FIRST_RECENT - IndexHeader.AT_MESSAGES);
        System.arraycopy(old, IndexHeader.AT_LOG_SEQ, table.base, IndexHeader.AT_LOG_SEQ, 12);
        if (Bytes.u32(table.base, IndexHeader.AT_NEXT_UID) < Bytes.u32(old, IndexHeader.AT_NEXT_UID)) {
            Bytes.put32(table.base, IndexHeader.AT_NEXT_UID, Bytes.u32(old, IndexHeader.AT_NEXT_UID));
        }
    }

    private void intro(Cursor record, long modSeq) throws IndexFormatException {
        current = null;
        ignoring = false;
        int at = record.body();
        byte[] log = record.log;
        if (record.bodySize() < 20) {
            note("log has a broken extension intro");
            return;
        }
        long id = Bytes.u32(log, at);
        long resetId = Bytes.u32(log, at + 4);
        long headerSize = Bytes.u32(log, at + 8);
        int recordSize = Bytes.u16(log, at + 12);
        int align = Bytes.u16(log, at + 14);
        boolean noShrink = (Bytes.u16(log, at + 16) & NO_SHRINK) != 0;
        int nameSize = Bytes.u16(log, at + 18);
        if (nameSize > record.bodySize() - 20 || headerSize > HEADER_MAX && headerSize != KEEP_SIZE) {
            note("log has a broken extension intro");
            return;
        }
        String name = Bytes.latin1(log, at + 20, nameSize);
        IndexTable.Ext ext = id == 0xFFFF_FFFFL ? table.extension(name) : table.extension(id);
        if (ext == null) {
            if (id != 0xFFFF_FFFFL || name.isEmpty()) {
                note("log speaks of extension " + id + " that is not there");
                return;
            }
            int size = headerSize == KEEP_SIZE ? 0 : (int) headerSize;
            ext = table.addExtension(name, resetId, recordSize, align, new byte[size]);
            if (ext == table.modSeqExtension()) {
                table.fillModSeqs(Math.max(1, modSeq));
            }
        } else if (ext.resetId != resetId) {
            ignoring = true;
        } else if (ext != table.keywordExtension()) {
            resize(ext, headerSize, recordSize, align, noShrink);
        }
        current = ext;
    }

    private void resize(IndexTable.Ext ext, long headerSize, int recordSize, int align, boolean noShrink)
            throws IndexFormatException {
        if (headerSize != KEEP_SIZE && (headerSize > ext.header.length || !noShrink)) {
            ext.header = Arrays.copyOf(ext.header, (int) headerSize);
        }
        if (recordSize > ext.recordSize || recordSize < ext.recordSize && !noShrink) {
            table.resizeRecords(ext, recordSize, align);
        }
    }

    private void extReset(Cursor record) {
        IndexTable.Ext ext = current;
        if (ext == null || record.bodySize() < 8) {
            note("log resets no extension");
            return;
        }
        ext.resetId = Bytes.u32(record.log, record.body());
        ignoring = false;
        if (record.log[record.body() + 4] == 0) {
            Arrays.fill(ext.header, (byte) 0);
            Arrays.fill(ext.data, (byte) 0);
        }
    }

    private void extHeader(Cursor record, boolean wide) {
        IndexTable.Ext ext = current;
        if (ext == null) {
            note("log updates no extension");
            return;
        }
        if (ignoring) {
            return;
        }
        int fixed = wide ? 8 : 4;
        int at = record.body();
        while (at + fixed <= record.end()) {
            long offset = wide ? Bytes.u32(record.log, at) : Bytes.u16(record.log, at);
            long size = wide ? Bytes.u32(record.log, at + 4) : Bytes.u16(record.log, at + 2);
            if (size > record.end() - at - fixed || offset + size > ext.header.length) {
                note("log has an update past the header of an extension");
                return;
            }
            System.arraycopy(record.log, at + fixed, ext.header, (int) offset, (int) size);
            at += Bytes.align(fixed + (int) size, 4);
        }
    }

    private void extRecords(Cursor record) throws IndexFormatException {
        IndexTable.Ext ext = current;
        if (ext == null || ext.recordSize == 0) {
            note("log updates records of no extension");
            return;
        }
        if (ignoring || table.headersOnly || ext == table.keywordExtension()) {
            return;
        }
        byte[] column = table.column(ext);
        int entry = Bytes.align(4 + ext.recordSize, 4);
        for (int i = record.body(); i + entry <= record.end(); i += entry) {
            int row = table.row(Bytes.u32(record.log, i));
            if (row >= 0) {
                System.arraycopy(record.log, i + 4, column, row * ext.recordSize, ext.recordSize);
            }
        }
    }

    private void extIncrement(Cursor record) throws IndexFormatException {
        IndexTable.Ext ext = current;
        if (ext == null || ignoring || table.headersOnly) {
            return;
        }
        int size = ext.recordSize;
        if (size != 1 && size != 2 && size != 4 && size != 8) {
            note("log increments records that are no numbers");
            return;
        }
        byte[] column = table.column(ext);
        for (int i = record.body(); i + 8 <= record.end(); i += 8) {
            int row = table.row(Bytes.u32(record.log, i));
            long carry = Bytes.i32(record.log, i + 4);
            for (int b = 0; row >= 0 && b < size; b++) {
                carry += column[row * size + b] & 0xFF;
                column[row * size + b] = (byte) carry;
                carry >>= 8;
            }
        }
    }
}
