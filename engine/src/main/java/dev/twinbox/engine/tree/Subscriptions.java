package dev.twinbox.engine.tree;

import dev.twinbox.engine.tree.TreeChange.Subscribe;
import dev.twinbox.engine.tree.TreeChange.Unsubscribe;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Subscriptions belong to names: the later state of a name counts, on a tie it is subscribed. */
final class Subscriptions {
    private Subscriptions() {}

    /** What one side has to change. A time that is not known is written as the first second there was, so that it loses. */
    static List<TreeChange> changes(int side, List<TreeMerge.Side> sides) {
        MailboxTree here = sides.get(side).tree();
        MailboxTree there = sides.get(1 - side).tree();
        List<TreeChange> changes = new ArrayList<>();
        Map<String, Long> goneThere = records(there.deletes());
        for (MailboxNode node : here.nodes()) {
            MailboxNode other = there.find(node.name()).orElse(null);
            if (node.subscribed() && (other == null || !other.subscribed())) {
                long time = unsubscribed(node.name(), other, there.deletes(), goneThere);
                if (time > node.lastSubscriptionChange()) {
                    changes.add(new Unsubscribe(node.name(), time));
                }
            }
        }
        Map<String, Long> goneHere = records(here.deletes());
        for (MailboxNode node : there.nodes()) {
            MailboxNode own = here.find(node.name()).orElse(null);
            if (node.subscribed() && (own == null || !own.subscribed())) {
                long time = unsubscribed(node.name(), own, here.deletes(), goneHere);
                if (time <= node.lastSubscriptionChange()) {
                    changes.add(new Subscribe(node.name(), Math.max(1, node.lastSubscriptionChange())));
                }
            }
        }
        return changes;
    }

    private static Map<String, Long> records(MailboxDeletes deletes) {
        Map<String, Long> times = new HashMap<>();
        for (DeletedName record : deletes.unsubscribed()) {
            times.merge(record.hash(), record.time(), Math::max);
        }
        return times;
    }

    /** When the records say that a name was unsubscribed; 0 if they do not. */
    static long recorded(MailboxName name, MailboxDeletes deletes) {
        return unsubscribed(name, null, deletes, records(deletes));
    }

    private static long unsubscribed(
            MailboxName name, @Nullable MailboxNode node, MailboxDeletes deletes, Map<String, Long> records) {
        long time = node == null ? 0 : node.lastSubscriptionChange();
        if (!records.isEmpty()) {
            for (String hash : deletes.hashes(name)) {
                time = Math.max(time, records.getOrDefault(hash, 0L));
            }
        }
        return time;
    }
}
