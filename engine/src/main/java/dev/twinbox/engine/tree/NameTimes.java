package dev.twinbox.engine.tree;

import dev.twinbox.protocol.item.MailboxName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When the names of two trees came to be. As {@link Place#time} has it, until it shows that the newer name of something above
 * goes to something else: the next run will not find that one any more, so it must not decide anything now.
 */
final class NameTimes {
    /** So often at most something is learned. */
    private static final int LESSONS_MAX = 8;

    private final List<Map<MailboxName, Long>> lower = List.of(new HashMap<>(), new HashMap<>());
    private int lessons;

    /** Seconds; 0 if never, or unknown. Not for the root. */
    long of(Place place) {
        return lower.get(place.side).getOrDefault(place.name(), place.time);
    }

    /** Whether names are older than they seemed, now that it is known which everything gets. */
    boolean learn(Matching matching) {
        boolean older = false;
        for (TreeMap<MailboxName, Place> side : matching.places) {
            for (Place place : side.values()) { // those above first
                Place above = place.parent;
                if (above != null && !above.levels.isEmpty() && !keepsName(above)) {
                    long time = place.time(Math.min(of(above), above.group.time));
                    if (time < of(place)) {
                        lower.get(place.side).put(place.name(), time);
                        older = true;
                    }
                }
            }
        }
        return older && ++lessons <= LESSONS_MAX;
    }

    private static boolean keepsName(Place place) {
        Group group = place.group;
        Place above = place.parent;
        return group.isPinned()
                || above == null
                || above.group == group.seat && place.leaf().equals(group.leaf);
    }
}
