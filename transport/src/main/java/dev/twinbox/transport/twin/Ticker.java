package dev.twinbox.transport.twin;

/** Time that goes by, for whoever must not be too fast. Safe for use by several threads. */
public interface Ticker {
    /** Nanoseconds since any moment; never goes back. */
    long nanos();

    /**
     * Waits.
     *
     * @param nanos how long, 1 or more
     */
    void pause(long nanos) throws InterruptedException;
}
