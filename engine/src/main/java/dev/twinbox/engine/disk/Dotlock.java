package dev.twinbox.engine.disk;

import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A lock that is a file, by Dovecot's rules, so that Dovecot and we keep each other out ({@code dovecot-uidlist.lock}).
 *
 * <p>The file holds {@code <pid>:<host>} without a line end. It exists exactly while the lock is held. Who finds it may
 * break it:
 *
 * <ul>
 *   <li>holder on this host and alive: never;
 *   <li>holder on this host and dead: once the lock file has not changed for 2 s;
 *   <li>holder elsewhere, or content that names nobody: once neither the lock file nor the file it guards has changed
 *       (mtime, ctime) for 120 s.
 * </ul>
 *
 * <p>"Has not changed" is judged by the wall clock against the file's times, as Dovecot does, or by having watched it not
 * change that long; the second holds when a clock is wrong and the times lie in the future.
 *
 * <p>Crash safety. The file is written under a name of its own, {@code <lock>.twinbox}, and then linked to its place, so
 * a lock never exists without its content, which nobody could break for 120 s. The next taker removes what a crash left
 * under that name. Two takers may disturb each other there; therefore the lock is ours only if our link(2) made it
 * <em>and</em> it reads as ours. Where links are impossible the file is created in place with O_EXCL.
 *
 * <p>Safe for use by several threads only as far as {@link Disk} is: one object belongs to one thread.
 */
public final class Dotlock implements AutoCloseable {
    /** How long Dovecot waits for this lock, milliseconds. */
    public static final long DEFAULT_WAIT_MILLIS = 122_000;

    /** A dead local holder's lock is broken after this long without change, milliseconds. */
    public static final long DEAD_HOLDER_MILLIS = 2_000;

    /** Any other lock that is not proved alive is broken after this long without change, milliseconds. */
    public static final long STALE_MILLIS = 120_000;

    /** {@link #touch} does something when this long has passed, milliseconds. */
    public static final long TOUCH_INTERVAL_MILLIS = 10_000;

    /** Most bytes of a lock file that are read; host names have at most 64. */
    private static final int CONTENT_LIMIT = 1024;

    /** Longest process id, digits. */
    private static final int PID_DIGITS = 18;

    /** How much older than this process a lock must be before it cannot be this process's, milliseconds. */
    private static final long START_SLACK_MILLIS = 2_000;

    private static final long FIRST_PAUSE_MILLIS = 5;
    private static final long LONGEST_PAUSE_MILLIS = 200;
    private static final long MILLIS_PER_SECOND = 1000;
    private static final int NANOS_PER_MILLI = 1_000_000;

    private final Disk disk;
    private final DiskPath lockFile;
    private final Clock clock;
    private FileInfo mine;
    private long touchedNanos;
    private boolean open = true;

    private Dotlock(Disk disk, DiskPath lockFile, Clock clock, FileInfo mine) {
        this.disk = disk;
        this.lockFile = lockFile;
        this.clock = clock;
        this.mine = mine;
        this.touchedNanos = clock.monotonicNanos();
    }

    /**
     * Takes the lock.
     *
     * @param guarded the file whose changes show that the holder is at work
     * @param waitMillis how long to wait at most; 0 tries once
     * @throws LockTimeoutException if somebody held it all the time
     */
    public static Dotlock acquire(
            Disk disk, DiskPath lockFile, DiskPath guarded, Clock clock, Host host, long waitMillis)
            throws IOException {
        Taker taker = new Taker(disk, lockFile, guarded, clock, host);
        long start = clock.monotonicNanos();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            FileInfo taken = taker.take();
            if (taken != null) {
                return new Dotlock(disk, lockFile, clock, taken);
            }
            if (taker.breakIfStale()) {
                continue;
            }
            long waited = (clock.monotonicNanos() - start) / NANOS_PER_MILLI;
            if (waited >= waitMillis) {
                throw new LockTimeoutException(lockFile, taker.holder(), taker.ageMillis(), waited);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while waiting for " + lockFile);
            }
            clock.sleepMillis(Math.min(pause, waitMillis - waited));
            pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
    }

