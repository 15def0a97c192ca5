package dev.twinbox.engine.storage.namespaces;

import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes one tree of those of several namespaces. Belongs to one thread. */
final class TreeJoin {
    private final NamespaceStore store;
    private final Map<MailboxName, MailboxNode> nodes = new TreeMap<>();
    /** Names whose subscriptions another namespace keeps. */
    private final Map<MailboxName, MailboxNode> subscriptions = new HashMap<>();

    private final Map<MailboxGuid, MailboxName> guids = new HashMap<>();
    private final List<DeletedMailbox> mailboxes = new ArrayList<>();
    private final List<DeletedName> folders = new ArrayList<>();
    private final List<DeletedName> unsubscribed = new ArrayList<>();
    private @Nullable MailboxDeletes spelling;

    TreeJoin(NamespaceStore store) {
        this.store = store;
    }

    /** Takes in what one of them has. */
    void add(Namespace namespace, MailboxTree tree) throws NotPossibleException {
        boolean chosen = store.isChosen(namespace);
        boolean keeps = store.subscriptions(namespace).equals(namespace);
        for (MailboxNode node : tree.nodes()) {
            MailboxName name = namespace.visible(levels(node, tree.deletes().separator()));
            Namespace at = store.of(name);
            if (namespace.equals(at)) {
                if (chosen && namespace.shows(node.name())) {
                    own(keeps ? node.named(name) : node.named(name).subscribed(false, 0));
                }
            } else if (keeps
                    && at != null
                    && store.isChosen(at)
                    && store.subscriptions(at).equals(namespace)) {
                subscriptions.put(name, node);
            }
        }
        if (chosen) {
            mailboxes.addAll(tree.deletes().mailboxes());
            folders.addAll(tree.deletes().folders());
            spelling = tree.deletes();
        }
        unsubscribed.addAll(tree.deletes().unsubscribed());
    }

    /** A subscription that the server wrote down as users see it ({@link NamespaceStore}) has its levels in one. */
    private static MailboxName levels(MailboxNode node, char separator) {
        MailboxName name = node.name();
        if (node.existence() != MailboxNode.Existence.MISSING || name.leaf().indexOf(separator) <= 0) {
            return name;
        }
        try {
            return MailboxName.parse(name.join(separator), separator);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }

    private void own(MailboxNode node) throws NotPossibleException {
        boolean says = node.existence() != MailboxNode.Existence.MISSING
                || node.subscribed()
                || node.lastSubscriptionChange() > 0
                || node.lastRenamedOrCreated() > 0;
        if (!says) {
            return;
        }
        MailboxGuid guid = node.guid();
        MailboxName other = guid == null ? null : guids.put(guid, node.name());
        if (other != null) {
            throw new NotPossibleException(
                    "mailboxes " + other + " and " + node.name() + " of different namespaces have" + " the same GUID "
                            + guid + ": one is a copy of the other; sync one namespace at a time (-n)");
        }
        nodes.put(node.name(), node);
    }

    MailboxTree tree() {
        subscriptions.forEach((name, said) -> {
            if (said.subscribed() || said.lastSubscriptionChange() > 0) {
                MailboxNode node = nodes.get(name);
                MailboxNode base = node == null
                        ? new MailboxNode(name, MailboxNode.Existence.MISSING, null, 0, 0, 0, false, 0)
                        : node;
                nodes.put(name, base.subscribed(said.subscribed(), said.lastSubscriptionChange()));
            }
        });
        mailboxes.removeIf(deleted -> guids.containsKey(deleted.guid()));
        MailboxDeletes as = spelling == null ? MailboxDeletes.NONE : spelling;
        if (!folders.isEmpty() || !unsubscribed.isEmpty()) {
            settleNames(as);
        }
        return new MailboxTree(
                nodes.values(), new MailboxDeletes(as.separator(), as.escape(), mailboxes, folders, unsubscribed));
    }

    /** What one namespace's log says of names that are in another one: those say it themselves. */
    private void settleNames(MailboxDeletes as) {
        Map<String, MailboxName> names = new HashMap<>();
        for (MailboxName name : nodes.keySet()) {
            for (String hash : as.hashes(name)) {
                names.put(hash, name);
            }
        }
        folders.removeIf(deleted -> {
            MailboxName name = names.get(deleted.hash());
            MailboxNode node = name == null ? null : nodes.get(name);
            return node != null && node.existence() == MailboxNode.Existence.EXISTS;
        });
        List<DeletedName> open = new ArrayList<>();
        for (DeletedName gone : unsubscribed) {
            MailboxName name = names.get(gone.hash());
            MailboxNode node = name == null ? null : nodes.get(name);
            if (name == null || node == null) {
                open.add(gone);
            } else if (!node.subscribed() && gone.time() > node.lastSubscriptionChange()) {
                nodes.put(name, node.subscribed(false, gone.time()));
            }
        }
        unsubscribed.clear();
        unsubscribed.addAll(open);
    }
}
