package dev.twinbox.protocol.item;

/** What both sides have in common in one mailbox after its exchange; also the saved state of a stateful run. */
public record MailboxState(
        MailboxGuid mailbox,
        long uidValidity,
        long commonUid,
        ModSeq commonModSeq,
        ModSeq commonPrivateModSeq,
        long messages,
        boolean changesDuringSync,
        long expunged)
        implements SyncItem {

    @Override
    public Kind kind() {
        return Kind.MAILBOX_STATE;
    }
}
