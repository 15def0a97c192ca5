package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.memory.MemoryClient;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/** The memory store's own client as a user; cannot renumber. */
final class ClientUser implements MailUser {
    private final MemoryClient client;

    ClientUser(MemoryClient client) {
        this.client = client;
    }

    @Override
    public void deliver(MailboxName mailbox, MailGuid guid, byte[] content, long received) throws IOException {
        client.deliver(mailbox, guid, content, received);
    }

    @Override
    public void flag(MailboxName mailbox, long uid, Flags flags) throws IOException {
        client.flag(mailbox, uid, flags);
    }

    @Override
    public void keyword(MailboxName mailbox, long uid, Keywords keywords) throws IOException {
        client.keyword(mailbox, uid, keywords);
    }

    @Override
    public void expunge(MailboxName mailbox, long uid) throws IOException {
        client.expunge(mailbox, uid);
    }

    @Override
    public void copy(MailboxName mailbox, long uid, MailboxName to) throws IOException {
        client.copy(mailbox, uid, to);
    }

    @Override
    public void select(MailboxName mailbox) throws IOException {
        client.select(mailbox);
    }

    @Override
    public void renumber(MailboxName mailbox, long uid, long newUid) {}

    @Override
    public void create(MailboxName mailbox, MailboxGuid guid, long uidValidity) throws IOException {
        client.create(mailbox, guid, uidValidity);
    }

    @Override
    public void rename(MailboxName mailbox, MailboxName to) throws IOException {
        client.rename(mailbox, to);
    }

    @Override
    public void delete(MailboxName mailbox, MailboxGuid guid) throws IOException {
        client.delete(mailbox);
    }

    @Override
    public void subscribe(MailboxName mailbox, boolean on) throws IOException {
        client.subscribe(mailbox, on);
    }
}
