package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/** Somebody who uses an account by a mail server: what is done here is logged as done by a user, not by a sync. */
public interface StoreUser {
    /** A new mail without flags, with the next UID. */
    void deliver(MailboxName mailbox, MailGuid guid, byte[] content, long received) throws IOException;

    /** Sets the system flags of a mail to these. */
    void flag(MailboxName mailbox, long uid, Flags flags) throws IOException;

    /** Sets the keywords of a mail to these. */
    void keyword(MailboxName mailbox, long uid, Keywords keywords) throws IOException;

    /** Takes a mail away. */
    void expunge(MailboxName mailbox, long uid) throws IOException;
}
