package dev.twinbox.transport.twin;

import dev.twinbox.transport.link.Beats;

/**
 * Says that this end is alive when it has said nothing else for a while: it may be long at work on something. It speaks in a
 * thread of its own, which a process that was stopped or has died does not have. Safe for use by several threads.
 */
final class Pulse implements AutoCloseable {
    /** So many times we are heard of while the other end would wait. */
    private static final int TIMES = 4;

    /** How long an end waits that does not say so, in seconds. */
    private static final int PATIENCE_DEFAULT = 60;

    private static final long SECOND_MILLIS = 1000;

    private final Writer writer;
    private final Beats beats;
    private Beats.Beat beat = new Closed();
    private boolean started;
    private boolean closed;

    Pulse(Writer writer, Beats beats) {
        this.writer = writer;
        this.beats = beats;
    }

    /** Stands for none. */
    private static final class Closed implements Beats.Beat {
        @Override
        public boolean next() {
            return false;
        }

        @Override
        public void close() {}
    }

    /**
     * Begins.
     *
     * @param patience how many seconds the other end waits; 0 if it does not say
     */
    synchronized void begin(int patience) {
        if (started || closed) {
            return;
        }
        started = true;
        long seconds = patience > 0 ? patience : PATIENCE_DEFAULT;
        beat = beats.every(seconds * SECOND_MILLIS / TIMES);
        Thread thread = new Thread(this::speak, "twin-pulse");
        thread.setDaemon(true);
        thread.start();
    }

    private synchronized Beats.Beat beat() {
        return beat;
    }

    private void speak() {
        Beats.Beat each = beat();
        try {
            while (each.next()) {
                if (writer.takeSilence()) {
                    writer.alive();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        beat.close();
    }
}
