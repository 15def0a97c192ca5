package dev.twinbox.transport.twin;

/**
 * Says how long to wait so that no more than so much is done in a second. Knows the time only from its caller. Not safe for
 * use by several threads.
 */
final class RateLimit {
    /** What was not used of so much time may be used at once. */
    static final long BURST_NANOS = 100_000_000;

    private static final double SECOND = 1e9;

    private final long perSecond;
    private boolean begun;
    private long next;

    /**
     * @param perSecond 1 or more
     */
    RateLimit(long perSecond) {
        this.perSecond = perSecond;
    }

    /**
     * Something is to be done.
     *
     * @param now nanoseconds since any moment
     * @param amount 0 or more
     * @return nanoseconds to wait before it is done, 0 or more
     */
    long reserve(long now, long amount) {
        if (!begun || next - now < -BURST_NANOS) {
            begun = true;
            next = now - BURST_NANOS;
        }
        long wait = Math.max(0, next - now);
        next += (long) (amount * SECOND / perSecond);
        return wait;
    }
}
