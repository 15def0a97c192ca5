package dev.twinbox.protocol.item;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link MailRequest}: a mail's content follows, or does not if the mail is gone (wire protocol, section
 * 2.8).
 *
 * @param guid the GUID asked for, or null if the mail was asked for by UID
 * @param uid the sender's UID of the mail asked for by UID, 1 to 2<sup>32</sup>-1; 0 if it was asked for by GUID
 * @param pop3Uidl the mail's POP3 UIDL if it has one of its own, else empty; at most {@value #UIDL_MAX} characters, none
 *     of them a control character
 * @param pop3Order place in the POP3 order, 1 to 2<sup>32</sup>-1; 0 if none
 * @param received received date (INTERNALDATE), seconds since 1970, negative before
 * @param saved when the mail came into the sender's mailbox, seconds since 1970; 0 if not known
 * @param hasStream whether the content follows; if not, every copy was expunged meanwhile
 * @param from how many of its first bytes do not follow, because the other end has them ({@link MailRequest#have})
 */
public record Mail(
        @Nullable MailGuid guid,
        long uid,
        String pop3Uidl,
        long pop3Order,
        long received,
        long saved,
        boolean hasStream,
        long from)
        implements SyncItem {
    /** Longest POP3 UIDL accepted, in characters (RFC 1939 allows 70). */
    public static final int UIDL_MAX = 1024;

    /**
     * @throws IllegalArgumentException if a value is out of its range, or there is neither GUID nor UID
     */
    public Mail {
        Check.unsigned32("uid of mail", uid);
        if (guid == null && uid == 0) {
            throw new IllegalArgumentException("mail has neither GUID nor UID");
        }
        Check.line("pop3_uidl of mail", pop3Uidl, UIDL_MAX);
        Check.unsigned32("pop3_order of mail", pop3Order);
        Check.time("received_date of mail", received);
        Check.time("saved_date of mail", saved);
        Check.range("from of mail", from, 0, hasStream ? Long.MAX_VALUE : 0);
    }

    /** A mail from its first byte on. */
    public Mail(
            @Nullable MailGuid guid,
            long uid,
            String pop3Uidl,
            long pop3Order,
            long received,
            long saved,
            boolean hasStream) {
        this(guid, uid, pop3Uidl, pop3Order, received, saved, hasStream, 0);
    }

    /** A mail with content, by GUID, without POP3 values. */
    public static Mail of(MailGuid guid, long received) {
        return new Mail(guid, 0, "", 0, received, 0, true);
    }

    /** The answer when every copy of the mail was expunged meanwhile. */
    public static Mail gone(MailRequest request) {
        return new Mail(request.guid(), request.guid() == null ? request.uid() : 0, "", 0, 0, 0, false);
    }

    @Override
    public Kind kind() {
        return Kind.MAIL;
    }
}
