package dev.twinbox.protocol.item;

/**
 * One sentence of the conversation between two peers. The kinds and their fields are those of dsync 3.5; a few fields say
 * more than dsync can and are simply left unsaid by Dovecot's text format.
 */
public sealed interface SyncItem
        permits Handshake,
                MailboxState,
                MailboxNode,
                MailboxDeletes,
                MailboxInfo,
                MailboxAttribute,
                MailChange,
                MailRequest,
                Mail,
                EndOfList,
                Finish,
                Done {
    /** The kind, for complete switches. */
    Kind kind();

    /** All kinds of items. */
    enum Kind {
        HANDSHAKE,
        MAILBOX_STATE,
        MAILBOX_NODE,
        MAILBOX_DELETES,
        MAILBOX_INFO,
        MAILBOX_ATTRIBUTE,
        MAIL_CHANGE,
        MAIL_REQUEST,
        MAIL,
        END_OF_LIST,
        FINISH,
        DONE
    }
}
