package dev.twinbox.engine.index;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The framing of {@code dovecot.index.log} (storage-formats.md, section 2.3).
 *
 * <pre>
 * header, 40 bytes: u8 major 1 | u8 minor 3 | u16 size | u32 index id | u32 file seq | u32 previous seq |
 *                   u32 previous offset | u32 create time | u64 initial modseq | u8 flags 1 | zeros
 * record: size, 4 bytes | u32 type | body, padded to 4
 * </pre>
 *
 * <p>A record's size is its whole length divided by 4, in four groups of 7 bits, most significant first, each byte with
 * its top bit set: as long as one is not, the record is not (wholly) written. A record of type {@link #BOUNDARY} gives
 * the size of the transaction it begins; readers stop before a transaction that is not there in full. Index id 0 marks a
 * log that somebody found corrupt. Pure; safe for use by several threads.
 */
public final class IndexLogCodec {
    /** Size of a log header, in bytes. */
    public static final int HEADER_SIZE = 40;

    /** Largest log we read, in bytes; Dovecot starts a new one after 1 MB. */
    public static final int LOG_BYTES_MAX = 512 << 20;

    static final int EXTERNAL = 0x1000_0000;
    static final int SYNC = 0x2000_0000;
    static final int TYPE_MASK = 0x0FFF_FFFF;

    static final int EXPUNGE = 0x0000_CD91;
    static final int APPEND = 0x0000_0002;
    static final int FLAG_UPDATE = 0x0000_0004;
    static final int HEADER_UPDATE = 0x0000_0020;
    static final int EXT_INTRO = 0x0000_0040;
    static final int EXT_RESET = 0x0000_0080;
    static final int EXT_HEADER_UPDATE = 0x0000_0100;
    static final int EXT_RECORD_UPDATE = 0x0000_0200;
    static final int KEYWORD_UPDATE = 0x0000_0400;
    static final int KEYWORD_RESET = 0x0000_0800;
    static final int EXT_ATOMIC_INC = 0x0000_1000;
    static final int EXPUNGE_GUID = 0x0000_ED90;
    static final int MODSEQ_UPDATE = 0x0000_8000;
    static final int EXT_HEADER_UPDATE_32 = 0x0001_0000;
    static final int INDEX_DELETED = 0x0002_0000;
    static final int INDEX_UNDELETED = 0x0004_0000;
    static final int BOUNDARY = 0x0008_0000;
    static final int ATTRIBUTE_UPDATE = 0x0010_0000;

    static final int RECORD_HEADER = 8;
    static final int BOUNDARY_SIZE = 12;

    private static final int OLD_HEADER_SIZE = 24;
    private static final int MAJOR = 1;
    private static final int MINOR = 3;

    private IndexLogCodec() {}

    /**
     * A log file's header.
     *
     * @param minor format version; before 3 every flag update counted for modseqs
     * @param headerSize where the first record is
     * @param indexId 0 if the log was marked corrupt
     * @param previousSeq 0 if this log stands for itself: it begins with an empty index
     * @param previousOffset where the previous log ended
     * @param createdAt seconds since 1970
     * @param initialModSeq modseq before the first record
     */
    public record Header(
            int minor,
            int headerSize,
            long indexId,
            long seq,
            long previousSeq,
            long previousOffset,
            long createdAt,
            long initialModSeq) {
        /** A header as we write it. */
        public static Header of(
                long indexId, long seq, long previousSeq, long previousOffset, long createdAt, long initialModSeq) {
            return new Header(MINOR, HEADER_SIZE, indexId, seq, previousSeq, previousOffset, createdAt, initialModSeq);
        }
    }

    /**
     * Reads a header from the beginning of a file.
     *
     * @throws IndexFormatException if it is none, or is cut
     */
    public static Header decodeHeader(byte[] file) throws IndexFormatException {
        if (file.length < OLD_HEADER_SIZE) {
            throw new IndexFormatException("log is shorter than its header");
        }
        int size = Bytes.u16(file, 2);
        if (Bytes.u8(file, 0) != MAJOR || size < OLD_HEADER_SIZE || size > file.length || size % 4 != 0) {
            throw new IndexFormatException("log has version " + Bytes.u8(file, 0) + ", header of " + size + " bytes");
        }
        byte[] full = Arrays.copyOf(Arrays.copyOf(file, Math.min(size, HEADER_SIZE)), HEADER_SIZE);
        if (size >= 36 && full[32] != 1) {
            throw new IndexFormatException("log is not little endian");
        }
        return new Header(
                Bytes.u8(full, 1),
                size,
                Bytes.u32(full, 4),
                Bytes.u32(full, 8),
                Bytes.u32(full, 12),
                Bytes.u32(full, 16),
                Bytes.u32(full, 20),
                Bytes.u64(full, 24));
    }

    /** Writes a header of {@link #HEADER_SIZE} bytes. */
    public static byte[] encodeHeader(Header header) {
        byte[] bytes = new byte[HEADER_SIZE];
        bytes[0] = MAJOR;
        bytes[1] = MINOR;
        Bytes.put16(bytes, 2, HEADER_SIZE);
        Bytes.put32(bytes, 4, header.indexId());
        Bytes.put32(bytes, 8, header.seq());
        Bytes.put32(bytes, 12, header.previousSeq());
        Bytes.put32(bytes, 16, header.previousOffset());
        Bytes.put32(bytes, 20, header.createdAt());
        Bytes.put64(bytes, 24, header.initialModSeq());
        bytes[32] = 1;
        return bytes;
    }

    /** Writes a record's length where a record begins. */
    static void putSize(byte[] bytes, int at, int size) {
        int quarter = size / 4;
        for (int i = 3; i >= 0; i--) {
            bytes[at + i] = (byte) (0x80 | quarter & 0x7F);
            quarter >>>= 7;
        }
    }

    /** A record's length, or -1 if it is not wholly written or makes no sense. */
    static int size(byte[] bytes, int at) {
        byte first = bytes[at];
        byte second = bytes[at + 1];
        byte third = bytes[at + 2];
        byte fourth = bytes[at + 3];
        if ((first & second & third & fourth) >= 0) {
            return -1; // one has not got its top bit
        }
        int quarter = (first & 0x7F) << 21 | (second & 0x7F) << 14 | (third & 0x7F) << 7 | fourth & 0x7F;
        return quarter < 2 ? -1 : quarter * 4;
    }

    /** Walks the records of a log. Not safe for use by several threads. */
    static final class Cursor {
        final byte[] log;
        private final int limit;
        private int at;
        private int end;
        private boolean incomplete;

        /** Starts before the record at {@code from}. */
        Cursor(byte[] log, int from) {
            this.log = log;
            this.limit = log.length;
            this.at = from;
            this.end = from;
        }

        /** Goes to the next record; false at the end, or before something that is not complete. */
        boolean next() {
            if (incomplete || end >= limit) {
                return false;
            }
            int size = end + RECORD_HEADER > limit ? -1 : IndexLogCodec.size(log, end);
            if (size < 0 || size > limit - end) {
                incomplete = true;
                return false;
            }
            if ((Bytes.i32(log, end + 4) & TYPE_MASK) == BOUNDARY) {
                long whole = size < BOUNDARY_SIZE ? 0 : Bytes.u32(log, end + RECORD_HEADER);
                if (whole > limit - end || size < BOUNDARY_SIZE) {
                    incomplete = true;
                    return false;
                }
            }
            at = end;
            end = at + size;
            return true;
        }

        /** Where the record begins. */
        int offset() {
            return at;
        }

        /** Where the next record would begin. */
        int end() {
            return end;
        }

        /** Where its body begins; it reaches to {@link #end}. */
        int body() {
            return at + RECORD_HEADER;
        }

        int bodySize() {
            return end - at - RECORD_HEADER;
        }

        int type() {
            return Bytes.i32(log, at + 4) & TYPE_MASK;
        }

        boolean isExternal() {
            return (Bytes.i32(log, at + 4) & EXTERNAL) != 0;
        }

        boolean isSync() {
            return (Bytes.i32(log, at + 4) & SYNC) != 0;
        }

        /** Whether the record is about mails or the mailbox's numbers, not about what is derived from them. */
        boolean isOfMails() {
            return switch (type()) {
                case EXPUNGE, EXPUNGE_GUID, APPEND, FLAG_UPDATE, HEADER_UPDATE, KEYWORD_UPDATE, KEYWORD_RESET -> true;
                case MODSEQ_UPDATE -> true;
                default -> false;
            };
        }

        /** Whether the walk ended at something that is not a whole transaction. */
        boolean isIncomplete() {
            return incomplete;
        }

        /** The modseq after this record, given the one before it. */
        long modSeqAfter(long before, int minor) {
            return switch (type()) {
                case APPEND, KEYWORD_UPDATE, KEYWORD_RESET, ATTRIBUTE_UPDATE -> before + 1;
                case EXPUNGE, EXPUNGE_GUID -> isExternal() ? before + 1 : before;
                case FLAG_UPDATE -> minor < MINOR || touchesFlags() ? before + 1 : before;
                case MODSEQ_UPDATE -> Math.max(before, largestModSeq());
                default -> before;
            };
        }

        private boolean touchesFlags() {
            for (int i = body(); i + 12 <= end; i += 12) {
                if (isVisibleFlagUpdate(i)) {
                    return true;
                }
            }
            return false;
        }

        /** Whether an entry of a flag update changes what a client sees, or says that it counts as that. */
        boolean isVisibleFlagUpdate(int entry) {
            int visible = dev.twinbox.protocol.item.Flags.SETTABLE;
            return ((log[entry + 8] | log[entry + 9]) & visible) != 0 || log[entry + 10] != 0;
        }

        /** A first copy gives every mail its modseq: most are the same, and all have to be read at each look at the log. */
        private long largestModSeq() {
            int[] words = new int[bodySize() / 12 * 3];
            ByteBuffer.wrap(log, body(), words.length * 4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asIntBuffer()
                    .get(words);
            int low = 0;
            int high = 0;
            long largest = 0;
            for (int i = 1; i < words.length; i += 3) {
                if (words[i] != low || words[i + 1] != high) {
                    low = words[i];
                    high = words[i + 1];
                    largest = Math.max(largest, low & 0xFFFF_FFFFL | (long) high << Integer.SIZE);
                }
            }
            return largest;
        }

        /** Length of the keyword name in a keyword update, or -1 if the record is cut. */
        int keywordNameSize() {
            if (bodySize() < 4) {
                return -1;
            }
            int size = Bytes.u16(log, body() + 2);
            return size == 0 || Bytes.align(4 + size, 4) > bodySize() ? -1 : size;
        }

        String keywordName() {
            return Bytes.text(log, body() + 4, body() + 4 + keywordNameSize());
        }

        /** Where the UID ranges of a keyword update begin. */
        int keywordRanges() {
            return body() + Bytes.align(4 + keywordNameSize(), 4);
        }
    }
}
