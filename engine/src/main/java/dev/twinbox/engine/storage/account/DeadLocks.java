package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.LockTimeoutException;
import java.io.IOException;

/** Clears away dotlocks whose holders died. They would be in nobody's way, but nobody likes to find them. */
public final class DeadLocks {
    private DeadLocks() {}

    /**
     * Removes a lock, and what its holder left half written, unless somebody alive holds it. Never waits.
     *
     * @param guarded the file that is written under the lock
     * @param leftBehind files that only holders of the lock use
     */
    public static void remove(AccountContext context, DiskPath lock, DiskPath guarded, DiskPath... leftBehind)
            throws IOException {
        if (context.disk().stat(lock).isEmpty()) {
            return;
        }
        try {
            Dotlock held = Dotlock.acquire(context.disk(), lock, guarded, context.clock(), context.host(), 0);
            for (DiskPath left : leftBehind) {
                if (context.disk().stat(left).isPresent()) {
                    context.disk().unlink(left);
                }
            }
            held.close();
        } catch (LockTimeoutException e) {
            context.report().debug(null, String.valueOf(e.getMessage()));
        }
    }
}
