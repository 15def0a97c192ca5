package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/** One METADATA entry of a mailbox (RFC 5464). */
public record MailboxAttribute(
        boolean shared,
        String key,
        @Nullable String value,
        boolean hasStream,
        boolean deleted,
        long lastChange,
        ModSeq modSeq)
        implements SyncItem {

    @Override
    public Kind kind() {
        return Kind.MAILBOX_ATTRIBUTE;
    }
}
