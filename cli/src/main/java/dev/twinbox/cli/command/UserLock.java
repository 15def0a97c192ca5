package dev.twinbox.cli.command;

import dev.twinbox.cli.config.User;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.disk.SyncLock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.LockBusyException;
import java.io.IOException;

/**
 * The lock of {@code -l}: one run for one user at a time, Dovecot's included. The file {@code .dovecot-sync.lock} in the
 * user's home; held for the whole run. Of two ends on different machines only one would take it; here both are in one process,
 * which takes it as the initiator does when the host names are equal (dsync wire protocol, section 5).
 */
final class UserLock {
    private static final String NAME = ".dovecot-sync.lock";
    private static final long MILLIS = 1000;

    private UserLock() {}

    /**
     * @throws Refusal if somebody else keeps it for longer
     */
    static SyncLock take(Context context, User user, long timeoutSeconds) throws Refusal {
        Disk disk = context.disk();
        try {
            DiskPath home = disk.realPath(DiskPath.of(user.requireHome()));
            SyncLock lock = SyncLock.take(disk, home.resolve(NAME), context.clock(), timeoutSeconds * MILLIS);
            sign(lock, context.host());
            return lock;
        } catch (LockTimeoutException e) {
            throw Refusal.temporary(e.getMessage() + ": another run for this user is at work; run again later");
        } catch (IOException | IllegalArgumentException e) {
            throw Refusal.temporary("cannot take the user's lock: " + e.getMessage());
        }
    }

    /** The same where the run has begun already. */
    static SyncLock takeOrFail(Context context, User user, long timeoutSeconds) throws IOException {
        try {
            return take(context, user, timeoutSeconds);
        } catch (Refusal e) {
            throw new LockBusyException(e.text());
        }
    }

    private static void sign(SyncLock lock, Host host) {
        try {
            lock.sign(host.pid(), host.name());
        } catch (IOException e) {
            // No space for a line that is only for the message of others.
        }
    }
}
