package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.MailboxGuid;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox's numbers (RFC 3501 section 6.3.10, RFC 7162).
 *
 * @param uidValidity 1 to 2<sup>32</sup>-1
 * @param uidNext 1 to 2<sup>32</sup>
 * @param messages number of mails
 * @param firstRecentUid mails from this UID on are \Recent; 1 to {@code uidNext}
 * @param highestModSeq at least 1
 * @param provisional the UIDs, UIDVALIDITY and GUID are derived, because nobody has recorded any: they say nothing to
 *     anyone, and only the mails' GUIDs count
 * @param settled the numbers are just as this program last recorded them; if not, somebody has used the mailbox since, or a
 *     run was cut off, and numbers that happen to be equal to another mailbox's prove nothing
 */
public record MailboxStatus(
        MailboxGuid guid,
        long uidValidity,
        long uidNext,
        int messages,
        long firstRecentUid,
        long highestModSeq,
        boolean provisional,
        boolean settled) {
    /** Numbers that are recorded and that nobody has moved. */
    public MailboxStatus(
            MailboxGuid guid,
            long uidValidity,
            long uidNext,
            int messages,
            long firstRecentUid,
            long highestModSeq,
            boolean provisional) {
        this(guid, uidValidity, uidNext, messages, firstRecentUid, highestModSeq, provisional, true);
    }

    // Written out: what Java derives for records is made at run time and costs every start some 20 ms.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MailboxStatus status
                && guid.equals(status.guid)
                && uidValidity == status.uidValidity
                && uidNext == status.uidNext
                && messages == status.messages
                && firstRecentUid == status.firstRecentUid
                && highestModSeq == status.highestModSeq
                && provisional == status.provisional
                && settled == status.settled;
    }

    @Override
    public int hashCode() {
        return 31 * guid.hashCode() + Long.hashCode(highestModSeq);
    }
}
