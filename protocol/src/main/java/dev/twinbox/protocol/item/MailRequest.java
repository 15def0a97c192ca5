package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/** Asks for a mail's content, by GUID or, where there is none, by UID. */
public record MailRequest(@Nullable MailGuid guid, long uid) implements SyncItem {

    @Override
    public Kind kind() {
        return Kind.MAIL_REQUEST;
    }
}
