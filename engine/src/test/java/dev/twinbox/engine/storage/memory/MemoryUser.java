package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.StoreUser;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/** The memory store's own client as a user. */
public class MemoryUser implements StoreUser {
    private final MemoryClient client;

    public MemoryUser(MemoryClient client) {
        this.client = client;
    }

    /** For what only some users do. */
    protected final MemoryClient client() {
        return client;
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
}
