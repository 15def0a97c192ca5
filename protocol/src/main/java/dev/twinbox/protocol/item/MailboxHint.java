package dev.twinbox.protocol.item;

/**
 * Twinbox only: what a side knows of one of its mailboxes beyond its node in the tree. Said after the trees, only of
 * mailboxes of which there is something to say.
 *
 * @param mailbox the mailbox
 * @param keep mails lie in it that no sync has seen: a deletion of the mailbox by the other side must not take them
 * @param changed it differs from the saved state of a stateful run
 */
public record MailboxHint(MailboxGuid mailbox, boolean keep, boolean changed) implements SyncItem {
    @Override
    public Kind kind() {
        return Kind.MAILBOX_HINT;
    }
}
