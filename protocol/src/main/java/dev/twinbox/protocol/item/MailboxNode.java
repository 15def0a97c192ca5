package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/** One name of a mailbox tree. */
public record MailboxNode(
        MailboxName name,
        Existence existence,
        @Nullable MailboxGuid guid,
        long uidValidity,
        long uidNext,
        long lastRenamedOrCreated,
        boolean subscribed,
        long lastSubscriptionChange)
        implements SyncItem {
    /** Whether something exists under the name. */
    public enum Existence {
        /** Something does: a mailbox if there is a GUID, otherwise a folder that only has children. */
        EXISTS,
        /** Nothing does; the name is only subscribed or only has children. */
        MISSING,
        /** It was deleted. */
        DELETED,
        /** Twinbox only: something does, but it cannot be read now; the peer must leave what it has. */
        UNREADABLE
    }

    /** Whether a mailbox that can hold mails exists under the name. */
    public boolean isMailbox() {
        return existence == Existence.EXISTS && guid != null;
    }

    @Override
    public Kind kind() {
        return Kind.MAILBOX_NODE;
    }
}
