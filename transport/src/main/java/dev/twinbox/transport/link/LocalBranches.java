package dev.twinbox.transport.link;

import dev.twinbox.protocol.dialogue.Dialogue;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The branches of two peers in one process. A failure in any ends them all, and what they have branched off from. */
final class LocalBranches {
    private final int capacity;
    /** Where the end that came first has left the ways of the other. */
    private final Map<Integer, HandOver[]> waiting = new HashMap<>();

    private final List<HandOver> all = new ArrayList<>();
    private @Nullable String failure;

    LocalBranches(int capacity) {
        this.capacity = capacity;
    }

    /** The ways of the conversation they have branched off from. */
    synchronized void trunk(HandOver there, HandOver back) {
        all.add(there);
        all.add(back);
    }

    /** One end of a branch. */
    synchronized LocalPeer take(int number, Role role, Dialogue guard) throws PeerException {
        if (failure != null) {
            throw new PeerException(failure);
        }
        HandOver[] ways = waiting.remove(number);
        if (ways == null) {
            ways = new HandOver[] {new HandOver(capacity), new HandOver(capacity)};
            waiting.put(number, ways);
            all.add(ways[0]);
            all.add(ways[1]);
        }
        boolean initiator = role == Role.INITIATOR;
        return new LocalPeer(role, guard, ways[initiator ? 0 : 1], ways[initiator ? 1 : 0], this);
    }

    synchronized void fail(String reason) {
        if (failure == null) {
            failure = reason;
            for (HandOver way : all) {
                way.fail(reason);
            }
        }
    }
}
