package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.index.Bytes;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.protocol.item.MailboxGuid;
import org.jspecify.annotations.Nullable;

/**
 * The header of the index extension {@code dbox-hdr} or {@code mdbox-hdr}, 24 bytes: u32 stamp, 16 bytes mailbox GUID, u8
 * flags, 3 zero; numbers little endian (storage-formats.md, sections 3.2 and 3.3).
 *
 * @param stamp see {@link DboxBodies#stamp}
 * @param flags {@link #HAS_UIDLS} and {@link #HAS_ORDERS}
 */
record DboxIndexHeader(long stamp, MailboxGuid guid, int flags) {
    /** Some mails have a POP3 UIDL in their metadata; otherwise nobody looks. */
    static final int HAS_UIDLS = 1;

    /** Some mails have a POP3 order in their metadata; otherwise nobody looks. */
    static final int HAS_ORDERS = 2;

    private static final int SIZE = 24;
    private static final int GUID_AT = 4;
    private static final int GUID_SIZE = 16;
    private static final int FLAGS_AT = GUID_AT + GUID_SIZE;

    /** What an index says, or null if it does not say which mailbox it is. */
    static @Nullable DboxIndexHeader of(IndexState index, String extension) {
        byte[] bytes = index.extension(extension).map(e -> e.header()).orElse(new byte[0]);
        if (bytes.length < FLAGS_AT) {
            return null;
        }
        MailboxGuid guid = MailboxGuid.ofBytes(bytes, GUID_AT);
        if (guid.high() == 0 && guid.low() == 0) {
            return null;
        }
        return new DboxIndexHeader(Bytes.u32(bytes, 0), guid, bytes.length > FLAGS_AT ? bytes[FLAGS_AT] & 0xFF : 0);
    }

    byte[] toBytes() {
        byte[] bytes = new byte[SIZE];
        Bytes.put32(bytes, 0, stamp);
        System.arraycopy(guid.toBytes(), 0, bytes, GUID_AT, GUID_SIZE);
        bytes[FLAGS_AT] = (byte) flags;
        return bytes;
    }
}
