package dev.twinbox.protocol.item;

/**
 * One sentence of the conversation between two peers. The kinds and their fields are those of dsync 3.5 (wire protocol,
 * section 2); a few fields say more than dsync can and are simply left unsaid by Dovecot's text format.
 *
 * <p>Every constructor refuses values that may not be said with an {@link IllegalArgumentException} whose message names
 * the field but never repeats text, so that a reader can pass on what a peer sent without looking at it first.
 */
public sealed interface SyncItem
        permits Handshake,
                MailboxState,
                MailboxNode,
                MailboxDeletes,
                MailboxHint,
                MailboxInfo,
                MailboxAttribute,
                MailChange,
                MailRequest,
                Mail,
                Planned,
                EndOfList,
                Finish,
                Done {
    /** Latest time that can be said, in seconds since 1970: some nine million years. */
    long TIME_MAX = 1L << 48;

    /** Earliest time that can be said, in seconds since 1970. */
    long TIME_MIN = -TIME_MAX;

    /** The largest UIDNEXT there can be: one above the largest UID. */
    long UID_NEXT_MAX = Uid.MAX + 1;

    /** The kind, for complete switches. */
    Kind kind();

    /** All kinds of items; the comments give dsync's letters. */
    enum Kind {
        /** H. */
        HANDSHAKE,
        /** S. */
        MAILBOX_STATE,
        /** N. */
        MAILBOX_NODE,
        /** D. */
        MAILBOX_DELETES,
        /** None: between Twinboxes only. */
        MAILBOX_HINT,
        /** B. */
        MAILBOX_INFO,
        /** A. */
        MAILBOX_ATTRIBUTE,
        /** C. */
        MAIL_CHANGE,
        /** R. */
        MAIL_REQUEST,
        /** M. */
        MAIL,
        /** None: between Twinboxes only. */
        PLANNED,
        /** The dot. */
        END_OF_LIST,
        /** F. */
        FINISH,
        /** X. */
        DONE
    }
}
