package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.StoreFixture;
import dev.twinbox.engine.storage.StoreUser;

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
        return new MemoryUser(account.client());
    }
}
