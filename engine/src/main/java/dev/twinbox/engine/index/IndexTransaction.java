package dev.twinbox.engine.index;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes to an index that become visible together: records for the log, in the order of the calls. Calls of the same
 * kind in a row share a record, and every record raises HIGHESTMODSEQ by at most one. All records but those of
 * attributes say that the storage has been changed already ("external"). Not safe for use by several threads.
 */
public final class IndexTransaction {
    /** Length of a GUID in expunge records, in bytes: hex GUIDs as such, others as the end of their SHA-1. */
    public static final int GUID_SIZE = 16;

    private static final String TAIL = "tail";
    private static final long BY_NAME = 0xFFFF_FFFFL;
    private static final int NO_SHRINK = 1;
    private static final long TIME_MAX = 0xFFFF_FFFFL;
    private static final int EXT_HEADER_CHUNK = 1 << 14;

    private static final class Entry {
        final int type;
        final Object kind;
        final boolean byOthers;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();

        Entry(int type, Object kind, boolean byOthers) {
            this.type = type;
            this.kind = kind;
            this.byOthers = byOthers;
        }
    }

    private final List<Entry> records = new ArrayList<>();
    private boolean byOthers;
    private String current = "";
    private int currentSize;

    /** What follows is never marked as made by a sync, whoever writes the rest; or it is again. */
    IndexTransaction byOthers(boolean others) {
        byOthers = others;
        return this;
    }

    /** A mail has come; UIDs rise and are at or above the next UID. */
    public IndexTransaction append(long uid, int flags) {
        byte[] entry = new byte[8];
        Bytes.put32(entry, 0, uid);
        entry[4] = (byte) flags;
        return add(IndexLogCodec.APPEND, "", null, entry);
    }

    /** Flags of mails have changed; bits as in {@link IndexState#flags}. */
    public IndexTransaction flags(long firstUid, long lastUid, int added, int removed) {
        byte[] entry = new byte[12];
        Bytes.put32(entry, 0, firstUid);
        Bytes.put32(entry, 4, lastUid);
        entry[8] = (byte) added;
        entry[9] = (byte) removed;
        return add(IndexLogCodec.FLAG_UPDATE, "", null, entry);
    }

    /** A keyword was added to or taken from mails. */
    public IndexTransaction keyword(String name, boolean added, long firstUid, long lastUid) {
        byte[] text = Bytes.utf8(name);
        if (text.length == 0 || text.length > IndexExtension.SIZE_MAX) {
            throw new IllegalArgumentException("keyword name of " + text.length + " bytes");
        }
        byte[] head = new byte[Bytes.align(4 + text.length, 4)];
        head[0] = (byte) (added ? 0 : 1);
        Bytes.put16(head, 2, text.length);
        System.arraycopy(text, 0, head, 4, text.length);
        byte[] entry = new byte[8];
        Bytes.put32(entry, 0, firstUid);
        Bytes.put32(entry, 4, lastUid);
        return add(IndexLogCodec.KEYWORD_UPDATE, (added ? "+" : "-") + name, head, entry);
    }

    /**
     * A mail has gone.
     *
     * @param guid {@link #GUID_SIZE} bytes, zeros if not known
     */
    public IndexTransaction expunge(long uid, byte[] guid) {
        if (guid.length != GUID_SIZE) {
            throw new IllegalArgumentException("GUID of " + guid.length + " bytes");
        }
        byte[] entry = new byte[4 + GUID_SIZE];
        Bytes.put32(entry, 0, uid);
        System.arraycopy(guid, 0, entry, 4, GUID_SIZE);
        return add(IndexLogCodec.EXPUNGE_GUID, "", null, entry);
    }

