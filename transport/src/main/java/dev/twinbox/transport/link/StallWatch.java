package dev.twinbox.transport.link;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Notices that an end of a link neither reads nor writes for too long although it wants to. Time spent on other work does
 * not count. Its thread is made when a wait begins, and looks once a second, so that it needs no clock. Safe for use by
 * several threads.
 */
public final class StallWatch implements AutoCloseable {
    private final int seconds;
    private final Runnable onStall;
    private final AtomicLong moves = new AtomicLong();
    private int waiting;
    private boolean closed;
    private boolean started;

    /**
     * @param seconds how long nothing may move
     * @param onStall told once
     */
    public StallWatch(int seconds, Runnable onStall) {
        this.seconds = seconds;
        this.onStall = onStall;
    }

    /** Somebody begins to wait; each is to end it. */
    public synchronized void begins() {
        waiting++;
        if (!started && !closed) {
            started = true;
            Thread thread = new Thread(this::look, "stall-watch");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Somebody has waited long enough, and something has moved. */
    public synchronized void ends() {
        waiting--;
        moves.incrementAndGet();
    }

    /** Something has moved, though others may still wait. */
    public void moved() {
        moves.incrementAndGet();
    }

    private void look() {
        long seen = moves.get();
        int still = 0;
        while (true) {
            synchronized (this) {
                try {
                    if (!closed) {
                        TimeUnit.SECONDS.timedWait(this, 1);
                    }
                } catch (InterruptedException e) {
                    return;
                }
                if (closed) {
                    return;
                }
                long now = moves.get();
                still = waiting == 0 || now != seen ? 0 : still + 1;
                seen = now;
                if (still < seconds) {
                    continue;
                }
            }
            onStall.run();
            return;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
