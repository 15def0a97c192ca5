package dev.twinbox.engine.storage;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.disk.SyncLock;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two runs of Twinbox from writing one account at the same time, whoever started them and whatever they were told
 * about locks. The file {@value #NAME} in the account's folder, which is there as long as a run writes: locked by fcntl(2),
 * so that a dead run keeps nobody out, also over NFS; holding {@code pid:host} for the message.
 *
 * <p>It is taken at the first write and not before: a run with nothing to do leaves no trace, not even a folder's mtime, and
 * a refused run neither. What a run has read before then is compared again under the mailbox's lock when it writes. It
 * lies in the account and not in somebody's home, because two runs may have different homes but never different accounts;
 * its name has no dot at the start, so no Maildir++ program takes it for a mailbox, and it is no folder, so others do not.
 *
 * <p>Safe for use by several threads.
 */
public final class AccountGuard implements AutoCloseable {
    /** The lock file's name. */
    public static final String NAME = "twinbox.lock";

    /** How long a run that is just ending is waited for, milliseconds. */
    public static final long WAIT_MILLIS = 1_000;

    private final Disk disk;
    private final DiskPath path;
    private final String account;
    private final Clock clock;
    private final Host host;
    private @Nullable SyncLock lock;

    /**
     * Nothing is taken yet.
     *
     * @param root the account's folder
     * @param account the location in the administrator's words
     */
    public AccountGuard(Disk disk, DiskPath root, String account, Clock clock, Host host) {
        this.disk = disk;
        this.path = root.resolve(NAME);
        this.account = account;
        this.clock = clock;
        this.host = host;
    }

    /** The lock file, which tells that a run writes, or was killed. */
    public DiskPath path() {
        return path;
    }

    /** Whether this run has it. */
    public synchronized boolean isHeld() {
        return lock != null;
    }

    /**
     * Takes it, unless we have it already; the account's folder must exist.
     *
     * @throws LockBusyException if another run has it
     */
    public synchronized void enter() throws IOException {
        if (lock != null) {
            return;
        }
        try {
            lock = SyncLock.take(disk, path, clock, WAIT_MILLIS);
        } catch (LockTimeoutException e) {
            throw new LockBusyException("another Twinbox run writes to " + account + " at this time"
                    + (e.holder().isEmpty() ? "" : ": process " + e.holder()) + " (it holds " + path
                    + "); run again when it has ended");
        }
        try {
            lock.sign(host.pid(), host.name());
        } catch (IOException e) {
            // No space for a line that is only for a message: the run may be about to make some.
        }
    }

    /** Gives it back, if we have it. */
    @Override
    public synchronized void close() throws IOException {
        SyncLock held = lock;
        lock = null;
        if (held != null) {
            held.close();
        }
    }
}
