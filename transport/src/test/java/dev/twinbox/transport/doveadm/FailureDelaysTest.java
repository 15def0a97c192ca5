package dev.twinbox.transport.doveadm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FailureDelaysTest {
    private long now;
    private final FailureDelays delays = new FailureDelays(() -> now);

    @Test
    void growForTheAddressThatFailsOnly() {
        delays.failed("a");
        delays.failed("a");
        delays.failed("b");
        assertEquals(2 * FailureDelays.FIRST_MS, delays.of("a"));
        assertEquals(FailureDelays.FIRST_MS, delays.of("b"));
        assertEquals(0, delays.of("c"));
    }

    @Test
    void endWithSuccessOrTime() {
        delays.failed("a");
        delays.failed("b");
        delays.succeeded("a");
        assertEquals(0, delays.of("a"));
        now += FailureDelays.FORGOTTEN_AFTER_MS;
        assertEquals(FailureDelays.FIRST_MS, delays.of("b"));
        now++;
        assertEquals(0, delays.of("b"));
    }

    @Test
    void areKeptForALimitedNumberOfAddresses() {
        for (int i = 0; i <= FailureDelays.ADDRESSES_MAX; i++) {
            delays.failed("a" + i);
        }
        assertEquals(0, delays.of("a0"));
        assertEquals(FailureDelays.FIRST_MS, delays.of("a1"));
        assertEquals(FailureDelays.FIRST_MS, delays.of("a" + FailureDelays.ADDRESSES_MAX));
    }
}
