package dev.twinbox.cli.command;

import dev.twinbox.cli.config.User;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import java.io.IOException;
import java.util.Optional;

/**
 * The lock of {@code -l}: one run for one user at a time, Dovecot's included. The file {@code .dovecot-sync.lock} in the
 * user's home, locked by fcntl(2); it is removed while it is still locked, so whoever got the lock on a removed file tries
 * again.
 */
final class UserLock implements AutoCloseable {
    private static final String NAME = ".dovecot-sync.lock";
    private static final long MILLIS = 1000;
    private static final int TRIES_MAX = 100;

    private final Disk disk;
    private final DiskPath path;
    private final DiskFile file;

    private UserLock(Disk disk, DiskPath path, DiskFile file) {
        this.disk = disk;
        this.path = path;
        this.file = file;
    }

    /**
     * @throws Refusal if somebody else keeps it for longer
     */
    static UserLock take(Disk disk, User user, long timeoutSeconds) throws Refusal {
        DiskPath path;
        try {
            path = disk.realPath(DiskPath.of(user.requireHome())).resolve(NAME);
            for (int i = 0; i < TRIES_MAX; i++) {
                DiskFile file = disk.openWrite(path, true);
                if (!file.lock(timeoutSeconds * MILLIS)) {
                    file.close();
                    throw Refusal.temporary(
                            "another run holds the lock " + path + " for longer than " + timeoutSeconds + " seconds");
                }
                Optional<FileInfo> named = disk.stat(path);
                if (named.isPresent()
                        && named.get().fileKey().equals(file.info().fileKey())) {
                    return new UserLock(disk, path, file);
                }
                file.close();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw Refusal.temporary("cannot take the user's lock: " + e.getMessage());
        }
        throw Refusal.temporary("cannot take the lock " + path + ": it is removed again and again");
    }

    @Override
    public String toString() {
        return path.toString();
    }

    @Override
    public void close() throws IOException {
        try {
            disk.unlink(path);
        } finally {
            file.close();
        }
    }
}
