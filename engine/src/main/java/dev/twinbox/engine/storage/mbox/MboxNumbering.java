package dev.twinbox.engine.storage.mbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which UIDs the mails of an mbox have. Pure. What {@code X-UID} says is believed if the first mail says the mailbox's numbers,
 * UIDs rise, and it is at most the last UID given, or just the next one; every other mail gets the next UID, as it would from
 * Dovecot.
 *
 * @param uids by the mails' order
 * @param next UIDNEXT
 */
@SuppressWarnings("ArrayRecordComponent")
record MboxNumbering(long[] uids, long next) {
    /**
     * @param base what the first mail says
     * @param indexNext the index's UIDNEXT; 1 if there is none
     */
    static MboxNumbering of(List<MboxMail> mails, @Nullable MboxBase base, long indexNext) {
        long last = Math.max(base == null ? 0 : base.lastUid(), indexNext - 1);
        long next = last + 1;
        long before = 0;
        long[] uids = new long[mails.size()];
        for (int i = 0; i < uids.length; i++) {
            long said = base == null ? 0 : mails.get(i).uid();
            boolean believed = said > before && (said <= last || said == next);
            uids[i] = believed ? said : next;
            before = uids[i];
            next = Math.max(next, before + 1);
        }
        return new MboxNumbering(uids, next);
    }
}
