package dev.twinbox.engine.storage;

import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A store that hands everything on to another one, for those that say only some things otherwise. {@link #holdsMail} goes by
 * the tree that this store says, and is not handed on. As thread-safe as the other store.
 */
public abstract class ForwardingStore implements MailStore {
    private final MailStore store;

    /** Hands on to {@code store}, and closes it when it is closed. */
    protected ForwardingStore(MailStore store) {
        this.store = store;
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public Object family() {
        return store.family();
    }

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public boolean keepsAttributes() {
        return store.keepsAttributes();
    }

    @Override
    public BodyStarts bodyStarts() {
        return store.bodyStarts();
    }

    @Override
    public boolean exists() throws IOException {
        return store.exists();
    }

    @Override
    public MailboxTree tree() throws IOException {
        return store.tree();
    }

    @Override
    public boolean knowsSubscriptions() throws IOException {
        return store.knowsSubscriptions();
    }

    @Override
    public boolean isOnlyFolder(MailboxName name) {
        return store.isOnlyFolder(name);
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        return store.open(name);
    }

    @Override
    public void apply(TreeChange change) throws IOException {
        store.apply(change);
    }

    @Override
    public @Nullable Damage damage() {
        return store.damage();
    }

    @Override
    public long purge() throws IOException {
        return store.purge();
    }

    @Override
    public void flush() throws IOException {
        store.flush();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
