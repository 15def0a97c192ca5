package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a mail's content, by GUID or, where there is none, by UID (wire protocol, section 2.8). One request for each
 * wanted GUID, even if several mails have it.
 *
 * @param guid a GUID the peer listed, or null
 * @param uid the peer's UID, 1 to 2<sup>32</sup>-1; with a GUID only a hint, and 0 for none
 * @param have what of the content need not come again; said to Twinboxes only
 */
public record MailRequest(@Nullable MailGuid guid, long uid, BodyStart have) implements SyncItem {
    /**
     * @throws IllegalArgumentException if there is neither GUID nor UID, or the UID is out of range
     */
    public MailRequest {
        Check.unsigned32("uid of mail_request", uid);
        if (guid == null && uid == 0) {
            throw new IllegalArgumentException("mail_request has neither GUID nor UID");
        }
    }

    /** For the whole of a mail. */
    public MailRequest(@Nullable MailGuid guid, long uid) {
        this(guid, uid, BodyStart.NOTHING);
    }

    /** The same mail, but not what is here of it already. */
    public MailRequest behind(BodyStart start) {
        return new MailRequest(guid, uid, start);
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
