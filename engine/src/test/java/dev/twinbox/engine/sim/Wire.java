package dev.twinbox.engine.sim;

import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.transport.link.LocalPeer;
import dev.twinbox.transport.twin.TwinPeer;
import dev.twinbox.transport.twin.TwinSettings;

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
    },
    /** The same as bytes, in Twinbox's own protocol. */
    TWIN {
        @Override
        LocalPeer.Pair pair(int capacity) {
            BytePipe pipe = new BytePipe();
            return new LocalPeer.Pair(
                    new TwinPeer(Role.INITIATOR, pipe.first(), TIMEOUT_SECONDS, TwinSettings.DEFAULT),
                    new TwinPeer(Role.RESPONDER, pipe.second(), TIMEOUT_SECONDS, TwinSettings.DEFAULT));
        }
    };

    /** Nothing in a simulation takes so long. */
    private static final int TIMEOUT_SECONDS = 60;

    /**
     * Joins two sides.
     *
     * @param capacity how many items can be on their way
     */
    abstract LocalPeer.Pair pair(int capacity);
}
