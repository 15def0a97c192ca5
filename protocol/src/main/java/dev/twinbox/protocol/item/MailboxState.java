package dev.twinbox.protocol.item;

/**
 * What both sides have in common in one mailbox after its exchange; also the saved state of a stateful run (wire protocol,
 * section 2.2). Said only after the speaker's changes are committed, so it acknowledges them.
 *
 * @param mailbox the mailbox
 * @param uidValidity the UIDVALIDITY at the start of the exchange, 1 to 2<sup>32</sup>-1; 0 if everything must be compared
 *     anew next time
 * @param commonUid up to this UID both sides have the same mails; 0 to 2<sup>32</sup>-1
 * @param commonModSeq up to this modseq both sides have the same changes
 * @param commonPrivateModSeq the same of private flags in shared mailboxes
 * @param messages number of mails, 0 to 2<sup>32</sup>-1
 * @param changesDuringSync the mailbox did not end clean: somebody else changed it meanwhile
 * @param pending Twinbox only: how many changes the speaker has yet to make in this mailbox, in a planning pass all of
 *     them; 0 to 2<sup>32</sup>-1
 */
public record MailboxState(
        MailboxGuid mailbox,
        long uidValidity,
        long commonUid,
        ModSeq commonModSeq,
        ModSeq commonPrivateModSeq,
        long messages,
        boolean changesDuringSync,
        long pending)
        implements SyncItem {
    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public MailboxState {
        Check.unsigned32("last_uidvalidity of mailbox_state", uidValidity);
        Check.unsigned32("last_common_uid of mailbox_state", commonUid);
        Check.unsigned32("last_messages_count of mailbox_state", messages);
        Check.unsigned32("pending of mailbox_state", pending);
    }

    @Override
    public Kind kind() {
        return Kind.MAILBOX_STATE;
    }
}
