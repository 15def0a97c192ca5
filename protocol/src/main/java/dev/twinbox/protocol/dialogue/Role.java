package dev.twinbox.protocol.dialogue;

/** The two parts of a conversation. Either can be the source or the destination of mails. */
public enum Role {
    /** Started the run; picks the mailboxes (Dovecot: master). */
    INITIATOR,
    /** Answers (Dovecot: slave). */
    RESPONDER;

    /** The part of the other side. */
    public Role other() {
        return this == INITIATOR ? RESPONDER : INITIATOR;
    }
}
