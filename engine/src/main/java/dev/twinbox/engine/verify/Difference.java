package dev.twinbox.engine.verify;

import dev.twinbox.protocol.item.MailboxName;

/**
 * One thing in which two accounts differ.
 *
 * @param uid the mail it is about, as the first account numbers it (the second, if the first lacks it); 0 if it is about
 *     the mailbox
 * @param a what the first account has, for people
 * @param b what the second account has
 */
public record Difference(MailboxName mailbox, long uid, Kind kind, String a, String b) {
    /** In what two accounts can differ. */
    public enum Kind {
        /** A mailbox is only on one side. */
        MAILBOX,
        /** A folder without mails is only on one side. */
        FOLDER,
        SUBSCRIPTION,
        MAILBOX_GUID,
        UIDVALIDITY,
        UIDNEXT,
        HIGHESTMODSEQ,
        /** A mail is only on one side. */
        MAIL,
        /** The same mail has another UID. */
        UID,
        /** Another mail has the same UID. */
        GUID,
        SIZE,
        CONTENT,
        RECEIVED,
        FLAGS,
        KEYWORDS,
        /** One side could not be read, so nothing is known. */
        UNREADABLE
    }
}
