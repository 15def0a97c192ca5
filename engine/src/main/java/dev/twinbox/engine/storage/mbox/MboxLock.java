package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.mbox.MboxSettings.Lock;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The locks on one mbox file that mail server, deliveries and we agree on, taken in the order that is configured: fcntl(2) on
 * the file, and {@code <file>.lock} beside it. A store opened for reading takes no dotlock, since it writes nothing. One
 * object belongs to one thread.
 */
final class MboxLock implements AutoCloseable {
    /** Most times a file may be exchanged while we wait for its locks. */
    private static final int TRIES_MAX = 100;

    private final MboxFiles.Shared file;
    private final boolean forWriting;
    private @Nullable Dotlock dotlock;
    private boolean closed;

    private MboxLock(MboxFiles.Shared file, boolean forWriting, @Nullable Dotlock dotlock) {
        this.file = file;
        this.forWriting = forWriting;
        this.dotlock = dotlock;
    }

    /** The path of a file's dotlock. */
    static DiskPath dotlock(DiskPath path) {
        return MboxPaths.beside(path, ".lock");
    }

    /**
     * Locks a file for reading.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws LockBusyException if somebody holds a lock for too long
     */
    static MboxLock forReading(AccountContext context, MboxFiles files, MboxSettings settings, DiskPath path)
            throws IOException {
        return take(context, files, settings.readLocks(), path, false);
    }

    /** The same for writing. */
    static MboxLock forWriting(AccountContext context, MboxFiles files, MboxSettings settings, DiskPath path)
            throws IOException {
        return take(context, files, settings.writeLocks(), path, true);
    }

    private static MboxLock take(
            AccountContext context, MboxFiles files, List<Lock> locks, DiskPath path, boolean forWriting)
            throws IOException {
        for (int i = 0; i < TRIES_MAX; i++) {
            MboxLock taken = tryOnce(context, files, locks, path, forWriting);
            if (taken.file.isAt(path)) {
                return taken;
            }
            taken.close();
        }
        throw new LockBusyException(path + " is exchanged again and again");
    }

    private static MboxLock tryOnce(
            AccountContext context, MboxFiles files, List<Lock> locks, DiskPath path, boolean forWriting)
            throws IOException {
        boolean dotlockFirst = locks.indexOf(Lock.DOTLOCK) == 0;
        boolean dotlock = locks.contains(Lock.DOTLOCK) && !context.readOnly();
        boolean kernel = locks.contains(Lock.FCNTL);
        Dotlock early = dotlock && dotlockFirst ? dotlock(context, path) : null;
        MboxFiles.@Nullable Shared file = null;
        boolean locked = false;
        try {
            file = files.open(path);
            if (forWriting) {
                file.lockForWriting(kernel);
            } else {
                file.lockForReading(kernel);
            }
            MboxLock taken = new MboxLock(file, forWriting, early);
            locked = true;
            if (dotlock && !dotlockFirst) {
                taken.addDotlock(context, path);
            }
            return taken;
        } finally {
            if (!locked) {
                if (file != null) {
                    file.release();
                }
                if (early != null) {
                    early.close();
                }
            }
        }
    }

    private void addDotlock(AccountContext context, DiskPath path) throws IOException {
        boolean taken = false;
        try {
            dotlock = dotlock(context, path);
            taken = true;
        } finally {
            if (!taken) {
                close();
            }
        }
    }

    private static Dotlock dotlock(AccountContext context, DiskPath path) throws IOException {
        try {
            return Dotlock.acquire(
                    context.disk(), dotlock(path), path, context.clock(), context.host(), context.lockWaitMillis());
        } catch (LockTimeoutException e) {
            throw new LockBusyException(String.valueOf(e.getMessage()));
        }
    }

    /** The file that is locked. */
    MboxFiles.Shared file() {
        return file;
    }

    /** Tells others that we are alive and at work. */
    void touch() throws IOException {
        if (dotlock != null) {
            dotlock.touch();
        }
    }

    /** Releases everything; closing twice is harmless. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (forWriting) {
                file.unlockWriting();
            } else {
                file.unlockReading();
            }
        } finally {
            try {
                file.release();
            } finally {
                if (dotlock != null) {
                    dotlock.close();
                }
            }
        }
    }
}
