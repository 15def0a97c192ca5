package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All names of an account at one moment, sorted so that a parent comes before its children. Immutable. */
public final class MailboxTree {
    /** Most names in one account. */
    public static final int NODES_MAX = 1_000_000;

    private final List<MailboxNode> nodes;
    private final Map<MailboxName, MailboxNode> byName;
    private final Map<MailboxGuid, MailboxNode> byGuid;
    private final MailboxDeletes deletes;

    /**
     * @throws IllegalArgumentException if a name or a mailbox GUID occurs twice, or there are more than
     *     {@link #NODES_MAX} names
     */
    public MailboxTree(Collection<MailboxNode> nodes, MailboxDeletes deletes) {
        if (nodes.size() > NODES_MAX) {
            throw new IllegalArgumentException("more than " + NODES_MAX + " mailbox names");
        }
        Map<MailboxName, MailboxNode> names = new HashMap<>();
        Map<MailboxGuid, MailboxNode> guids = new HashMap<>();
        for (MailboxNode node : nodes) {
            if (names.put(node.name(), node) != null) {
                throw new IllegalArgumentException("mailbox name occurs twice: " + node.name());
            }
            MailboxGuid guid = node.guid();
            if (guid != null) {
                MailboxNode other = guids.put(guid, node);
                if (other != null) {
                    throw new IllegalArgumentException(
                            "mailboxes " + other.name() + " and " + node.name() + " have the same GUID " + guid);
                }
            }
        }
        // Nearly every tree is made of one that is in order.
        List<MailboxNode> sorted = new ArrayList<>(nodes);
        if (!isSorted(sorted)) {
            sorted.sort(new Comparator<MailboxNode>() {
                @Override
                public int compare(MailboxNode one, MailboxNode other) {
                    return one.name().compareTo(other.name());
                }
            });
        }
        this.nodes = Collections.unmodifiableList(sorted);
        this.byName = names;
        this.byGuid = guids;
        this.deletes = deletes;
    }

    private static boolean isSorted(List<MailboxNode> nodes) {
        for (int i = 1; i < nodes.size(); i++) {
            if (nodes.get(i - 1).name().compareTo(nodes.get(i).name()) > 0) {
                return false;
            }
        }
        return true;
    }

    /** All names in order. */
    public Collection<MailboxNode> nodes() {
        return nodes;
    }

    /** The mailboxes that can hold mails, in order. */
    public List<MailboxNode> mailboxes() {
        List<MailboxNode> found = new ArrayList<>();
        for (MailboxNode node : nodes) {
            if (node.isMailbox()) {
                found.add(node);
            }
        }
        return found;
    }

    public Optional<MailboxNode> find(MailboxName name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<MailboxNode> find(MailboxGuid guid) {
        return Optional.ofNullable(byGuid.get(guid));
    }

    /** What the store's change log says was deleted. */
    public MailboxDeletes deletes() {
        return deletes;
    }
}
