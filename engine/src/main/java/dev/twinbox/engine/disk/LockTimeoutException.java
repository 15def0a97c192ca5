package dev.twinbox.engine.disk;

import java.io.IOException;

/** A lock file was held by somebody else for as long as we would wait. The message names the holder. */
public final class LockTimeoutException extends IOException {
    private static final long serialVersionUID = 1;

    private final String holder;
    private final long ageMillis;

    /**
     * @param holder what the lock file says of its holder, {@code pid:host}, printable; empty if it says nothing sensible
     * @param ageMillis how long ago the lock file last changed, by the wall clock; may be negative
     */
    public LockTimeoutException(DiskPath lockFile, String holder, long ageMillis, long waitedMillis) {
        super(lockFile + " is held by " + (holder.isEmpty() ? "an unknown process" : "process " + holder) + " (since "
                + ageMillis / 1000 + " s), waited " + waitedMillis / 1000 + " s");
        this.holder = holder;
        this.ageMillis = ageMillis;
    }

    /**
     * As dsync says it of its fcntl locks.
     *
     * @param holder what the lock file says of its holder, {@code pid:host}, printable; empty if it says nothing
     */
    public LockTimeoutException(DiskPath lockFile, String holder, long waitedMillis) {
        super("Couldn't lock " + lockFile + ": Timed out after " + waitedMillis / 1000 + " seconds"
                + (holder.isEmpty() ? "" : " (held by process " + holder + ")"));
        this.holder = holder;
        this.ageMillis = 0;
    }

    /** What the lock file says of its holder; may be empty. */
    public String holder() {
        return holder;
    }

    /** Age of the lock file, milliseconds; 0 for a lock that the kernel keeps. */
    public long ageMillis() {
        return ageMillis;
    }
}
