package dev.twinbox.engine.storage;

import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A store that says of subscriptions what another one says, so that a run finds nothing to change there. For the run in
 * which one of the two does not know its own: taking that for "none" would unsubscribe all at the other.
 */
public final class SubscriptionsOfAnother extends ForwardingStore {
    private final Set<MailboxName> subscribed;

    /**
     * Wraps a store.
     *
     * @param other whose subscriptions are taken, as they are now
     */
    public SubscriptionsOfAnother(MailStore store, MailStore other) throws IOException {
        super(store);
        this.subscribed = new HashSet<>();
        for (MailboxNode node : other.tree().nodes()) {
            if (node.subscribed()) {
                subscribed.add(node.name());
            }
        }
    }

    @Override
    public MailboxTree tree() throws IOException {
        MailboxTree own = super.tree();
        List<MailboxNode> nodes = new ArrayList<>();
        for (MailboxNode node : own.nodes()) {
            boolean wanted = subscribed.contains(node.name());
            if (wanted || node.existence() != MailboxNode.Existence.MISSING) {
                nodes.add(node.subscribed(wanted, node.lastSubscriptionChange()));
            }
        }
        for (MailboxName name : subscribed) {
            if (own.find(name).isEmpty()) {
                nodes.add(new MailboxNode(name, MailboxNode.Existence.MISSING, null, 0, 0, 0, true, 0));
            }
        }
        return new MailboxTree(nodes, own.deletes());
    }

    @Override
    public boolean knowsSubscriptions() {
        return true;
    }
}
