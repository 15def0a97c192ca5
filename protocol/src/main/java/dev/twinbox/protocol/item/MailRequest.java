package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a mail's content, by GUID or, where there is none, by UID (wire protocol, section 2.8). One request for each
 * wanted GUID, even if several mails have it.
 *
 * @param guid a GUID the peer listed, or null
 * @param uid the peer's UID, 1 to 2<sup>32</sup>-1; with a GUID only a hint, and 0 for none
 */
public record MailRequest(@Nullable MailGuid guid, long uid) implements SyncItem {
    /**
     * @throws IllegalArgumentException if there is neither GUID nor UID, or the UID is out of range
     */
    public MailRequest {
        Check.unsigned32("uid of mail_request", uid);
        if (guid == null && uid == 0) {
            throw new IllegalArgumentException("mail_request has neither GUID nor UID");
        }
    }

    /** Asks by GUID. */
    public static MailRequest of(MailGuid guid) {
        return new MailRequest(guid, 0);
    }

    /** Asks by UID for a mail without GUID. */
    public static MailRequest of(Uid uid) {
        return new MailRequest(null, uid.value());
    }

    @Override
    public Kind kind() {
        return Kind.MAIL_REQUEST;
    }
}
