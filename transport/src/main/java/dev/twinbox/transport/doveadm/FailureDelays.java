package dev.twinbox.transport.doveadm;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How long an address waits for the answer to a login after wrong ones: twice as long with each, up to a limit, until some
 * time has passed without. The wait comes before the password is looked at, so that a right guess does not show early.
 * Remembers a limited number of addresses. Safe for use by several threads.
 */
final class FailureDelays {
    /** After the first failure, in milliseconds. */
    static final long FIRST_MS = 1000;

    /** After any number, in milliseconds. */
    static final long MOST_MS = 15_000;

    /** After so long without a failure all is forgotten, in milliseconds. */
    static final long FORGOTTEN_AFTER_MS = 300_000;

    /** Most addresses remembered; the one that failed longest ago goes first. */
    static final int ADDRESSES_MAX = 10_000;

    private final LongSupplier millis;
    private final Map<String, Past> failures = new LinkedHashMap<>();

    /** Of one address: when it failed last, and how long it waits since. */
    private record Past(long last, long delay) {}

    /**
     * @param millis a clock that never goes back
     */
    FailureDelays(LongSupplier millis) {
        this.millis = millis;
    }

    /** How long an address must wait, in milliseconds; 0 if it has a good name. */
    synchronized long of(String address) {
        Past past = failures.get(address);
        if (past == null) {
            return 0;
        }
        if (millis.getAsLong() - past.last() > FORGOTTEN_AFTER_MS) {
            failures.remove(address);
            return 0;
        }
        return past.delay();
    }

    /** A login failed. */
    synchronized void failed(String address) {
        long before = of(address);
        failures.remove(address);
        if (failures.size() >= ADDRESSES_MAX) {
            failures.remove(failures.keySet().iterator().next());
        }
        failures.put(address, new Past(millis.getAsLong(), before == 0 ? FIRST_MS : Math.min(2 * before, MOST_MS)));
    }

    /** A login succeeded. */
    synchronized void succeeded(String address) {
        failures.remove(address);
    }
}
