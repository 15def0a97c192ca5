package dev.twinbox.protocol.item;

/** Opens the exchange of one mailbox; sent both ways. */
public record MailboxInfo(
        MailboxGuid guid,
        boolean lost,
        boolean ignore,
        long uidValidity,
        long uidNext,
        long messages,
        long firstRecentUid,
        ModSeq highestModSeq,
        ModSeq highestPrivateModSeq,
        boolean hasGuids,
        boolean hasSaveGuids,
        boolean onlyGuid128,
        boolean provisionalUids)
        implements SyncItem {

    @Override
    public Kind kind() {
        return Kind.MAILBOX_INFO;
    }
}
