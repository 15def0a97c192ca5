package dev.twinbox.cli.command;

import dev.twinbox.cli.config.User;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.disk.SyncLock;
import dev.twinbox.engine.run.Clock;
import java.io.IOException;

/**
 * The lock of {@code -l}: one run for one user at a time, Dovecot's included. The file {@code .dovecot-sync.lock} in the
 * user's home.
 */
final class UserLock {
    private static final String NAME = ".dovecot-sync.lock";
    private static final long MILLIS = 1000;

    private UserLock() {}

    /**
     * @throws Refusal if somebody else keeps it for longer
     */
    static SyncLock take(Disk disk, Clock clock, User user, long timeoutSeconds) throws Refusal {
        try {
            DiskPath home = disk.realPath(DiskPath.of(user.requireHome()));
            return SyncLock.take(disk, home.resolve(NAME), clock, timeoutSeconds * MILLIS);
        } catch (LockTimeoutException e) {
            throw Refusal.temporary(e.getMessage() + ": another run for this user is at work; run again later");
        } catch (IOException | IllegalArgumentException e) {
            throw Refusal.temporary("cannot take the user's lock: " + e.getMessage());
        }
    }
}
