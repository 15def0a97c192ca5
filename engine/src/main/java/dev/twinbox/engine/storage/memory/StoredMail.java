package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;

/**
 * One mail of a mailbox, but for its UID.
 *
 * @param flags without \Recent
 * @param received seconds since 1970
 */
record StoredMail(
        MailGuid guid, Flags flags, Keywords keywords, long modSeq, long received, Pop3 pop3, Content content) {
    /** The same mail under another GUID. */
    StoredMail named(MailGuid other) {
        return new StoredMail(other, flags, keywords, modSeq, received, pop3, content);
    }

    /** A second mail of the same content: as with Dovecot's copies, the POP3 values stay with the first. */
    StoredMail copy() {
        return new StoredMail(guid, flags, keywords, modSeq, received, Pop3.NONE, content);
    }

    /**
     * The same mail with other values.
     *
     * @param otherReceived {@link MailboxSnapshot#RECEIVED_UNKNOWN} to keep the date
     */
    StoredMail with(Flags otherFlags, Keywords otherKeywords, long otherModSeq, long otherReceived) {
        return new StoredMail(
                guid,
                otherFlags.settable(),
                otherKeywords,
                otherModSeq,
                otherReceived == MailboxSnapshot.RECEIVED_UNKNOWN ? received : otherReceived,
                pop3,
                content);
    }
}
