package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.storage.NotPossibleException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the mail server's settings say of its mbox files. All programs that use them must agree. Immutable.
 *
 * @param readLocks what is taken to read, in this order ({@code mbox_read_locks})
 * @param writeLocks what is taken to write, in this order ({@code mbox_write_locks})
 * @param allHeaders GUIDs are of all headers ({@code mbox_md5 = all}), not just of some
 */
public record MboxSettings(List<Lock> readLocks, List<Lock> writeLocks, boolean allHeaders) {
    /** What Debian's Dovecot has. Upstream's has the two of writing the other way round. */
    public static final MboxSettings DEFAULT =
            new MboxSettings(List.of(Lock.FCNTL), List.of(Lock.FCNTL, Lock.DOTLOCK), false);

    public MboxSettings {
        readLocks = List.copyOf(readLocks);
        writeLocks = List.copyOf(writeLocks);
    }

    /** A way to lock an mbox file. */
    public enum Lock {
        /** A file beside it, with {@code .lock} behind its name. */
        DOTLOCK,
        /** fcntl(2); lockf(3) is the same on Linux. */
        FCNTL
    }

    /**
     * Reads the value of one of the two settings: names separated by blanks.
     *
     * @throws NotPossibleException if it asks for a lock that Java cannot take, or names none at all
     */
    public static List<Lock> locks(String value) throws NotPossibleException {
        List<Lock> locks = new ArrayList<>();
        for (String name : value.trim().split("[ \t]+")) {
            switch (name) {
                case "dotlock", "dotlock_try" -> locks.add(Lock.DOTLOCK);
                case "fcntl", "lockf" -> locks.add(Lock.FCNTL);
                default ->
                    throw new NotPossibleException("mbox locks: " + name + " is not possible here; dotlock and"
                            + " fcntl are (mbox_read_locks, mbox_write_locks)");
            }
        }
        return locks;
    }
}
