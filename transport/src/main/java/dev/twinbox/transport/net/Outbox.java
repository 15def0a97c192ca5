package dev.twinbox.transport.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a channel, and waits while that has enough to send. What is written is on its way at once. For one writing
 * thread at a time; the event loop only tells of changes.
 */
final class Outbox extends OutputStream {
    /** Longest piece that the channel gets at once. */
    static final int PIECE = 1 << 15;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Channel channel;
    private volatile @Nullable ChannelFuture last;
    private @Nullable IOException failure;
    private boolean ended;

    Outbox(Channel channel) {
        this.channel = channel;
    }

    /** The channel became writable, or not. */
    void writabilityChanged() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more can be sent. */
    void end(@Nullable IOException why) {
        lock.lock();
        try {
            ended = true;
            if (failure == null) {
                failure = why;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int end = offset + length;
        for (int at = offset; at < end; at += PIECE) {
            awaitRoom();
            int n = Math.min(PIECE, end - at);
            ByteBuf piece = channel.alloc().ioBuffer(n).writeBytes(bytes, at, n);
            ChannelFuture written = channel.writeAndFlush(piece);
            if (!written.isDone()) {
                last = written;
            }
            written.addListener(done -> {
                if (!done.isSuccess()) {
                    end(new IOException(Failures.text(done.cause(), false), done.cause()));
                }
            });
        }
    }

    private void awaitRoom() throws IOException {
        lock.lock();
        try {
            while (!ended && !channel.isWritable()) {
                changed.await();
            }
            if (ended) {
                IOException why = failure;
                throw why == null
                        ? new IOException("the connection is closed")
                        : new IOException(why.getMessage(), why);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all is handed to the kernel.
     *
     * @return false if it was not in time
     */
    boolean drained(int seconds) {
        ChannelFuture pending = last;
        return pending == null || pending.awaitUninterruptibly(seconds, TimeUnit.SECONDS);
    }
}
