package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.MailboxGuid;

/**
 * The numbers two mailboxes agree on (dsync wire protocol, sections 3.3.6, 3.5 and 3.7 E). Those of a side on which nobody
 * has recorded any do not count.
 */
final class Numbers {
    /**
     * How far modseqs rise by a merge. A log counts one for each kind of change that is written into it, and two for each
     * keyword; one that has to count further than the number both sides agree on begins anew, and has forgotten which mails
     * went away before the other side has heard of it.
     */
    static final int ROOM = 100;

    private final MailboxStatus left;
    private final MailboxStatus right;

    Numbers(MailboxStatus left, MailboxStatus right) {
        this.left = left;
        this.right = right;
    }

    /** The only ones that count, or those of either side. */
    private MailboxStatus firm(boolean wantLeft) {
        if (left.provisional() != right.provisional()) {
            return left.provisional() ? right : left;
        }
        return wantLeft ? left : right;
    }

    /** The larger GUID, byte by byte. */
    MailboxGuid guid() {
        return firm(left.guid().compareTo(right.guid()) >= 0).guid();
    }

    /**
     * That of the mailbox with more mails; with equally many the larger one.
     *
     * @param leftGone mails of the left side that do not count any more
     */
    long uidValidity(int leftGone, int rightGone) {
        int leftMails = left.messages() - leftGone;
        int rightMails = right.messages() - rightGone;
        boolean wantLeft = leftMails != rightMails ? leftMails > rightMails : left.uidValidity() >= right.uidValidity();
        return firm(wantLeft).uidValidity();
    }

    /** A mail that a client of either side has seen is not \Recent any more. At least 1. */
    long firstRecentUid() {
        if (left.provisional() && right.provisional()) {
            return 1;
        }
        return Math.max(1, firm(left.firstRecentUid() >= right.firstRecentUid()).firstRecentUid());
    }

    /**
     * The highest modseq of both, or one {@link #ROOM} further.
     *
     * @param changed whether a client of either side will see a difference
     */
    long highestModSeq(boolean changed) {
        long highest = Math.max(left.highestModSeq(), right.highestModSeq());
        return changed ? Math.max(1, highest) + ROOM : highest;
    }
}
