package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.StoreUser;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/** Somebody who uses an account, its folders too. */
interface MailUser extends StoreUser {
    void copy(MailboxName mailbox, long uid, MailboxName to) throws IOException;

    void select(MailboxName mailbox) throws IOException;

    /** Gives a mail another UID. Only a tampering user can. */
    void renumber(MailboxName mailbox, long uid, long newUid) throws IOException;

    void create(MailboxName mailbox, MailboxGuid guid, long uidValidity) throws IOException;

    void rename(MailboxName mailbox, MailboxName to) throws IOException;

    void delete(MailboxName mailbox, MailboxGuid guid) throws IOException;

    void subscribe(MailboxName mailbox, boolean on) throws IOException;
}
