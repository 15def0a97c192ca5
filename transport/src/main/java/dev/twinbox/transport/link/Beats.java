package dev.twinbox.transport.link;

import java.util.concurrent.TimeUnit;

/** Time that goes by in equal pieces, for whoever watches something or has to be heard of now and then. */
public interface Beats {
    /** The time there is. */
    Beats REAL = RealBeat::new;

    /**
     * Begins.
     *
     * @param millis from one beat to the next
     */
    Beat every(long millis);

    /** For one thread; any may close it. */
    interface Beat extends AutoCloseable {
        /**
         * Waits for the next beat.
         *
         * @return false if there is none any more
         */
        boolean next() throws InterruptedException;

        /** There is no further beat. Whoever waits is woken. */
        @Override
        void close();
    }

    /** By the system's time, of which nothing but waiting is needed. */
    final class RealBeat implements Beat {
        private final long millis;
        private boolean closed;

        private RealBeat(long millis) {
            this.millis = millis;
        }

        @Override
        public synchronized boolean next() throws InterruptedException {
            if (!closed) {
                TimeUnit.MILLISECONDS.timedWait(this, millis);
            }
            return !closed;
        }

        @Override
        public synchronized void close() {
            closed = true;
            notifyAll();
        }
    }
}
