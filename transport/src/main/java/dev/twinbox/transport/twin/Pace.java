package dev.twinbox.transport.twin;

import org.jspecify.annotations.Nullable;

/**
 * How fast an end may speak. For one connection, or for several that share it; safe for use by several threads, which are
 * served in the order of asking.
 */
public final class Pace {
    /** As fast as can be. */
    public static final Pace UNLIMITED = new Pace(0, 0, null);

    /** Least bytes in a second that may be asked for. */
    public static final long BYTES_MIN = 1024;

    private final long bytesPerSecond;
    private final @Nullable Ticker ticker;
    private final @Nullable RateLimit bytes;
    private final @Nullable RateLimit mails;

    private Pace(long bytesPerSecond, long mailsPerSecond, @Nullable Ticker ticker) {
        this.bytesPerSecond = bytesPerSecond;
        this.ticker = ticker;
        this.bytes = bytesPerSecond == 0 ? null : new RateLimit(bytesPerSecond);
        this.mails = mailsPerSecond == 0 ? null : new RateLimit(mailsPerSecond);
    }

    /**
     * No faster than this.
     *
     * @param bytesPerSecond as they are on the wire, {@value #BYTES_MIN} or more; 0: as many as can be
     * @param mailsPerSecond 1 or more; 0: as many as can be
     * @throws IllegalArgumentException if a rate is out of range
     */
    public static Pace of(long bytesPerSecond, long mailsPerSecond, Ticker ticker) {
        if (bytesPerSecond < 0 || bytesPerSecond > 0 && bytesPerSecond < BYTES_MIN || mailsPerSecond < 0) {
            throw new IllegalArgumentException("rate out of range");
        }
        return new Pace(bytesPerSecond, mailsPerSecond, ticker);
    }

    /** How many bytes to say at once at most, so that there are no long pauses; of {@code usual} bytes. */
    int piece(int usual) {
        return bytesPerSecond == 0 ? usual : (int) Math.max(BYTES_MIN, Math.min(usual, bytesPerSecond / 4));
    }

    /** Some bytes are to be said: waits until they may be. */
    void bytes(int count) throws InterruptedException {
        keep(bytes, count);
    }

    /** A mail is to be said: waits until it may be. */
    void mail() throws InterruptedException {
        keep(mails, 1);
    }

    private void keep(@Nullable RateLimit limit, long amount) throws InterruptedException {
        Ticker time = ticker;
        if (limit == null || time == null) {
            return;
        }
        long wait;
        synchronized (limit) {
            wait = limit.reserve(time.nanos(), amount);
        }
        if (wait > 0) {
            time.pause(wait);
        }
    }
}
