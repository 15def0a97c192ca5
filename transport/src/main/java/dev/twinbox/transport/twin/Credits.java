package dev.twinbox.transport.twin;

import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.wire.twin.TwinFormatException;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import dev.twinbox.protocol.wire.twin.TwinLimits;
import dev.twinbox.transport.link.StallWatch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much may be sent: on each branch as much as its window has room for, and on all together as much as the connection's has. Of
 * branches that wait for the connection the one that came first is served first. Guarded by the connection's lock.
 */
final class Credits {
    /** Less is not sent while more waits: many small frames cost more than they bring. */
    private static final int LEAST = 1 << 14;

    private final ReentrantLock lock;
    private final StallWatch watch;
    private final Deque<Flow> line = new ArrayDeque<>();
    private int connection = TwinLimits.CONNECTION_WINDOW;

    Credits(ReentrantLock lock, StallWatch watch) {
        this.lock = lock;
        this.watch = watch;
    }

    /** Tells that waiting has become useless. */
    interface Check {
        void run() throws PeerException;
    }

    /**
     * Waits until something may be sent, and takes that much, and a header's length, out of the windows.
     *
     * @param wanted 1 or more bytes
     * @return how many of them
     */
    int acquire(Flow flow, int wanted, Check check) throws PeerException, InterruptedException {
        int least = Math.min(wanted, LEAST) + TwinFrame.HEADER;
        lock.lock();
        try {
            check.run();
            if (flow.credit < least || connection < least || !line.isEmpty()) {
                await(flow, least, check);
            }
            int n = Math.min(wanted, Math.min(flow.credit, connection) - TwinFrame.HEADER);
            flow.credit -= n + TwinFrame.HEADER;
            connection -= n + TwinFrame.HEADER;
            return n;
        } finally {
            lock.unlock();
        }
    }

    private void await(Flow flow, int least, Check check) throws PeerException, InterruptedException {
        watch.begins();
        try {
            while (flow.credit < least) {
                check.run();
                flow.changed.await();
            }
            line.add(flow);
            try {
                while (line.peek() != flow || connection < least) {
                    check.run();
                    flow.changed.await();
                }
            } finally {
                line.remove(flow);
                wakeFirst();
            }
        } finally {
            watch.ends();
        }
    }

    private void wakeFirst() {
        Flow first = line.peek();
        if (first != null) {
            first.changed.signalAll();
        }
    }

    /** Not all that was acquired was needed. */
    void giveBack(Flow flow, int bytes) {
        if (bytes > 0) {
            lock.lock();
            try {
                flow.credit += bytes;
                connection += bytes;
                wakeFirst();
            } finally {
                lock.unlock();
            }
        }
    }

    /** The peer has more room on a branch. */
    void grant(Flow flow, int bytes) throws TwinFormatException {
        flow.credit += bytes;
        if (flow.credit > TwinLimits.BRANCH_WINDOW) {
            throw new TwinFormatException("more credit than there can be");
        }
        flow.changed.signalAll();
    }

    /** The peer has more room. */
    void grantConnection(int bytes) throws TwinFormatException {
        connection += bytes;
        if (connection > TwinLimits.CONNECTION_WINDOW) {
            throw new TwinFormatException("more credit than there can be");
        }
        wakeFirst();
    }
}
