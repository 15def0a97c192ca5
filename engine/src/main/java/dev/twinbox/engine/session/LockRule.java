package dev.twinbox.engine.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Which of two sides takes the user's lock: only one does, or they would wait for each other (wire protocol, section 5). */
public final class LockRule {
    private LockRule() {}

    /**
     * Whether this side locks: the one whose host name comes first byte for byte; with equal names the initiator.
     *
     * @param myHost this side's host name as it said it in its handshake
     * @param theirHost the other's
     * @param initiator whether this side began (dsync's master)
     */
    public static boolean iLock(String myHost, String theirHost, boolean initiator) {
        int order = Arrays.compareUnsigned(
                myHost.getBytes(StandardCharsets.UTF_8), theirHost.getBytes(StandardCharsets.UTF_8));
        return order < 0 || (order == 0 && initiator);
    }
}
