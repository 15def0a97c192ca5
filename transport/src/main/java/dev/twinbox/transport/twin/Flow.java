package dev.twinbox.transport.twin;

import dev.twinbox.protocol.wire.twin.TwinFrame;
import dev.twinbox.protocol.wire.twin.TwinLimits;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;

/** What a connection knows of a branch. All of it is guarded by the connection's lock. */
final class Flow {
    final int number;
    /** Something has changed: of the inbox, or of the credit. */
    final Condition changed;
    /** What came and was not taken yet. */
    final Queue<TwinFrame> inbox = new ArrayDeque<>();
    /** How many bytes the other end has room for. */
    int credit = TwinLimits.BRANCH_WINDOW;
    /** How many bytes we have said we have room for. */
    int room = TwinLimits.BRANCH_WINDOW;
    /** How many bytes were taken since we last said so. */
    int taken;
    /** Somebody speaks here. */
    boolean opened;
    /** Nothing more is said or taken here. */
    boolean closed;
    /** The other end says no more. */
    boolean ended;

    Flow(int number, Condition changed) {
        this.number = number;
        this.changed = changed;
    }

    /** Whether there is nothing left to know. */
    boolean isOver() {
        return closed && ended;
    }
}
