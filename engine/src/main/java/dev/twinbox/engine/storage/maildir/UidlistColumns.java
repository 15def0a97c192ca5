package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.storage.MailboxDigest;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Words;
import dev.twinbox.engine.storage.account.Problems;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a {@link Uidlist} as columns over one array of bytes, most often the file itself, so that a row costs about
 * 20 bytes beside its text. Immutable.
 *
 * <p>I1: UIDs rise. I2: no two rows have the same base name, but where nobody looked ({@link Builder#buildUnlooked}). I3: {@code table} has, at or after the place of a base
 * name's hash and before the next 0, the number of its row + 1.
 */
final class UidlistColumns {
    /** So many names are looked for row by row before a table of all is made, which costs as much as some ten such looks. */
    private static final int SCANS_MAX = 8;

    private final int size;
    private final int[] uids;
    private final byte[] text;
    /** Null, as the ends, if no row has any. */
    private final int @Nullable [] fieldStarts;

    private final int @Nullable [] fieldEnds;

    private final int[] baseStarts;
    private final int[] baseEnds;
    /** Whether the text is a file in which every line but the first is a row. */
    private final boolean lines;
    /** Made when somebody looks for a name; every thread would make the same. */
    private volatile int @Nullable [] table;

    /** Names that were looked for row by row. Two threads may count as one: only the speed depends on it. */
    private int scans;

    private UidlistColumns(Builder from, int @Nullable [] table) {
        this.size = from.size;
        this.uids = from.uids;
        this.text = from.text;
        this.fieldStarts = from.fieldStarts;
        this.fieldEnds = from.fieldEnds;
        this.baseStarts = from.baseStarts;
        this.baseEnds = from.baseEnds;
        this.lines = from.lines;
        this.table = table;
    }

    int size() {
        return size;
    }

    long uid(int row) {
        return Integer.toUnsignedLong(uids[Objects.checkIndex(row, size)]);
    }

    String base(int row) {
        int start = baseStarts[Objects.checkIndex(row, size)];
        return new String(text, start, baseEnds[row] - start, StandardCharsets.ISO_8859_1);
    }

    void addBase(int row, NameSum sum) {
        sum.next(text, baseStarts[Objects.checkIndex(row, size)], baseEnds[row]);
    }

    /** Says the base name to a digest if it is all printable ASCII; if not, says nothing and returns false. */
    boolean addAscii(int row, MailboxDigest digest) {
        int end = baseEnds[Objects.checkIndex(row, size)];
        return end - baseStarts[row] <= MailGuid.MAX_LENGTH && digest.asciiGuid(text, baseStarts[row], end);
    }

    /** Whether the base name is all printable ASCII, and so just what the GUID is if the row has no other. */
    boolean isAscii(int row) {
        int end = baseEnds[Objects.checkIndex(row, size)];
        byte[] bytes = text;
        int at = baseStarts[row];
        while (size >= Words.WORTH_MAILS && at <= end - Long.BYTES && Words.isPrintable(Words.at(bytes, at))) {
            at += Long.BYTES;
        }
        for (; at < end; at++) {
            byte each = bytes[at];
            if (each < ' ' || each == 0x7F) {
                return false;
            }
        }
        return end - baseStarts[row] <= MailGuid.MAX_LENGTH;
    }

    MailboxSnapshot.Builder snapshotBuilder(int room) {
        return new MailboxSnapshot.Builder(text, room);
    }

    void addTo(MailboxSnapshot.Builder table, int row, Flags flags, Keywords keywords, long modSeq) {
        table.add(uid(row), baseStarts[row], baseEnds[row], flags, keywords, modSeq, MailboxSnapshot.RECEIVED_UNKNOWN);
    }

    boolean hasFields(int row) {
        Objects.checkIndex(row, size);
        return fieldEnds != null && fieldStarts != null && fieldEnds[row] > fieldStarts[row];
    }

    String fields(int row) {
        Objects.checkIndex(row, size);
        if (fieldStarts == null || fieldEnds == null) {
            return "";
        }
        int start = fieldStarts[row];
        return new String(text, start, fieldEnds[row] - start, StandardCharsets.ISO_8859_1);
    }

    int rowOfUid(long uid) {
        return Uid.search(uids, size, uid);
    }

    int rowOf(String base) {
        for (int i = 0; i < base.length(); i++) {
            if (base.charAt(i) > 0xFF) {
                return -1;
            }
        }
        byte[] bytes = base.getBytes(StandardCharsets.ISO_8859_1);
        return rowOf(bytes, 0, bytes.length);
    }

    int rowOf(byte[] name, int start, int end) {
        if (table == null && scans < SCANS_MAX) {
            scans++;
            return scan(name, start, end);
        }
        int[] rows = table();
        int place = hash(name, start, end) & rows.length - 1;
        while (rows[place] != 0) {
            int row = rows[place] - 1;
            if (Arrays.equals(text, baseStarts[row], baseEnds[row], name, start, end)) {
                return row;
            }
            place = place + 1 & rows.length - 1;
        }
        return -1;
    }

    /** Of two rows with one name the later, as in the table. */
    private int scan(byte[] name, int start, int end) {
        for (int row = size - 1; row >= 0; row--) {
            if (Arrays.equals(text, baseStarts[row], baseEnds[row], name, start, end)) {
                return row;
            }
        }
        return -1;
    }

    private int[] table() {
        int[] rows = table;
        if (rows == null) {
            rows = newTable(size);
            for (int row = size - 1; row >= 0; row--) {
                enter(rows, row);
            }
            table = rows;
        }
        return rows;
    }

    /** Length of the file, if it {@linkplain #hasLines has} the lines. */
    int fileBytes() {
        return text.length;
    }

    /** About the length of all lines. */
    int byteSize() {
        return size == 0 ? 0 : (int) Math.min(Integer.MAX_VALUE / 4, (long) text.length + 16L * size / 8);
    }

    void writeLine(long uid, int row, ByteArrayOutputStream out) {
        byte[] digits = Long.toString(uid).getBytes(StandardCharsets.ISO_8859_1);
        out.write(digits, 0, digits.length);
        out.write(' ');
        if (fieldStarts != null && fieldEnds != null && fieldEnds[row] > fieldStarts[row]) {
            out.write(text, fieldStarts[row], fieldEnds[row] - fieldStarts[row]);
            out.write(' ');
        }
        out.write(':');
        out.write(text, baseStarts[row], baseEnds[row] - baseStarts[row]);
        out.write('\n');
    }

    /** Whether {@link #lines} can be said. */
    boolean hasLines() {
        return lines;
    }

    /** The lines of rows that follow one another, as they are in the file. */
    ByteBuffer lines(int first, int end) {
        Objects.checkFromToIndex(first, end, size);
        int start = baseStarts[first];
        while (text[start - 1] != '\n') {
            start--;
        }
        int last = baseEnds[end - 1];
        while (text[last] != '\n') {
            last++;
        }
        return ByteBuffer.wrap(text, start, last + 1 - start);
    }

    private static int hash(byte[] bytes, int start, int end) {
        int hash = 1;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        hash *= 0x9E3779B9;
        return hash ^ hash >>> 15;
    }

    /** Collects rows. */
    static final class Builder {
        /** Room for one more row in so many is left as it is. */
        private static final int SLACK_SHARE = 16;

        private int size;
        private int[] uids;
        private byte[] text;
        private int textEnd;
        private int @Nullable [] fieldStarts;
        private int @Nullable [] fieldEnds;
        private int[] baseStarts;
        private int[] baseEnds;
        private boolean lines;

        /** Rows that bring their text. */
        Builder() {
            this(new byte[512], 16);
            textEnd = 0;
        }

        /**
         * Rows that lie in a file.
         *
         * @param room how many will most likely come
         */
        Builder(byte[] file, int room) {
            text = file;
            textEnd = file.length;
            uids = new int[room];
            baseStarts = new int[room];
            baseEnds = new int[room];
        }

        int size() {
            return size;
        }

        /** Every line of the file but the first is a row, and is as it would be written. */
        void linesAreRows() {
            lines = true;
        }

        long lastUid() {
            return Integer.toUnsignedLong(uids[size - 1]);
        }

        void add(long uid, int fieldStart, int fieldEnd, int baseStart, int baseEnd) {
            if (size == uids.length) {
                int capacity = size + size / 2 + 16;
                uids = Arrays.copyOf(uids, capacity);
                fieldStarts = fieldStarts == null ? null : Arrays.copyOf(fieldStarts, capacity);
                fieldEnds = fieldEnds == null ? null : Arrays.copyOf(fieldEnds, capacity);
                baseStarts = Arrays.copyOf(baseStarts, capacity);
                baseEnds = Arrays.copyOf(baseEnds, capacity);
            }
            uids[size] = (int) uid;
            if (fieldEnd > fieldStart) {
                int[] starts = fieldStarts == null ? new int[uids.length] : fieldStarts;
                int[] ends = fieldEnds == null ? new int[uids.length] : fieldEnds;
                starts[size] = fieldStart;
                ends[size] = fieldEnd;
                fieldStarts = starts;
                fieldEnds = ends;
            }
            baseStarts[size] = baseStart;
            baseEnds[size] = baseEnd;
            size++;
        }

        void add(long uid, String fields, String base) {
            int start = textEnd;
            append(fields.getBytes(StandardCharsets.ISO_8859_1), 0, fields.length());
            int middle = textEnd;
            append(base.getBytes(StandardCharsets.ISO_8859_1), 0, base.length());
            add(uid, start, middle, middle, textEnd);
        }

        void add(long uid, UidlistColumns from, int row) {
            int start = textEnd;
            if (from.fieldStarts != null && from.fieldEnds != null) {
                append(from.text, from.fieldStarts[row], from.fieldEnds[row]);
            }
            int middle = textEnd;
            append(from.text, from.baseStarts[row], from.baseEnds[row]);
            add(uid, start, middle, middle, textEnd);
        }

        private void append(byte[] from, int start, int end) {
            int length = end - start;
            if (length > text.length - textEnd) {
                text = Arrays.copyOf(text, Math.max(Math.addExact(textEnd, length), text.length + text.length / 2));
            }
            System.arraycopy(from, start, text, textEnd, length);
            textEnd += length;
        }

        /** Drops the room that was not needed, unless that would cost more for a moment than it saves. */
        private void trim() {
            if (uids.length - size <= size / SLACK_SHARE) {
                return;
            }
            uids = Arrays.copyOf(uids, size);
            fieldStarts = fieldStarts == null ? null : Arrays.copyOf(fieldStarts, size);
            fieldEnds = fieldEnds == null ? null : Arrays.copyOf(fieldEnds, size);
            baseStarts = Arrays.copyOf(baseStarts, size);
            baseEnds = Arrays.copyOf(baseEnds, size);
        }

        /** The columns; of rows with the same base name only the last stays. The builder must not be used any more. */
        UidlistColumns build(Problems problems) {
            trim();
            BitSet dead = new BitSet();
            int[] table = newTable(size);
            UidlistColumns all = new UidlistColumns(this, table);
            for (int row = size - 1; row >= 0; row--) {
                int later = all.enter(table, row);
                if (later >= 0) {
                    dead.set(row);
                    problems.add(
                            "UIDs " + all.uid(row) + " and " + all.uid(later) + " are for one file; taking the latter");
                }
            }
            return dead.isEmpty() ? all : all.without(dead);
        }

        /** The columns; of rows with the same base name all stay, and the last one is found. The builder is used up. */
        UidlistColumns buildUnlooked() {
            trim();
            return new UidlistColumns(this, null);
        }
    }

    private static int[] newTable(int size) {
        int capacity = Integer.highestOneBit(Math.max(4, size)) * 4;
        return new int[capacity];
    }

    /** Returns the row that is there under the same base name, or -1 if there was none. */
    private int enter(int[] table, int row) {
        int place = hash(text, baseStarts[row], baseEnds[row]) & table.length - 1;
        while (table[place] != 0) {
            int other = table[place] - 1;
            if (Arrays.equals(text, baseStarts[other], baseEnds[other], text, baseStarts[row], baseEnds[row])) {
                return other;
            }
            place = place + 1 & table.length - 1;
        }
        table[place] = row + 1;
        return -1;
    }

    private UidlistColumns without(BitSet dead) {
        Builder kept = new Builder(text, size);
        for (int row = dead.nextClearBit(0); row < size; row = dead.nextClearBit(row + 1)) {
            int start = fieldStarts == null ? 0 : fieldStarts[row];
            int end = fieldEnds == null ? 0 : fieldEnds[row];
            kept.add(uid(row), start, end, baseStarts[row], baseEnds[row]);
        }
        return kept.build(new Problems());
    }
}
