package dev.twinbox.engine.storage;

import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A store that says of subscriptions what another one says, so that a run finds nothing to change there. For the run in
 * which one of the two does not know its own: taking that for "none" would unsubscribe all at the other.
 */
public final class SubscriptionsOfAnother implements MailStore {
    private final MailStore store;
    private final Set<MailboxName> subscribed;

    /**
     * Wraps a store.
     *
     * @param other whose subscriptions are taken, as they are now
     */
    public SubscriptionsOfAnother(MailStore store, MailStore other) throws IOException {
        this.store = store;
        this.subscribed = new HashSet<>();
        for (MailboxNode node : other.tree().nodes()) {
            if (node.subscribed()) {
                subscribed.add(node.name());
            }
        }
    }

    @Override
    public MailboxTree tree() throws IOException {
        MailboxTree own = store.tree();
        List<MailboxNode> nodes = new ArrayList<>();
        for (MailboxNode node : own.nodes()) {
            boolean wanted = subscribed.contains(node.name());
            if (wanted || node.existence() != MailboxNode.Existence.MISSING) {
                nodes.add(subscribed(node, wanted));
            }
        }
        for (MailboxName name : subscribed) {
            if (own.find(name).isEmpty()) {
                nodes.add(new MailboxNode(name, MailboxNode.Existence.MISSING, null, 0, 0, 0, true, 0));
            }
        }
        return new MailboxTree(nodes, own.deletes());
    }

    private static MailboxNode subscribed(MailboxNode node, boolean wanted) {
        return new MailboxNode(
                node.name(),
                node.existence(),
                node.guid(),
                node.uidValidity(),
                node.uidNext(),
                node.lastRenamedOrCreated(),
                wanted,
                node.lastSubscriptionChange());
    }

    @Override
    public boolean knowsSubscriptions() {
        return true;
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public Capabilities capabilities() {
        return store.capabilities();
    }

    @Override
    public boolean exists() throws IOException {
        return store.exists();
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
    public void flush() throws IOException {
        store.flush();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
