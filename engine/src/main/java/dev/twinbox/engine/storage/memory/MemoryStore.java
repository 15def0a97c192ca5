package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.BodyStarts;
import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/**
 * A store on a {@link MemoryAccount}: does all that the port asks for, in the plainest way. Where the port leaves
 * something open, its choice is the one to prefer. Writing through a store opened for reading is a bug of the caller and
 * answered with {@link IllegalStateException}.
 */
public final class MemoryStore implements MailStore {
    /** Visible hierarchy separator. */
    static final char SEPARATOR = '/';

    private final MemoryAccount account;
    private final boolean writable;

    MemoryStore(MemoryAccount account, boolean writable) {
        this.account = account;
        this.writable = writable;
    }

    @Override
    public String describe() {
        return "memory:" + account.name();
    }

    @Override
    public Capabilities capabilities() {
        MailGuids guids = account.mailGuids();
        return new Capabilities(guids != MailGuids.NONE, guids == MailGuids.KEPT, false, SEPARATOR, true);
    }

    @Override
    public boolean keepsAttributes() {
        return true;
    }

    @Override
    public boolean exists() {
        return account.exists();
    }

    @Override
    public MailboxTree tree() {
        return account.tree();
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        return new MemoryMailbox(account, name, account.box(name), writable);
    }

    @Override
    public void apply(TreeChange change) throws IOException {
        if (!writable) {
            throw new IllegalStateException("opened for reading");
        }
        account.apply(change);
    }

    @Override
    public BodyStarts bodyStarts() {
        return account.bodyStarts();
    }

    @Override
    public void flush() {
        account.bodyStarts().clear();
    }

    @Override
    public void close() {}
}
