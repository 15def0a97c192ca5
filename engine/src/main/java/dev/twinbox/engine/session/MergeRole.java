package dev.twinbox.engine.session;

import dev.twinbox.engine.tree.TreeMerge;

/**
 * Which end of a merging run a session is, and which way mails go.
 *
 * @param initiator whether it speaks first
 * @param direction which way; {@link Direction#BOTH} is two-way, the others are {@code sync -1}
 */
record MergeRole(boolean initiator, Direction direction) {
    boolean twoWay() {
        return direction == Direction.BOTH;
    }

    /** Whether this side says what it has. */
    boolean exports() {
        return direction != Direction.DESTINATION;
    }

    /** Whether this side is changed. */
    boolean imports() {
        return direction != Direction.SOURCE;
    }

    TreeMerge.Mode treeMode() {
        if (twoWay()) {
            return TreeMerge.Mode.TWO_WAY;
        }
        return initiator == (direction == Direction.SOURCE)
                ? TreeMerge.Mode.INITIATOR_TO_RESPONDER
                : TreeMerge.Mode.RESPONDER_TO_INITIATOR;
    }
}
