package dev.twinbox.engine.storage.mbox;

import dev.twinbox.protocol.item.MailboxGuid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The header of the index extension {@code mbox} (storage formats, section 5), 32 bytes, little endian: u64 size and u32 mtime
 * of the file that the index is of, u8 whether the file lacks something the index has, 3 zero bytes, 16 bytes mailbox GUID.
 * Its records are the mails' places in the file, u64: 0 for the first, else that of the line end in front of the From_ line.
 *
 * @param size bytes
 * @param mtime seconds since 1970, the lowest 32 bits
 * @param dirty whether flags have not been written to the file yet
 * @param guid null if it is not known yet
 */
record MboxIndexHeader(
        long size, long mtime, boolean dirty, @Nullable MailboxGuid guid) {
    /** Name of the extension. */
    static final String EXTENSION = "mbox";

    /** Name of the extension whose records are the mails' GUIDs, once somebody asked for them. */
    static final String HEADER_MD5 = "header-md5";

    /** Bytes of a record, and what its place is a multiple of. */
    static final int RECORD = 8;

    private static final int LENGTH = 32;
    private static final int GUID_AT = 16;

    /** Reads it; null if it is too short. */
    static @Nullable MboxIndexHeader parse(byte[] bytes) {
        if (bytes.length < LENGTH) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] guid = Arrays.copyOfRange(bytes, GUID_AT, LENGTH);
        boolean none = Arrays.equals(guid, new byte[guid.length]);
        return new MboxIndexHeader(
                in.getLong(0),
                Integer.toUnsignedLong(in.getInt(8)),
                in.get(12) != 0,
                none ? null : MailboxGuid.ofBytes(guid, 0));
    }

    byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(size).putInt((int) mtime).put((byte) (dirty ? 1 : 0));
        if (guid != null) {
            out.position(GUID_AT).put(guid.toBytes());
        }
        return out.array();
    }
}
