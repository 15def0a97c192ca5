package dev.twinbox.engine.tree;

import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a Dovecot at the other end makes of the subscriptions of mailboxes that a run renames (dsync wire protocol, section 3.3,
 * steps 4 and 7). To it a subscription goes with the mailbox: it compares the states that the two names have after the renames,
 * and leaves its list of names alone where it finds them equal. Two Dovecots agree only after the next run, and the first ends
 * with 0. Pure.
 *
 * @param follow what is to be done here, because the Dovecot does it too
 * @param unsettled names at which the ends will differ until the next run
 */
public record DovecotSubscriptions(List<TreeChange> follow, List<MailboxName> unsettled) {
    public static final DovecotSubscriptions NOTHING = new DovecotSubscriptions(List.of(), List.of());

    private static final State NONE = new State(false, 0);

    public DovecotSubscriptions {
        follow = List.copyOf(follow);
        unsettled = List.copyOf(unsettled);
    }

    private record State(boolean subscribed, long time) {}

    /**
     * Foretells it.
     *
     * @param own this end's tree, and what is to be done to it
     * @param other the Dovecot's tree, and what ought to be done to it
     */
    public static DovecotSubscriptions of(
            MailboxTree own, TreeMerge.Plan ownPlan, MailboxTree other, TreeMerge.Plan otherPlan) {
        Map<MailboxName, State> here = renamed(own, ownPlan);
        Map<MailboxName, State> there = renamed(other, otherPlan);
        TreeSet<MailboxName> names = new TreeSet<>(here.keySet());
        names.addAll(there.keySet());
        List<TreeChange> follow = new ArrayList<>();
        List<MailboxName> unsettled = new ArrayList<>();
        for (MailboxName name : names) {
            State ours = known(here.getOrDefault(name, at(own, name)), name, own);
            State theirs = known(there.getOrDefault(name, at(other, name)), name, other);
            boolean takesOurs = ours.subscribed != theirs.subscribed
                    && (ours.time != theirs.time ? ours.time > theirs.time : ours.subscribed);
            boolean will = takesOurs ? ours.subscribed : at(other, name).subscribed;
            if (will != wanted(other, otherPlan, name)) {
                if (will && here.getOrDefault(name, NONE).subscribed) {
                    follow.add(new Subscribe(name, Math.max(1, ours.time)));
                } else {
                    unsettled.add(name);
                }
            }
        }
        return new DovecotSubscriptions(follow, unsettled);
    }

    /** The states of the names that a plan renames mailboxes from and to, as they are after it. */
    private static Map<MailboxName, State> renamed(MailboxTree tree, TreeMerge.Plan plan) {
        Map<MailboxName, State> states = new HashMap<>();
        if (plan.before().isEmpty()) {
            return states; // an end that is not changed
        }
        plan.origins().forEach((now, before) -> {
            if (!now.equals(before)) {
                states.putIfAbsent(before, NONE);
                states.put(now, at(tree, before));
            }
        });
        return states;
    }

    private static State at(MailboxTree tree, MailboxName name) {
        return tree.find(name)
                .map(node -> new State(node.subscribed(), node.lastSubscriptionChange()))
                .orElse(NONE);
    }

    /** With what the records of its end say. */
    private static State known(State state, MailboxName name, MailboxTree tree) {
        if (state.subscribed) {
            return state;
        }
        long record = Subscriptions.recorded(name, tree.deletes());
        return new State(false, Math.max(state.time, record));
    }

    private static boolean wanted(MailboxTree tree, TreeMerge.Plan plan, MailboxName name) {
        boolean subscribed = tree.find(name).map(MailboxNode::subscribed).orElse(false);
        for (TreeChange change : plan.before()) {
            if (change.name().equals(name)) {
                subscribed = change instanceof Subscribe || (subscribed && !(change instanceof Unsubscribe));
            }
        }
        return subscribed;
    }
}
