package dev.twinbox.engine.run;

import java.util.concurrent.atomic.AtomicLong;

/** A clock that only moves when told to, or when somebody sleeps. Safe for use by several threads. */
public final class SimClock implements Clock {
    /** 2026-11-14, an arbitrary present. */
    public static final long START_MILLIS = 1_794_614_400_000L;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final AtomicLong monotonicNanos = new AtomicLong();
    private final AtomicLong epochAtZeroMillis;

    /** A clock that shows {@link #START_MILLIS}. */
    public SimClock() {
        this(START_MILLIS);
    }

    /** A clock that shows a time. */
    public SimClock(long epochMillis) {
        epochAtZeroMillis = new AtomicLong(epochMillis);
    }

    @Override
    public long epochMillis() {
        return epochAtZeroMillis.get() + monotonicNanos.get() / NANOS_PER_MILLI;
    }

    @Override
    public long monotonicNanos() {
        return monotonicNanos.get();
    }

    @Override
    public void sleepMillis(long millis) {
        advanceMillis(millis);
    }

    /** Time passes. */
    public void advanceMillis(long millis) {
        monotonicNanos.addAndGet(millis * NANOS_PER_MILLI);
    }

    /** Somebody sets the wall clock; no time passes. */
    public void setEpochMillis(long epochMillis) {
        epochAtZeroMillis.set(epochMillis - monotonicNanos.get() / NANOS_PER_MILLI);
    }
}