    /**
     * METADATA entries have changed; the times are of the changes, seconds since 1970. One record for all of them. It is
     * written as the mail server's own are: as a change that is yet to be told.
     *
     * @param lengths of the values in bytes, in the changes' order; of a deleted one anything
     */
    public IndexTransaction attributes(List<AttributeLog.Change> changes, List<Integer> lengths) {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        ByteArrayOutputStream times = new ByteArrayOutputStream();
        for (int i = 0; i < changes.size(); i++) {
            AttributeLog.Change change = changes.get(i);
            names.writeBytes(
                    Bytes.utf8((change.deleted() ? "-" : "+") + (change.shared() ? "s" : "p") + change.name() + "\0"));
            byte[] entry = new byte[change.deleted() ? 4 : 8];
            Bytes.put32(entry, 0, Math.max(0, Math.min(change.time(), TIME_MAX)));
            if (!change.deleted()) {
                Bytes.put32(entry, 4, lengths.get(i));
            }
            times.writeBytes(entry);
        }
        byte[] head = Arrays.copyOf(names.toByteArray(), Bytes.align(names.size() + 1, 4));
        return add(IndexLogCodec.ATTRIBUTE_UPDATE, new Object(), head, times.toByteArray());
    }

    /** A mail's modseq is at least this. Means nothing unless modseqs are tracked. */
    public IndexTransaction modSeq(long uid, long value) {
        byte[] entry = new byte[12];
        Bytes.put32(entry, 0, uid);
        Bytes.put64(entry, 4, value);
        return add(IndexLogCodec.MODSEQ_UPDATE, "", null, entry);
    }

    /** HIGHESTMODSEQ is at least this. */
    public IndexTransaction highestModSeq(long value) {
        return modSeq(0, value);
    }

    public IndexTransaction uidValidity(long value) {
        return header(IndexHeader.AT_UIDVALIDITY, value);
    }

    /** Never lowers it. */
    public IndexTransaction nextUid(long value) {
        return header(IndexHeader.AT_NEXT_UID, value);
    }

    public IndexTransaction firstRecentUid(long value) {
        return header(IndexHeader.AT_FIRST_RECENT, value);
    }

    /** Starts to track modseqs: every mail has {@code highest} to begin with. */
    public IndexTransaction track(long highest) {
        byte[] header = new byte[16];
        Bytes.put64(header, 0, highest);
        intro(IndexExtension.MODSEQ, 0, header.length, Long.BYTES, Long.BYTES);
        return extensionUpdate(IndexExtension.MODSEQ, 0, header);
    }

    /** Gives an extension without records this header, and makes the extension if it is new. */
    public IndexTransaction extensionHeader(String name, byte[] header) {
        intro(name, 0, header.length, 0, 0);
        return extensionUpdate(name, 0, header);
    }

    /**
     * What follows by {@link #part}, {@link #record} and {@link #increment} is of this extension, which is made if it is new.
     * Every other kind of change ends that.
     *
     * @param headerSize bytes of its header at least, as it is now or is to be
     * @param recordSize bytes of a mail's record at least, as they are now or are to be
     * @param recordAlign 1, 2, 4 or 8; 0 if there are no records
     */
    public IndexTransaction in(String name, int headerSize, int recordSize, int recordAlign) {
        intro(name, 0, headerSize, recordSize, recordAlign);
        current = name;
        currentSize = recordSize;
        return this;
    }

    /** Changes a part of the extension's header. */
    public IndexTransaction part(int offset, byte[] bytes) {
        return extensionUpdate(current(), offset, bytes);
    }

    /** Gives a mail another record. */
    public IndexTransaction record(long uid, byte[] value) {
        if (value.length != currentSize) {
            throw new IllegalArgumentException("record of " + value.length + " bytes");
        }
        byte[] entry = new byte[Bytes.align(4 + value.length, 4)];
        Bytes.put32(entry, 0, uid);
        System.arraycopy(value, 0, entry, 4, value.length);
        return add(IndexLogCodec.EXT_RECORD_UPDATE, current(), null, entry);
    }

