package dev.twinbox.engine.session;

import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/** Somebody who uses an account. */
interface MailUser {
    void deliver(MailboxName mailbox, MailGuid guid, byte[] content, long received) throws IOException;

    void flag(MailboxName mailbox, long uid, Flags flags) throws IOException;

    void keyword(MailboxName mailbox, long uid, Keywords keywords) throws IOException;

    void expunge(MailboxName mailbox, long uid) throws IOException;

    void copy(MailboxName mailbox, long uid, MailboxName to) throws IOException;

    void select(MailboxName mailbox) throws IOException;

    /** Gives a mail another UID. Only a tampering user can. */
    void renumber(MailboxName mailbox, long uid, long newUid) throws IOException;

    void create(MailboxName mailbox, MailboxGuid guid, long uidValidity) throws IOException;

    void rename(MailboxName mailbox, MailboxName to) throws IOException;

    void delete(MailboxName mailbox, MailboxGuid guid) throws IOException;

    void subscribe(MailboxName mailbox, boolean on) throws IOException;
}
