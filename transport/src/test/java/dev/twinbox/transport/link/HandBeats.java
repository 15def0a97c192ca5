package dev.twinbox.transport.link;

import java.util.ArrayList;
import java.util.List;

/** Time that goes by when a test says so, for all who have asked for beats of it. */
public final class HandBeats implements Beats {
    private final List<HandBeat> all = new ArrayList<>();

    @Override
    public synchronized Beat every(long millis) {
        HandBeat beat = new HandBeat(millis);
        all.add(beat);
        notifyAll();
        return beat;
    }

    private synchronized List<HandBeat> beats() {
        return List.copyOf(all);
    }

    /** Waits until so many wait for beats, or have. */
    public void awaitUsers(int count) throws InterruptedException {
        synchronized (this) {
            while (all.size() < count) {
                wait();
            }
        }
        for (HandBeat beat : beats().subList(0, count)) {
            beat.awaitUser();
        }
    }

    /** Lets time go by. When this returns, whoever waits for beats has done what there is to do at those that have come. */
    public void pass(long millis) throws InterruptedException {
        for (HandBeat beat : beats()) {
            beat.pass(millis);
        }
    }

    private static final class HandBeat implements Beat {
        private final long millis;
        private long left;
        private long due;
        private boolean waiting;
        private boolean used;
        private boolean closed;

        HandBeat(long millis) {
            this.millis = millis;
            this.left = millis;
        }

        synchronized void awaitUser() throws InterruptedException {
            while (!used) {
                wait();
            }
        }

        synchronized void pass(long gone) throws InterruptedException {
            left -= gone;
            while (left <= 0) {
                left += millis;
                due++;
            }
            notifyAll();
            // Nobody may have come yet, or at all.
            while (used && !closed && (due > 0 || !waiting)) {
                wait();
            }
        }

        @Override
        public synchronized boolean next() throws InterruptedException {
            used = true;
            waiting = true;
            notifyAll();
            while (due == 0 && !closed) {
                wait();
            }
            waiting = false;
            due -= closed ? 0 : 1;
            return !closed;
        }

        @Override
        public synchronized void close() {
            closed = true;
            notifyAll();
        }
    }
}
