package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.index.Bytes;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which of the POP3 values in the metadata of a mailbox's mails count, by what its index says, as for Dovecot. A copy that
 * Dovecot makes shares the metadata with the mail it is of, and has no values all the same: its UID is higher.
 *
 * @param flags {@link DboxIndexHeader#HAS_UIDLS} and {@link DboxIndexHeader#HAS_ORDERS}
 * @param highestUid of mails with a UIDL; no mail above it has one, nor an order
 */
record Pop3Rule(int flags, long highestUid) {
    /** Header of the index with the highest UID of a mail that has a UIDL. */
    static final String EXTENSION = "hdr-pop3-uidl";

    private static final int SIZE = 4;
    private static final long ALL_MAY = Long.MAX_VALUE;
    private static final Pop3Rule NONE_COUNT = new Pop3Rule(0, 0);

    /**
     * What an index says.
     *
     * @param extension which of its headers is that of dbox
     */
    static Pop3Rule of(@Nullable IndexState index, String extension) {
        DboxIndexHeader header = index == null ? null : DboxIndexHeader.of(index, extension);
        return index == null || header == null ? NONE_COUNT : new Pop3Rule(header.flags(), highestUid(index));
    }

    /**
     * What will count when an edit is carried out. Copies come without values.
     *
     * @param extension which header of the index is that of dbox
     */
    static Pop3Rule after(DboxEdit edit, String extension) {
        IndexState old = edit.table().index();
        int flags = of(old, extension).flags;
        long highest = old == null ? ALL_MAY : highestUid(old);
        if (highest == ALL_MAY && (old == null || old.size() == 0)) {
            highest = 0;
        }
        for (DboxEdit.Row row : edit.special()) {
            if (row.isCopy || row.stays()) {
                continue;
            }
            Pop3 values = row.origin == DboxEdit.Origin.STAGED ? edit.body(row).pop3() : null;
            if (values == null) {
                highest = Math.max(highest, row.uid); // perhaps; more than needed only makes Dovecot look
            } else if (!values.equals(Pop3.NONE)) {
                flags |= values.uidl().isEmpty() ? 0 : DboxIndexHeader.HAS_UIDLS;
                flags |= values.order() > 0 ? DboxIndexHeader.HAS_ORDERS : 0;
                highest = Math.max(highest, row.uid);
            }
        }
        return new Pop3Rule(flags, highest);
    }

    /** Whether it is known from which UID on no mail has any values. */
    boolean isHighestKnown() {
        return highestUid != ALL_MAY;
    }

    /** The header that says it, in place of another one. */
    byte[] highestToBytes(byte[] before) {
        byte[] bytes = Arrays.copyOf(before, Math.max(SIZE, before.length));
        Bytes.put32(bytes, 0, highestUid);
        return bytes;
    }

    /** What the index says of it; all may have one where it says nothing. */
    static long highestUid(IndexState index) {
        byte[] bytes = index.extension(EXTENSION).map(IndexExtension::header).orElse(new byte[0]);
        return bytes.length < SIZE ? ALL_MAY : Bytes.u32(bytes, 0);
    }

    /** Whether no mail has any, so that nobody need look. */
    boolean isNone() {
        return flags == 0;
    }

    /** The values of a mail. */
    Pop3 of(DboxMetadata metadata, long uid) {
        if (uid > highestUid) {
            return Pop3.NONE;
        }
        return Pop3.of(
                (flags & DboxIndexHeader.HAS_UIDLS) == 0 ? "" : metadata.pop3().uidl(),
                (flags & DboxIndexHeader.HAS_ORDERS) == 0 ? 0 : metadata.pop3().order());
    }
}
