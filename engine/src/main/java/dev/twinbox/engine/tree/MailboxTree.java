package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** All names of an account at one moment, sorted so that a parent comes before its children. Immutable. */
public final class MailboxTree {
    /** Most names in one account. */
    public static final int NODES_MAX = 1_000_000;

    private final SortedMap<MailboxName, MailboxNode> nodes;
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
        TreeMap<MailboxName, MailboxNode> sorted = new TreeMap<>();
        Map<MailboxGuid, MailboxNode> guids = new HashMap<>();
        for (MailboxNode node : nodes) {
            if (sorted.put(node.name(), node) != null) {
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
        this.nodes = Collections.unmodifiableSortedMap(sorted);
        this.byGuid = guids;
        this.deletes = deletes;
    }

    /** All names in order. */
    public Collection<MailboxNode> nodes() {
        return nodes.values();
    }

    /** The mailboxes that can hold mails, in order. */
    public List<MailboxNode> mailboxes() {
        List<MailboxNode> found = new ArrayList<>();
        for (MailboxNode node : nodes.values()) {
            if (node.isMailbox()) {
                found.add(node);
            }
        }
        return found;
    }

    public Optional<MailboxNode> find(MailboxName name) {
        return Optional.ofNullable(nodes.get(name));
    }

    public Optional<MailboxNode> find(MailboxGuid guid) {
        return Optional.ofNullable(byGuid.get(guid));
    }

    /** What the store's change log says was deleted. */
    public MailboxDeletes deletes() {
        return deletes;
    }
}
