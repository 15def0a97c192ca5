package dev.twinbox.engine.storage;

import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A store that several threads use, one after the other. Whoever uses its mailboxes must hold its monitor, too. */
final class SharedStore extends ForwardingStore {
    private final MailStore store;

    /** Hands on to {@code store}, and closes it when it is closed. */
    SharedStore(MailStore store) {
        super(store);
        this.store = store;
    }

    @Override
    public synchronized boolean exists() throws IOException {
        return super.exists();
    }

    @Override
    public synchronized MailboxTree tree() throws IOException {
        return super.tree();
    }

    /** Other than by the tree, if the store knows better. */
    @Override
    public synchronized boolean holdsMail() throws IOException {
        return store.holdsMail();
    }

    @Override
    public synchronized boolean knowsSubscriptions() throws IOException {
        return super.knowsSubscriptions();
    }

    @Override
    public synchronized boolean isOnlyFolder(MailboxName name) {
        return super.isOnlyFolder(name);
    }

    @Override
    public synchronized Mailbox open(MailboxName name) throws IOException {
        return super.open(name);
    }

    @Override
    public synchronized void apply(TreeChange change) throws IOException {
        super.apply(change);
    }

    @Override
    public synchronized @Nullable Damage damage() {
        return super.damage();
    }

    @Override
    public synchronized long purge() throws IOException {
        return super.purge();
    }

    @Override
    public synchronized void flush() throws IOException {
        super.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        super.close();
    }
}
