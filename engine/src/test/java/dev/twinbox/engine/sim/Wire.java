package dev.twinbox.engine.sim;

import dev.twinbox.transport.link.LocalPeer;

/** How the two sides of a simulated run speak with one another. */
public enum Wire {
    /** Items are handed over as they are, one mailbox after the other. */
    OBJECTS {
        @Override
        LocalPeer.Pair pair(int capacity) {
            return LocalPeer.pair(capacity);
        }
    },
    /** The same, many mailboxes at once. */
    BRANCHES {
        @Override
        LocalPeer.Pair pair(int capacity) {
            return LocalPeer.branchingPair(capacity);
        }
    };

    /**
     * Joins two sides.
     *
     * @param capacity how many items can be on their way
     */
    abstract LocalPeer.Pair pair(int capacity);
}
