package dev.twinbox.protocol.item;

import java.util.List;

/** What the sender's change log says was deleted or unsubscribed. Exactly one per tree. */
public record MailboxDeletes(
        char separator,
        char escape,
        List<DeletedMailbox> mailboxes,
        List<DeletedName> folders,
        List<DeletedName> unsubscribed)
        implements SyncItem {
    /** Nothing was deleted. */
    public static final MailboxDeletes NONE = new MailboxDeletes('/', '%', List.of(), List.of(), List.of());

    public MailboxDeletes {
        mailboxes = List.copyOf(mailboxes);
        folders = List.copyOf(folders);
        unsubscribed = List.copyOf(unsubscribed);
    }

    /** A deleted mailbox and when, in seconds since 1970. */
    public record DeletedMailbox(MailboxGuid guid, long time) {}

    /** A name, as the first 16 bytes of the SHA-1 of its full spelling in hex, and when in seconds since 1970. */
    public record DeletedName(String hash, long time) {}

    @Override
    public Kind kind() {
        return Kind.MAILBOX_DELETES;
    }
}
