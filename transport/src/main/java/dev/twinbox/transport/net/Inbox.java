package dev.twinbox.transport.net;

import dev.twinbox.protocol.dialogue.PieceStream;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What arrived and was not read yet. The event loop puts in, one thread reads, and waits while there is nothing. Bytes are
 * copied, so that a sender of single bytes cannot make us hold a buffer for each.
 */
final class Inbox extends PieceStream {
    /** From so many bytes on nothing more is taken from the network. */
    static final int HIGH = 1 << 20;

    /** Below so many bytes the network is read again. */
    static final int LOW = 1 << 18;

    private static final int CHUNK = 1 << 15;

    /** Turns reading from the network on and off; called by any thread, never blocks. */
    interface Tap {
        void open(boolean open);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private final Tap tap;
    private int size;
    private long arrivals;
    private boolean awaited;
    private boolean shut;
    private boolean ended;
    private boolean discarding;
    private @Nullable IOException failure;

    Inbox(Tap tap) {
        this.tap = tap;
    }

    /** Some bytes in a row: those between {@code from} and {@code to} are not read yet. */
    private static final class Chunk {
        private final byte[] bytes = new byte[CHUNK];
        private int from;
        private int to;
    }

    /** More has arrived. Reads it; does not release it. */
    void put(ByteBuf arrived) {
        lock.lock();
        try {
            if (ended || discarding) {
                arrived.skipBytes(arrived.readableBytes());
                return;
            }
            size += arrived.readableBytes();
            arrivals++;
            while (arrived.isReadable()) {
                Chunk last = chunks.peekLast();
                if (last == null || last.to == CHUNK) {
                    last = new Chunk();
                    chunks.addLast(last);
                }
                int n = Math.min(arrived.readableBytes(), CHUNK - last.to);
                arrived.readBytes(last.bytes, last.to, n);
                last.to += n;
            }
            if (size >= HIGH && !shut) {
                shut = true;
                tap.open(false);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will arrive. What has arrived may still be read, and then comes the end or the failure. */
    void end(@Nullable IOException why) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                failure = why;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody reads any more: what is there and what comes is dropped, so that the end can arrive. */
    void discard() {
        lock.lock();
        try {
            discarding = true;
            chunks.clear();
            size = 0;
            openAgain();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void openAgain() {
        if (shut) {
            shut = false;
            tap.open(true);
        }
    }

    @Override
    public int available() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            awaitMore();
            Chunk first = chunks.peekFirst();
            if (first == null) {
                return atEnd();
            }
            int n = Math.min(length, first.to - first.from);
            System.arraycopy(first.bytes, first.from, bytes, offset, n);
            first.from += n;
            if (first.from == first.to) {
                chunks.removeFirst();
            }
            size -= n;
            if (size < LOW) {
                openAgain();
            }
            return n;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            lock.unlock();
        }
    }

    private void awaitMore() throws InterruptedException {
        awaited = true;
        try {
            while (chunks.isEmpty() && !ended && !discarding) {
                changed.await();
            }
        } finally {
            awaited = false;
        }
    }

    /** Whether somebody waits for more. */
    boolean isAwaited() {
        lock.lock();
        try {
            return awaited;
        } finally {
            lock.unlock();
        }
    }

    /** How often something has arrived. */
    long arrivals() {
        lock.lock();
        try {
            return arrivals;
        } finally {
            lock.unlock();
        }
    }

    private int atEnd() throws IOException {
        IOException why = failure;
        if (why != null) {
            throw new IOException(why.getMessage(), why);
        }
        return -1;
    }
}