    /** Adds to a mail's record, which is a number of 1, 2, 4 or 8 bytes; of several processes that do so each counts. */
    public IndexTransaction increment(long uid, int difference) {
        byte[] entry = new byte[8];
        Bytes.put32(entry, 0, uid);
        Bytes.put32(entry, 4, difference);
        return add(IndexLogCodec.EXT_ATOMIC_INC, current(), null, entry);
    }

    private String current() {
        Entry last = records.isEmpty() ? null : records.get(records.size() - 1);
        if (last == null || current.isEmpty() || !ofExtension(last.type)) {
            throw new IllegalStateException("no extension is spoken of");
        }
        return current;
    }

    private static boolean ofExtension(int type) {
        return type == IndexLogCodec.EXT_INTRO
                || type == IndexLogCodec.EXT_HEADER_UPDATE
                || type == IndexLogCodec.EXT_HEADER_UPDATE_32
                || type == IndexLogCodec.EXT_RECORD_UPDATE
                || type == IndexLogCodec.EXT_ATOMIC_INC;
    }

    /** Gives an extension header and records, and makes the extension if it is new. */
    IndexTransaction extension(IndexExtension ext, IndexState rows) {
        introduce(ext);
        for (int row = 0; row < rows.size() && ext.rawRecords().length > 0; row++) {
            row(ext, rows, row);
        }
        return this;
    }

    /** Gives an extension that is there already another header, and records of some mails. */
    void extensionRows(IndexExtension ext, IndexState rows, List<Integer> which) {
        introduce(ext);
        which.forEach(row -> row(ext, rows, row));
    }

    private void introduce(IndexExtension ext) {
        intro(ext.name(), ext.resetId(), ext.rawHeader().length, ext.recordSize(), ext.recordAlign());
        for (int at = 0; at < ext.rawHeader().length; at += EXT_HEADER_CHUNK) {
            int end = Math.min(ext.rawHeader().length, at + EXT_HEADER_CHUNK);
            extensionUpdate(ext.name(), at, Arrays.copyOfRange(ext.rawHeader(), at, end));
        }
    }

    private void row(IndexExtension ext, IndexState rows, int row) {
        byte[] entry = new byte[Bytes.align(4 + ext.recordSize(), 4)];
        Bytes.put32(entry, 0, rows.uid(row));
        if (ext.rawRecords().length > 0) {
            System.arraycopy(ext.rawRecords(), row * ext.recordSize(), entry, 4, ext.recordSize());
        }
        add(IndexLogCodec.EXT_RECORD_UPDATE, ext.name(), null, entry);
    }

    private void intro(String name, long resetId, int headerSize, int recordSize, int align) {
        current = "";
        byte[] text = Bytes.latin1(name);
        byte[] body = new byte[Bytes.align(20 + text.length, 4)];
        Bytes.put32(body, 0, BY_NAME);
        Bytes.put32(body, 4, resetId);
        Bytes.put32(body, 8, headerSize);
        Bytes.put16(body, 12, recordSize);
        Bytes.put16(body, 14, align);
        Bytes.put16(body, 16, NO_SHRINK);
        Bytes.put16(body, 18, text.length);
        System.arraycopy(text, 0, body, 20, text.length);
        add(IndexLogCodec.EXT_INTRO, new Object(), null, body);
    }

    private IndexTransaction extensionUpdate(String name, int offset, byte[] header) {
        if (offset + header.length > IndexExtension.SIZE_MAX) {
            byte[] wide = new byte[Bytes.align(8 + header.length, 4)];
            Bytes.put32(wide, 0, offset);
            Bytes.put32(wide, 4, header.length);
            System.arraycopy(header, 0, wide, 8, header.length);
            return add(IndexLogCodec.EXT_HEADER_UPDATE_32, name, null, wide);
        }
        byte[] body = new byte[Bytes.align(4 + header.length, 4)];
        Bytes.put16(body, 0, offset);
        Bytes.put16(body, 2, header.length);
        System.arraycopy(header, 0, body, 4, header.length);
        return add(IndexLogCodec.EXT_HEADER_UPDATE, name, null, body);
    }

