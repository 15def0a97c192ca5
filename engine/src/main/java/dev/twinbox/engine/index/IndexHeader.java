package dev.twinbox.engine.index;

import java.util.Arrays;

/**
 * The base header of an index (storage-formats.md, section 2.1): 120 bytes or, in formats to come, more, kept as they
 * are. Immutable.
 */
public final class IndexHeader {
    /** Size of the header we know, in bytes. */
    public static final int SIZE = 120;

    /** Header flag: some records are {@link IndexState#DIRTY}. */
    public static final int HAS_DIRTY = 2;

    /** Header flag: the index was repaired. */
    public static final int WAS_REPAIRED = 4;

    static final int MAJOR = 7;
    static final int MINOR = 3;
    static final int LITTLE_ENDIAN_FLAG = 1;
    static final long NO_PREVIOUS_LOG = 0xFFFF_FFFFL;

    static final int AT_BASE_SIZE = 2;
    static final int AT_HEADER_SIZE = 4;
    static final int AT_RECORD_SIZE = 8;
    static final int AT_COMPAT = 12;
    static final int AT_INDEX_ID = 16;
    static final int AT_FLAGS = 20;
    static final int AT_UIDVALIDITY = 24;
    static final int AT_NEXT_UID = 28;
    static final int AT_MESSAGES = 32;
    static final int AT_SEEN = 40;
    static final int AT_DELETED = 44;
    static final int AT_FIRST_RECENT = 48;
    static final int AT_FIRST_UNSEEN = 52;
    static final int AT_FIRST_DELETED = 56;
    static final int AT_LOG_SEQ = 60;
    static final int AT_LOG_TAIL = 64;
    static final int AT_LOG_HEAD = 68;
    static final int AT_ROTATED = 76;
    static final int AT_DAY = 84;

    private final byte[] bytes;

    private IndexHeader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of the bytes of a header, at least {@link #SIZE} of them. */
    static IndexHeader of(byte[] bytes) {
        return new IndexHeader(Arrays.copyOf(bytes, Math.max(bytes.length, SIZE)));
    }

    /** The header of an index in which nothing is set yet. */
    static byte[] blank() {
        byte[] bytes = new byte[SIZE];
        bytes[0] = MAJOR;
        bytes[1] = MINOR;
        Bytes.put16(bytes, AT_BASE_SIZE, SIZE);
        bytes[AT_COMPAT] = LITTLE_ENDIAN_FLAG;
        Bytes.put32(bytes, AT_NEXT_UID, 1);
        Bytes.put32(bytes, AT_FIRST_RECENT, 1);
        Bytes.put32(bytes, AT_ROTATED, NO_PREVIOUS_LOG);
        return bytes;
    }

    /** Number that snapshot, log and cache have in common; 0 if there is none. */
    public long indexId() {
        return Bytes.u32(bytes, AT_INDEX_ID);
    }

    /** {@link #HAS_DIRTY}, {@link #WAS_REPAIRED} and bits unknown to us. */
    public int flags() {
        return Bytes.i32(bytes, AT_FLAGS);
    }

    /** 0 if none is set yet. */
    public long uidValidity() {
        return Bytes.u32(bytes, AT_UIDVALIDITY);
    }

    /** At least 1. */
    public long nextUid() {
        return Bytes.u32(bytes, AT_NEXT_UID);
    }

    /** Mails from this UID on are \Recent. */
    public long firstRecentUid() {
        return Bytes.u32(bytes, AT_FIRST_RECENT);
    }

    /** Log file up to which the snapshot reaches. */
    public long logSeq() {
        return Bytes.u32(bytes, AT_LOG_SEQ);
    }

    /** From here to the head may lie requests that nobody has carried out yet. */
    public long logTail() {
        return Bytes.u32(bytes, AT_LOG_TAIL);
    }

    /** Offset in the log up to which the snapshot reaches. */
    public long logHead() {
        return Bytes.u32(bytes, AT_LOG_HEAD);
    }

    /** Number of mails, as the header claims. */
    public long claimedMessages() {
        return Bytes.u32(bytes, AT_MESSAGES);
    }

    /** Number of mails with \Seen, as the header claims. */
    public long claimedSeen() {
        return Bytes.u32(bytes, AT_SEEN);
    }

    /** Number of mails with \Deleted, as the header claims. */
    public long claimedDeleted() {
        return Bytes.u32(bytes, AT_DELETED);
    }

    /** A copy of the bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }
}
