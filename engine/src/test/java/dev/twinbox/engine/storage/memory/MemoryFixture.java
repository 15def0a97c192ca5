package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.StoreFixture;
import dev.twinbox.engine.storage.StoreUser;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/** A memory account for the contract tests. */
final class MemoryFixture implements StoreFixture {
    private final MemoryAccount account;

    MemoryFixture(MemoryAccount account) {
        this.account = account;
    }

    @Override
    public MailStore open() {
        return account.openForWriting();
    }

    @Override
    public MailStore openForReading() {
        return account.openForReading();
    }

    @Override
    public StoreUser user() {
        return new ClientOf(account.client());
    }

    private record ClientOf(MemoryClient client) implements StoreUser {
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
}