    /** The last of all changes says how far the requests in the log are carried out, as an offset in it. */
    IndexTransaction tail(long value) {
        Entry last = records.isEmpty() ? null : records.get(records.size() - 1);
        if (last != null && last.kind.equals(TAIL)) {
            records.remove(records.size() - 1);
        }
        byte[] entry = new byte[8];
        Bytes.put16(entry, 0, IndexHeader.AT_LOG_TAIL);
        Bytes.put16(entry, 2, 4);
        Bytes.put32(entry, 4, value);
        return add(IndexLogCodec.HEADER_UPDATE, TAIL, null, entry);
    }

    /** The last of all changes says that the log ends behind it. */
    IndexTransaction settled(SettledMark mark) {
        int last = records.size() - 1;
        if (last > 0 && records.get(last).kind.equals(SettledMark.EXTENSION)) {
            records.subList(last - 1, last + 1).clear(); // what introduces the extension, too
        }
        return extensionHeader(SettledMark.EXTENSION, mark.toBytes());
    }

    private IndexTransaction header(int at, long value) {
        byte[] entry = new byte[8];
        Bytes.put16(entry, 0, at);
        Bytes.put16(entry, 2, 4);
        Bytes.put32(entry, 4, value);
        return add(IndexLogCodec.HEADER_UPDATE, "", null, entry);
    }

    private IndexTransaction add(int type, Object kind, byte @Nullable [] head, byte[] entry) {
        Entry last = records.isEmpty() ? null : records.get(records.size() - 1);
        if (last == null || last.type != type || !last.kind.equals(kind) || last.byOthers != byOthers) {
            last = new Entry(type, kind, byOthers);
            records.add(last);
            if (head != null) {
                last.body.writeBytes(head);
            }
        }
        last.body.writeBytes(entry);
        return this;
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return records.isEmpty();
    }

    /** How far HIGHESTMODSEQ rises by counting alone, without modseqs that are given. */
    long steps() {
        long before = 1L << 32;
        long now = before;
        byte[] bytes = encode(false);
        IndexLogCodec.Cursor cursor = new IndexLogCodec.Cursor(bytes, 0);
        while (cursor.next()) {
            if (cursor.type() != IndexLogCodec.MODSEQ_UPDATE) {
                now = cursor.modSeqAfter(now, 3);
            }
        }
        return now - before;
    }

    /**
     * The records as they go into a log, led by a boundary if there are several.
     *
     * @param sync whether to mark them as made by a sync, so that later syncs do not take them for local changes
     */
    public byte[] encode(boolean sync) {
        int total = records.size() > 1 ? IndexLogCodec.BOUNDARY_SIZE : 0;
        for (Entry one : records) {
            total = Math.addExact(total, IndexLogCodec.RECORD_HEADER + one.body.size());
        }
        byte[] bytes = new byte[total];
        int at = 0;
        if (records.size() > 1) {
            IndexLogCodec.putSize(bytes, 0, IndexLogCodec.BOUNDARY_SIZE);
            Bytes.put32(bytes, 4, IndexLogCodec.BOUNDARY | IndexLogCodec.EXTERNAL);
            Bytes.put32(bytes, 8, total);
            at = IndexLogCodec.BOUNDARY_SIZE;
        }
        for (Entry one : records) {
            int external = one.type == IndexLogCodec.ATTRIBUTE_UPDATE ? 0 : IndexLogCodec.EXTERNAL;
            int flags = external | (sync && !one.byOthers ? IndexLogCodec.SYNC : 0);
            byte[] body = one.body.toByteArray();
            IndexLogCodec.putSize(bytes, at, IndexLogCodec.RECORD_HEADER + body.length);
            Bytes.put32(bytes, at + 4, one.type | flags);
            System.arraycopy(body, 0, bytes, at + IndexLogCodec.RECORD_HEADER, body.length);
            at += IndexLogCodec.RECORD_HEADER + body.length;
        }
        return bytes;
    }
}
