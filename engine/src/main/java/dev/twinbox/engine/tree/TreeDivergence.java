package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * In what the mailbox tree of the destination will differ from the source's after {@code sync -1}, which never writes to the
 * source: mailboxes that only one of them has, other names, other subscriptions. What cannot be read at one of them may be
 * anything, and is told as damage; it is left out. Pure.
 */
public final class TreeDivergence {
    private static final String DIFFERS = "differs from the source";

    private final MailboxTree source;
    private final MailboxTree destination;
    private final SortedMap<MailboxName, String> found = new TreeMap<>();

    private TreeDivergence(MailboxTree source, MailboxTree destination) {
        this.source = source;
        this.destination = destination;
    }

    /**
     * Finds the differences.
     *
     * @param source its tree
     * @param destination its tree before the run
     * @param plans what was decided; only the destination's plan has steps
     * @param sourceIsInitiator whose plan is whose
     * @return in words, by the name at the destination; of what is only at the source, by the name there
     */
    public static SortedMap<MailboxName, String> of(
            MailboxTree source, MailboxTree destination, TreeMerge.Result plans, boolean sourceIsInitiator) {
        TreeDivergence divergence = new TreeDivergence(source, destination);
        TreeMerge.Plan ofSource = sourceIsInitiator ? plans.initiator() : plans.responder();
        TreeMerge.Plan ofDestination = sourceIsInitiator ? plans.responder() : plans.initiator();
        divergence.mailboxes(ofSource, ofDestination, plans.mailboxes());
        divergence.subscriptions(ofDestination);
        return divergence.found;
    }

    private void mailboxes(TreeMerge.Plan ofSource, TreeMerge.Plan ofDestination, List<MailboxNode> together) {
        Set<MailboxName> here = new HashSet<>(ofDestination.origins().keySet());
        for (TreeChange change : ofDestination.after()) {
            if (change instanceof TreeChange.Delete) {
                here.remove(change.name());
            }
        }
        Set<MailboxName> there = new HashSet<>();
        source.mailboxes().forEach(node -> there.add(node.name()));
        for (MailboxNode node : together) {
            MailboxName name = node.name();
            MailboxName called = ofSource.origins().getOrDefault(name, name);
            here.remove(name);
            there.remove(called);
            if (!called.equals(name)) {
                add(name, DIFFERS + " in its name, which is " + called + " there");
            }
        }
        for (MailboxName name : List.copyOf(here)) {
            if (there.remove(name)) {
                here.remove(name);
                add(name, DIFFERS + ": another mailbox has that name there");
            }
        }
        for (MailboxName name : here) {
            MailboxNode node = destination
                    .find(Objects.requireNonNull(ofDestination.origins().get(name)))
                    .orElse(null);
            if (node != null && !isUnreadable(source, node)) {
                add(name, DIFFERS + ": only here" + (isDeleted(source, node) ? ", deleted there" : ""));
            }
        }
        for (MailboxName name : there) {
            MailboxNode node = source.find(name).orElseThrow();
            if (!isUnreadable(destination, node)) {
                add(name, DIFFERS + ": only there" + (isDeleted(destination, node) ? ", deleted here" : ""));
            }
        }
    }

    private static boolean isDeleted(MailboxTree tree, MailboxNode node) {
        MailboxGuid guid = node.guid();
        for (DeletedMailbox deleted : tree.deletes().mailboxes()) {
            if (deleted.guid().equals(guid)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnreadable(MailboxTree tree, MailboxNode node) {
        List<String> levels = node.name().levels();
        for (int depth = 1; depth <= levels.size(); depth++) {
            MailboxNode there =
                    tree.find(new MailboxName(levels.subList(0, depth))).orElse(null);
            if (there != null && there.existence() == Existence.UNREADABLE) {
                return true;
            }
        }
        return false;
    }

    private void subscriptions(TreeMerge.Plan ofDestination) {
        Map<MailboxName, Boolean> here = new HashMap<>();
        destination.nodes().forEach(node -> here.put(node.name(), node.subscribed()));
        for (TreeChange change : ofDestination.before()) {
            if (change instanceof TreeChange.Subscribe || change instanceof TreeChange.Unsubscribe) {
                here.put(change.name(), change instanceof TreeChange.Subscribe);
            }
        }
        Set<MailboxName> names = new HashSet<>(here.keySet());
        source.nodes().forEach(node -> names.add(node.name()));
        for (MailboxName name : names) {
            boolean isHere = here.getOrDefault(name, false);
            boolean isThere = source.find(name).map(MailboxNode::subscribed).orElse(false);
            if (isHere != isThere) {
                add(name, DIFFERS + ": subscribed only " + (isHere ? "here" : "there"));
            }
        }
    }

    private void add(MailboxName name, String text) {
        found.merge(name, text, (one, other) -> one + "; " + other);
    }
}