    /** Whether there is a lock that says whose it is, whether he lives or not. */
    public static boolean namesHolder(Disk disk, DiskPath lockFile) {
        try {
            return Holder.parse(disk.readAll(lockFile, CONTENT_LIMIT)) != null;
        } catch (IOException e) {
            return false; // not there any more; a folder, a link, too long: it names nobody
        }
    }

    /** Whether the lock file is still the one we made. */
    public boolean isHeld() throws IOException {
        if (!open) {
            return false;
        }
        Optional<FileInfo> now = disk.stat(lockFile);
        return now.isPresent() && sameLock(now.get(), mine);
    }

    /**
     * Tells others that we are alive and at work; to be called now and then by who holds the lock for long. Cheap when
     * nothing is due.
     *
     * @throws IOException if the lock is no longer ours
     */
    public void touch() throws IOException {
        long now = clock.monotonicNanos();
        if (now - touchedNanos < TOUCH_INTERVAL_MILLIS * NANOS_PER_MILLI) {
            return;
        }
        if (!isHeld()) {
            throw new FileSystemException(lockFile.toString(), null, "the lock was taken from us");
        }
        long millis = clock.epochMillis();
        disk.setMtime(
                lockFile,
                Math.floorDiv(millis, MILLIS_PER_SECOND),
                (int) Math.floorMod(millis, MILLIS_PER_SECOND) * NANOS_PER_MILLI);
        touchedNanos = now;
        Optional<FileInfo> touched = disk.stat(lockFile);
        if (touched.isPresent() && touched.get().fileKey().equals(mine.fileKey())) {
            mine = touched.get();
        }
    }

    /** Releases the lock; a lock file that is not ours is left alone. */
    @Override
    public void close() throws IOException {
        if (isHeld()) {
            disk.unlink(lockFile);
        }
        open = false;
    }

    /** Inode numbers are used again at once, so the time must agree as well. */
    private static boolean sameLock(FileInfo a, FileInfo b) {
        return a.fileKey().equals(b.fileKey())
                && a.mtimeSeconds() == b.mtimeSeconds()
                && a.mtimeNanos() == b.mtimeNanos();
    }

    /** One attempt after the other, and what was seen meanwhile. */
    private static final class Taker {
        private final Disk disk;
        private final DiskPath lockFile;
        private final DiskPath ownFile;
        private final DiskPath asideFile;
        private final DiskPath guarded;
        private final Clock clock;
        private final Host host;
        private final byte[] content;

        private @Nullable Seen seen;
        private long seenSinceNanos;

        Taker(Disk disk, DiskPath lockFile, DiskPath guarded, Clock clock, Host host) {
            this.disk = disk;
            this.lockFile = lockFile;
            this.guarded = guarded;
            this.clock = clock;
            this.host = host;
            // No string concatenation by +: its first use costs a short run several milliseconds.
            String pid = Long.toString(host.pid());
            content = pid.concat(":").concat(host.name()).getBytes(StandardCharsets.UTF_8);
            ownFile = beside(lockFile, ".twinbox");
            asideFile = beside(lockFile, ".".concat(pid));
        }

