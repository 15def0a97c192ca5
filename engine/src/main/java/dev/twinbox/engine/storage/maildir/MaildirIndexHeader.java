package dev.twinbox.engine.storage.maildir;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The header of the index extension {@code maildir} (storage formats, section 1.9): nine little endian u32 that tell
 * Dovecot which state of {@code new/}, {@code cur/} and the uidlist the index was made from. If they do not match it scans
 * the directories again; nothing is lost.
 *
 * <p>All values are unsigned 32-bit numbers: times in seconds since 1970, parts of a second in nanoseconds, size in bytes.
 *
 * @param newCheck when {@code new/} was last scanned
 * @param newMtime its mtime then
 * @param newMtimeNanos the same, part of a second
 * @param curCheck when {@code cur/} was last scanned
 * @param curMtime its mtime then
 * @param curMtimeNanos the same, part of a second
 * @param uidlistMtime mtime of {@code dovecot-uidlist}
 * @param uidlistMtimeNanos the same, part of a second
 * @param uidlistSize its size
 */
public record MaildirIndexHeader(
        long newCheck,
        long newMtime,
        long newMtimeNanos,
        long curCheck,
        long curMtime,
        long curMtimeNanos,
        long uidlistMtime,
        long uidlistMtimeNanos,
        long uidlistSize) {
    /** Name of the extension. */
    public static final String EXTENSION = "maildir";

    /** Length in bytes. */
    public static final int LENGTH = 36;

    /** Nothing scanned yet. */
    public static final MaildirIndexHeader NONE = new MaildirIndexHeader(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Reads it; nothing if it is too short. What follows the 36 bytes is ignored. */
    public static Optional<MaildirIndexHeader> parse(byte[] bytes) {
        if (bytes.length < LENGTH) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long[] v = new long[LENGTH / 4];
        for (int i = 0; i < v.length; i++) {
            v[i] = Integer.toUnsignedLong(in.getInt());
        }
        return Optional.of(new MaildirIndexHeader(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]));
    }

    /** The 36 bytes; of each value the lowest 32 bits, as Dovecot cuts them. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(LENGTH)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) newCheck)
                .putInt((int) newMtime)
                .putInt((int) newMtimeNanos)
                .putInt((int) curCheck)
                .putInt((int) curMtime)
                .putInt((int) curMtimeNanos)
                .putInt((int) uidlistMtime)
                .putInt((int) uidlistMtimeNanos)
                .putInt((int) uidlistSize)
                .array();
    }

    /** Whether the uidlist is the one the index was made from. */
    public boolean matchesUidlist(long mtime, int mtimeNanos, long size) {
        return uidlistSize != 0
                && uidlistMtime == (mtime & 0xFFFF_FFFFL)
                && uidlistMtimeNanos == mtimeNanos
                && uidlistSize == (size & 0xFFFF_FFFFL);
    }
}
