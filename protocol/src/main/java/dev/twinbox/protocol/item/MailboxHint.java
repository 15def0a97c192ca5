package dev.twinbox.protocol.item;

/**
 * Twinbox only: what a side knows of one of its mailboxes beyond what dsync can say. Said after the trees of those
 * mailboxes of which there is something to say, and at the head of a mailbox's lists of its log.
 *
 * @param mailbox the mailbox
 * @param keep after the trees: mails lie in it that no sync has seen, so a deletion of the mailbox by the other side must
 *     not take them
 * @param changed after the trees: it differs from the saved state of a stateful run
 * @param wholeLog with the lists: mails that the speaker does not list, neither as there nor as expunged, it never had
 * @param unsyncedFrom with the lists: mails from this UID on came after the last sync of the mailbox, so no other side has
 *     seen them; 0 if there are none, or nothing is known; up to 2<sup>32</sup>-1
 * @param leavesOut with the lists: mails in blocks that both sides have said to be the same ({@link MailboxInfo#blocks}) are
 *     not listed
 */
public record MailboxHint(
        MailboxGuid mailbox, boolean keep, boolean changed, boolean wholeLog, long unsyncedFrom, boolean leavesOut)
        implements SyncItem {
    /**
     * @throws IllegalArgumentException if the UID is out of its range
     */
    public MailboxHint {
        Check.unsigned32("unsynced of mailbox_hint", unsyncedFrom);
    }

    /** What is said after the trees. */
    public static MailboxHint ofTree(MailboxGuid mailbox, boolean keep, boolean changed) {
        return new MailboxHint(mailbox, keep, changed, false, 0, false);
    }

    /** What is said with a mailbox's lists. */
    public static MailboxHint ofLog(MailboxGuid mailbox, boolean wholeLog, long unsyncedFrom, boolean leavesOut) {
        return new MailboxHint(mailbox, false, false, wholeLog, unsyncedFrom, leavesOut);
    }

    @Override
    public Kind kind() {
        return Kind.MAILBOX_HINT;
    }
}
