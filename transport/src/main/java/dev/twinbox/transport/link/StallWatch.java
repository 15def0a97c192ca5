package dev.twinbox.transport.link;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Notices that an end of a link neither reads nor writes for too long although it wants to. Time spent on other work does
 * not count. Its thread is made when a wait begins, and looks once a second, so that it needs no clock. Safe for use by
 * several threads.
 */
public final class StallWatch implements AutoCloseable {
    private static final long SECOND_MILLIS = 1000;

    private final int seconds;
    private final Runnable onStall;
    private final Beats.Beat beat;
    private final AtomicLong moves = new AtomicLong();
    private int waiting;
    private boolean closed;
    private boolean started;

    /**
     * @param seconds how long nothing may move
     * @param onStall told once
     */
    public StallWatch(int seconds, Runnable onStall) {
        this(seconds, onStall, Beats.REAL);
    }

    /** The same, by another time. */
    public StallWatch(int seconds, Runnable onStall, Beats beats) {
        this.seconds = seconds;
        this.onStall = onStall;
        this.beat = beats.every(SECOND_MILLIS);
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

    /** Somebody does not wait any more, which proves nothing. */
    public synchronized void endsUnmoved() {
        waiting--;
    }

    /** Something has moved, though others may still wait. */
    public void moved() {
        moves.incrementAndGet();
    }

    private void look() {
        long seen = moves.get();
        int still = 0;
        try {
            while (beat.next()) {
                synchronized (this) {
                    long now = moves.get();
                    still = waiting == 0 || now != seen ? 0 : still + 1;
                    seen = now;
                }
                if (still >= seconds) {
                    onStall.run();
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does
        } finally {
            beat.close();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        beat.close();
    }
}