        private static DiskPath beside(DiskPath file, String suffix) {
            String name = new String(file.name(), StandardCharsets.ISO_8859_1);
            return file.parent().resolve(name.concat(suffix).getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Tries once; null if somebody has the lock. */
        @Nullable
        FileInfo take() throws IOException {
            // Cheaper than a try, and the usual case while waiting.
            if (disk.stat(lockFile).isPresent()) {
                return null;
            }
            try {
                write(ownFile);
            } catch (FileAlreadyExistsException e) {
                // Left by a crash, or somebody is at it right now; he will notice and try again.
                unlinkIfThere(ownFile);
                return takeAfterCleaning();
            }
            return place();
        }

        private @Nullable FileInfo takeAfterCleaning() throws IOException {
            try {
                write(ownFile);
            } catch (FileAlreadyExistsException e) {
                return null;
            }
            return place();
        }

        private @Nullable FileInfo place() throws IOException {
            try {
                disk.link(ownFile, lockFile);
            } catch (FileAlreadyExistsException | NoSuchFileException e) {
                unlinkIfThere(ownFile);
                return null;
            } catch (FileSystemException e) {
                unlinkIfThere(ownFile);
                return createInPlace(e);
            }
            try {
                unlinkIfThere(ownFile);
                return verified();
            } catch (IOException e) {
                // The caller will not know that he holds it.
                disk.unlink(lockFile);
                throw e;
            }
        }

        private @Nullable FileInfo createInPlace(Exception whyNotLinked) throws IOException {
            try {
                write(lockFile);
            } catch (FileAlreadyExistsException e) {
                return null;
            } catch (IOException e) {
                e.addSuppressed(whyNotLinked);
                throw e;
            }
            return verified();
        }

        private void write(DiskPath file) throws IOException {
            DiskFile made = disk.create(file, Disk.FILE_MODE);
            try (made) {
                made.append(ByteBuffer.wrap(content));
            } catch (IOException e) {
                // A lock without its content would be in everybody's way.
                unlinkIfThere(file);
                throw e;
            }
        }

        /** The lock that we have just put in place, if what we put there was ours. */
        private @Nullable FileInfo verified() throws IOException {
            Optional<FileInfo> placed = disk.stat(lockFile);
            if (placed.isEmpty()) {
                return null;
            }
            if (!Arrays.equals(readContent(), content)) {
                // Somebody exchanged our file before we linked it. He does not know that he has the lock: undo.
                unlinkIfThere(lockFile);
                return null;
            }
            return placed.get();
        }

        private byte @Nullable [] readContent() throws IOException {
            try {
                return disk.readAll(lockFile, CONTENT_LIMIT);
            } catch (NoSuchFileException e) {
                return null;
            } catch (IOException e) {
                // A folder, a link, too long, not for us to read: it names nobody.
                return new byte[0];
            }
        }

        /** Looks at the lock in our way; true if it is worth trying again at once. */
        boolean breakIfStale() throws IOException {
            Optional<FileInfo> there = disk.stat(lockFile);
            if (there.isEmpty()) {
                seen = null;
                return false;
            }
            if (there.get().isFolder()) {
                throw new FileSystemException(lockFile.toString(), null, "a folder is in the place of a lock file");
            }
            byte[] text = readContent();
            if (text == null) {
                seen = null;
                return false;
            }
            OptionalLong lockCtime = disk.ctime(lockFile);
            if (lockCtime.isEmpty()) {
                seen = null;
                return false;
            }
            FileInfo guardedInfo = disk.stat(guarded).orElse(null);
            Seen now = new Seen(
                    there.get(),
                    lockCtime.getAsLong(),
                    Holder.parse(text),
                    guardedInfo,
                    disk.ctime(guarded).orElse(0));
            long nanos = clock.monotonicNanos();
            if (seen == null || !now.unchangedSince(seen)) {
                seen = now;
                seenSinceNanos = nanos;
            }
            long watched = (nanos - seenSinceNanos) / NANOS_PER_MILLI;
            return isStale(now, watched) && breakLock(now);
        }

        private boolean isStale(Seen now, long watched) {
            Holder holder = now.holder;
            long lockAge = clock.epochMillis() - now.lockChangedMillis();
            if (holder != null && holder.host.equals(host.name())) {
                if (holder.pid == host.pid()) {
                    // Another thread of ours, or an earlier process that had our number.
                    return now.lockChangedMillis() + START_SLACK_MILLIS < host.startedEpochMillis();
                }
                return !host.isAlive(holder.pid) && Math.max(lockAge, watched) > DEAD_HOLDER_MILLIS;
            }
            long age = clock.epochMillis() - Math.max(now.lockChangedMillis(), now.guardedChangedMillis());
            return Math.max(age, watched) > STALE_MILLIS;
        }

        /**
         * Takes the lock file out of the way. Somebody may have broken it already and made his own: so it is moved
         * aside, looked at, and put back if it was not the stale one.
         */
        private boolean breakLock(Seen stale) throws IOException {
            Optional<FileInfo> there = disk.stat(lockFile);
            if (there.isEmpty() || !sameLock(there.get(), stale.lock)) {
                return true;
            }
            try {
                disk.rename(lockFile, asideFile);
            } catch (NoSuchFileException e) {
                return true;
            }
            Optional<FileInfo> moved = disk.stat(asideFile);
            if (moved.isPresent() && !sameLock(moved.get(), stale.lock)) {
                try {
                    disk.link(asideFile, lockFile);
                } catch (FileAlreadyExistsException e) {
                    // A third one was faster. There is nothing left to give back.
                }
            }
            unlinkIfThere(asideFile);
            seen = null;
            return true;
        }

        private void unlinkIfThere(DiskPath file) throws IOException {
            try {
                disk.unlink(file);
            } catch (NoSuchFileException e) {
                // Somebody else did it.
            }
        }

        String holder() {
            return seen == null || seen.holder == null ? "" : seen.holder.pid + ":" + seen.holder.host;
        }

        long ageMillis() {
            return seen == null ? 0 : clock.epochMillis() - seen.lockChangedMillis();
        }
    }

    /** The lock in our way at one moment. */
    private static final class Seen {
        final FileInfo lock;
        final long lockCtime;
        final @Nullable Holder holder;
        final @Nullable FileInfo guarded;
        final long guardedCtime;

        Seen(FileInfo lock, long lockCtime, @Nullable Holder holder, @Nullable FileInfo guarded, long guardedCtime) {
            this.lock = lock;
            this.lockCtime = lockCtime;
            this.holder = holder;
            this.guarded = guarded;
            this.guardedCtime = guardedCtime;
        }

        boolean unchangedSince(Seen earlier) {
            return sameLock(lock, earlier.lock)
                    && lockCtime == earlier.lockCtime
                    && Objects.equals(guarded, earlier.guarded)
                    && guardedCtime == earlier.guardedCtime;
        }

        long lockChangedMillis() {
            return changedMillis(lock, lockCtime);
        }

        long guardedChangedMillis() {
            return guarded == null ? Long.MIN_VALUE : changedMillis(guarded, guardedCtime);
        }

        private static long changedMillis(FileInfo info, long ctimeSeconds) {
            long mtime = info.mtimeSeconds() * MILLIS_PER_SECOND + info.mtimeNanos() / NANOS_PER_MILLI;
            return Math.max(mtime, ctimeSeconds * MILLIS_PER_SECOND);
        }
    }

    /** Who holds a lock. */
    private static final class Holder {
        final long pid;
        final String host;

        private Holder(long pid, String host) {
            this.pid = pid;
            this.host = host;
        }

        /** Null if the text names nobody. */
        static @Nullable Holder parse(byte[] text) {
            int i = 0;
            long pid = 0;
            while (i < text.length && i <= PID_DIGITS && text[i] >= '0' && text[i] <= '9') {
                pid = pid * 10 + text[i] - '0';
                i++;
            }
            if (i == 0 || i > PID_DIGITS || i + 1 >= text.length || text[i] != ':' || pid == 0) {
                return null;
            }
            for (int j = i + 1; j < text.length; j++) {
                if (text[j] <= ' ' && text[j] >= 0) {
                    return null;
                }
            }
            return new Holder(pid, new String(text, i + 1, text.length - i - 1, StandardCharsets.UTF_8));
        }
    }
}
