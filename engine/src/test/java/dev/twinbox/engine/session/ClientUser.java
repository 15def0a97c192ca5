package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.memory.MemoryClient;
import dev.twinbox.engine.storage.memory.MemoryUser;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/** The memory store's own client as a user; cannot renumber. */
final class ClientUser extends MemoryUser implements MailUser {
    ClientUser(MemoryClient client) {
        super(client);
    }

    @Override
    public void copy(MailboxName mailbox, long uid, MailboxName to) throws IOException {
        client().copy(mailbox, uid, to);
    }

    @Override
    public void select(MailboxName mailbox) throws IOException {
        client().select(mailbox);
    }

    @Override
    public void renumber(MailboxName mailbox, long uid, long newUid) {}

    @Override
    public void create(MailboxName mailbox, MailboxGuid guid, long uidValidity) throws IOException {
        client().create(mailbox, guid, uidValidity);
    }

    @Override
    public void rename(MailboxName mailbox, MailboxName to) throws IOException {
        client().rename(mailbox, to);
    }

    @Override
    public void delete(MailboxName mailbox, MailboxGuid guid) throws IOException {
        client().delete(mailbox);
    }

    @Override
    public void subscribe(MailboxName mailbox, boolean on) throws IOException {
        client().subscribe(mailbox, on);
    }
}
