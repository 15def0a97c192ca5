package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/** A mail's content follows, or does not if it is gone. */
public record Mail(
        @Nullable MailGuid guid,
        long uid,
        String pop3Uidl,
        long pop3Order,
        long received,
        long saved,
        boolean hasStream)
        implements SyncItem {

    @Override
    public Kind kind() {
        return Kind.MAIL;
    }
}
