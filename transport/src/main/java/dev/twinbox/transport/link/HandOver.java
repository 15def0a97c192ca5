package dev.twinbox.transport.link;

import dev.twinbox.protocol.dialogue.Peer.Incoming;
import dev.twinbox.protocol.dialogue.PeerException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One direction between two local peers: a queue with a bound, that can be closed from both ends or fail.
 *
 * <p>Waking a thread that waits costs far more than an item, so of a list the taker is told when a good part of it is there
 * or all of it is, and then takes all at once: the giver may have as much again on the way. The lock is this object itself: Java's other locks bring some forty classes with them, which a run with
 * nothing to do would load for this alone.
 */
final class HandOver {
    private final int capacity;
    private Queue<Incoming> waiting = new ArrayDeque<>();
    private volatile boolean givenUp;
    private volatile boolean untaken;
    private volatile @Nullable String failure;

    /** What the taker has got hold of; nobody else touches it. */
    private Queue<Incoming> taken = new ArrayDeque<>();

    HandOver(int capacity) {
        this.capacity = capacity;
    }

    /** Fails if nothing can be put in any more. */
    void check() throws PeerException {
        checkGiving();
    }

    /** Whether something can be put in without waiting. */
    synchronized boolean hasRoom() {
        return waiting.size() < capacity;
    }

    /**
     * Waits for room, and puts an item in.
     *
     * @param waking so many items wake up whoever waits; more than 1 only if another item is sure to be put in soon, whatever
     *     the taker does
     */
    synchronized void put(Incoming item, int waking) throws PeerException {
        try {
            checkGiving();
            while (waiting.size() >= capacity) {
                wait();
                checkGiving();
            }
            waiting.add(item);
            if (waiting.size() >= Math.min(waking, capacity)) {
                notifyAll();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Waits for an item, and takes it out. Only one thread at a time may do that. */
    Incoming take() throws PeerException {
        Incoming next = failure == null && !untaken ? taken.poll() : null;
        return next == null ? takeAll() : next;
    }

    private synchronized Incoming takeAll() throws PeerException {
        try {
            while (true) {
                String trouble = failure;
                if (trouble != null) {
                    throw new PeerException(trouble);
                }
                if (untaken) {
                    throw new PeerException("the conversation is closed here");
                }
                if (!waiting.isEmpty()) {
                    Queue<Incoming> empty = taken;
                    taken = waiting;
                    waiting = empty;
                    notifyAll();
                    return taken.remove();
                }
                if (givenUp) {
                    throw new PeerException("the peer has closed the conversation");
                }
                wait();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Ends this direction at once, unless it was closed before. */
    synchronized void fail(String reason) {
        if (failure == null && !(givenUp && untaken)) {
            failure = reason;
            waiting.clear();
            notifyAll();
        }
    }

    /** Nothing more will be put in; what is in can be taken. */
    synchronized void closeByGiver() {
        givenUp = true;
        notifyAll();
    }

    /** Nothing more will be taken. */
    synchronized void closeByTaker() {
        untaken = true;
        waiting.clear();
        notifyAll();
    }

    private void checkGiving() throws PeerException {
        String trouble = failure;
        if (trouble != null) {
            throw new PeerException(trouble);
        }
        if (givenUp) {
            throw new PeerException("the conversation is closed here");
        }
        if (untaken) {
            throw new PeerException("the peer has closed the conversation");
        }
    }

    private static PeerException interrupted() {
        Thread.currentThread().interrupt();
        return new PeerException("interrupted while waiting for the peer");
    }
}
