package dev.twinbox.transport.link;

import dev.twinbox.protocol.dialogue.Peer.Incoming;
import dev.twinbox.protocol.dialogue.PeerException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One direction between two local peers: a queue with a bound, that can be closed from both ends or fail.
 *
 * <p>Waking a thread that waits costs far more than an item, so of a list the taker is told when a good part of it is there
 * or all of it is.
 */
final class HandOver {
    /** So many items wake up whoever waits, even if more are sure to follow. */
    private static final int WAKING = 64;

    private final int capacity;
    private final Queue<Incoming> waiting = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean givenUp;
    private boolean untaken;
    private @Nullable String failure;

    HandOver(int capacity) {
        this.capacity = capacity;
    }

    /** Fails if nothing can be put in any more. */
    void check() throws PeerException {
        lock.lock();
        try {
            checkGiving();
        } finally {
            lock.unlock();
        }
    }

    /** Whether something can be put in without waiting. */
    boolean hasRoom() {
        lock.lock();
        try {
            return waiting.size() < capacity;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for room, and puts an item in.
     *
     * @param moreFollow whether another item is sure to be put in soon, whatever the taker does: then nobody is woken up for
     *     this one
     */
    void put(Incoming item, boolean moreFollow) throws PeerException {
        lock.lock();
        try {
            checkGiving();
            while (waiting.size() >= capacity) {
                changed.await();
                checkGiving();
            }
            waiting.add(item);
            if (!moreFollow || waiting.size() >= Math.min(WAKING, capacity)) {
                changed.signalAll();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    Incoming take() throws PeerException {
        lock.lock();
        try {
            while (true) {
                if (failure != null) {
                    throw new PeerException(failure);
                }
                if (untaken) {
                    throw new PeerException("the conversation is closed here");
                }
                Incoming next = waiting.poll();
                if (next != null) {
                    changed.signalAll();
                    return next;
                }
                if (givenUp) {
                    throw new PeerException("the peer has closed the conversation");
                }
                changed.await();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** Ends this direction at once, unless it was closed before. */
    void fail(String reason) {
        lock.lock();
        try {
            if (failure == null && !(givenUp && untaken)) {
                failure = reason;
                waiting.clear();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will be put in; what is in can be taken. */
    void closeByGiver() {
        lock.lock();
        try {
            givenUp = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will be taken. */
    void closeByTaker() {
        lock.lock();
        try {
            untaken = true;
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void checkGiving() throws PeerException {
        if (failure != null) {
            throw new PeerException(failure);
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
