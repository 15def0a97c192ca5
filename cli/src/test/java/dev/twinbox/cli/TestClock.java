package dev.twinbox.cli;

import dev.twinbox.engine.run.Clock;

/** Time that passes only when told. */
public final class TestClock implements Clock {
    private long nanos;

    /** Lets time pass. */
    public void advanceMillis(long millis) {
        nanos += millis * 1_000_000;
    }

    @Override
    public long epochMillis() {
        return 1_700_000_000_000L + nanos / 1_000_000;
    }

    @Override
    public long monotonicNanos() {
        return nanos;
    }

    @Override
    public void sleepMillis(long millis) {
        advanceMillis(millis);
    }
}
