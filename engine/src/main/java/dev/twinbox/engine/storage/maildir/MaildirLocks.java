package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.account.AccountFolders;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.FolderNames;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Dovecot's {@code dovecot-uidlist.lock} of several mailboxes, held for another program: while they are held, Dovecot
 * renames, removes and numbers no file in them (deliveries into {@code new/} go on). They are taken in the order of the
 * names, so that two takers cannot wait for each other. {@link #touch} has to be called every few seconds, or Dovecot takes
 * a lock of another host's process for abandoned after two minutes. One object belongs to one thread.
 */
public final class MaildirLocks implements AutoCloseable {
    /** How often {@link #touch} is to be called, milliseconds. */
    public static final long TOUCH_MILLIS = 1_000;

    /** How long one lock is waited for before those already held are touched, milliseconds. */
    private static final long SLICE_MILLIS = 5_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Disk disk;
    private final Clock clock;
    private final Host host;
    private final long deadlineNanos;
    private final List<Dotlock> held = new ArrayList<>();

    private MaildirLocks(Disk disk, Clock clock, Host host, long waitMillis) {
        this.disk = disk;
        this.clock = clock;
        this.host = host;
        this.deadlineNanos = clock.monotonicNanos() + waitMillis * NANOS_PER_MILLI;
    }

    /**
     * Locks mailboxes of an account, all or none.
     *
     * @param waitMillis how long to wait for all of them together
     * @throws MailboxGoneException if there is no such mailbox
     * @throws LockBusyException if one is held by somebody else for longer
     */
    public static MaildirLocks ofMailboxes(
            Disk disk, AccountLocation location, Collection<MailboxName> names, Clock clock, Host host, long waitMillis)
            throws IOException {
        FolderNames folders = AccountFolders.names(disk, location);
        MaildirLocks locks = new MaildirLocks(disk, clock, host, waitMillis);
        boolean complete = false;
        try {
            for (MailboxName name : new TreeSet<>(names)) {
                MaildirPaths paths = new MaildirPaths(folders.paths(name));
                if (disk.stat(paths.cur()).isEmpty()) {
                    throw new MailboxGoneException("there is no mailbox " + name + " in " + location.root());
                }
                locks.take(paths);
            }
            complete = true;
            return locks;
        } finally {
            if (!complete) {
                locks.close();
            }
        }
    }

    /**
     * Locks the one mailbox whose control folder this is.
     *
     * @throws LockBusyException if it is held by somebody else for longer
     */
    public static MaildirLocks ofControlFolder(Disk disk, DiskPath control, Clock clock, Host host, long waitMillis)
            throws IOException {
        MaildirLocks locks = new MaildirLocks(disk, clock, host, waitMillis);
        locks.take(new MaildirPaths(new MailboxPaths(control, control, control)));
        return locks;
    }

    private void take(MaildirPaths paths) throws IOException {
        while (true) {
            long left = Math.max(0, (deadlineNanos - clock.monotonicNanos()) / NANOS_PER_MILLI);
            try {
                held.add(Dotlock.acquire(
                        disk, paths.uidlistLock(), paths.uidlist(), clock, host, Math.min(left, SLICE_MILLIS)));
                return;
            } catch (LockTimeoutException e) {
                if (left <= SLICE_MILLIS) {
                    throw new LockBusyException(String.valueOf(e.getMessage()));
                }
                touch();
            }
        }
    }

    /** Number of locks held. */
    public int size() {
        return held.size();
    }

    /**
     * Tells others that we are alive; cheap when nothing is due.
     *
     * @throws IOException if a lock is no longer ours
     */
    public void touch() throws IOException {
        for (Dotlock lock : held) {
            lock.touch();
        }
    }

    /** Releases all of them; a lock that was taken from us is left to whom it belongs. */
    @Override
    public void close() throws IOException {
        IOException first = null;
        for (Dotlock lock : held) {
            try {
                lock.close();
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        held.clear();
        if (first != null) {
            throw first;
        }
    }
}
