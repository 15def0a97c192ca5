package dev.twinbox.engine.run;

/** Time, so that tests can have their own. Safe for use by several threads. */
public interface Clock {
    /** Wall-clock milliseconds since 1970. May jump. */
    long epochMillis();

    /** Nanoseconds from an arbitrary point that never goes back; for durations only. */
    long monotonicNanos();

    /** Waits. An interrupt ends the wait early and leaves the thread interrupted. */
    void sleepMillis(long millis);
}
