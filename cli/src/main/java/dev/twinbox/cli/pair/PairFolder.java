package dev.twinbox.cli.pair;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.AtomicFile;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SyncLock;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.transport.tls.Identity;
import dev.twinbox.transport.tls.SelfSigned;
import dev.twinbox.transport.tls.TlsConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folder with what pairing needs: {@code identity.pem}, this machine's key and certificate; {@code trusted}, the
 * {@link TrustList}; {@code lock}, while one of them is changed. Files are 0600 and are replaced as a whole, so whoever reads needs
 * no lock. Safe for use by several threads.
 */
public final class PairFolder {
    private static final String IDENTITY = "identity.pem";
    private static final String TRUSTED = "trusted";
    private static final String LOCK = "lock";
    private static final String NEW = ".new";
    private static final String LAST_NAME = "twinbox";
    private static final int PEM_MAX = 1 << 20;
    private static final int OTHERS_READ = 077;
    private static final int OTHERS_WRITE = 022;
    private static final long LOCK_WAIT_MILLIS = 10_000;
    private static final long MILLIS_PER_SECOND = 1000;

    /** A key that nobody can take away is not better for being new; ssh's keys have no end either. */
    private static final Duration VALIDITY = Duration.ofDays(36_500);

    private final DiskPath folder;
    private final Disk disk;
    private final Clock clock;
    private final Object changing = new Object();

    /**
     * @param folder need not be there
     */
    public PairFolder(DiskPath folder, Disk disk, Clock clock) {
        this.folder = folder;
        this.disk = disk;
        this.clock = clock;
    }

    /** A change of the list. */
    public interface Change {
        /** What becomes of a list. */
        TrustList of(TrustList before);
    }

    /** Now, in seconds since 1970. */
    public long now() {
        return clock.epochMillis() / MILLIS_PER_SECOND;
    }

    /** Now, for people. */
    public String time() {
        return Instant.ofEpochMilli(clock.epochMillis())
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    /**
     * Whom we trust at this moment; nobody if there is no such file.
     *
     * @throws Refusal if it cannot be read or understood, or others may write it
     */
    public TrustList read() throws Refusal {
        DiskPath file = folder.resolve(TRUSTED);
        byte[] bytes = read(file, TrustList.TEXT_MAX, OTHERS_WRITE);
        if (bytes == null) {
            return TrustList.EMPTY;
        }
        try {
            return TrustList.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw Refusal.configuration(file + " cannot be understood, so nobody in it is trusted: " + e.getMessage());
        }
    }

    /**
     * Changes the list; nobody else does meanwhile.
     *
     * @return the list as it is now
     * @throws Refusal if it cannot be read or written; then it is as it was
     * @throws IllegalArgumentException from the change
     */
    public TrustList change(Change change) throws Refusal {
        synchronized (changing) {
            try {
                SyncLock lock = lock();
                try {
                    TrustList before = read();
                    TrustList after = change.of(before);
                    if (after != before) {
                        String text = after.text();
                        TrustList.parse(text); // what could not be read again must not be written
                        write(TRUSTED, text);
                    }
                    return after;
                } finally {
                    lock.close();
                }
            } catch (IOException e) {
                throw unwritable(e);
            }
        }
    }

    /** This machine's key and certificate; null if there are none yet. */
    public @Nullable Identity identity() throws Refusal {
        DiskPath file = folder.resolve(IDENTITY);
        byte[] bytes = read(file, PEM_MAX, OTHERS_READ);
        if (bytes == null) {
            return null;
        }
        try {
            String pem = new String(bytes, StandardCharsets.UTF_8);
            return Identity.ofPem(pem, pem, null);
        } catch (TlsConfigException e) {
            throw Refusal.configuration(file + ": " + e.getMessage());
        }
    }

    /**
     * The same, made if there are none yet.
     *
     * @param host this machine's name
     */
    public Identity identityOrNew(String host) throws Refusal {
        Identity there = identity();
        if (there != null) {
            return there;
        }
        synchronized (changing) {
            try {
                SyncLock lock = lock();
                try {
                    there = identity(); // somebody may have been faster
                    if (there != null) {
                        return there;
                    }
                    SelfSigned made = made(host);
                    write(IDENTITY, made.certificatePem() + made.keyPem());
                    return made.identity();
                } finally {
                    lock.close();
                }
            } catch (IOException e) {
                throw unwritable(e);
            }
        }
    }

    private SelfSigned made(String host) throws Refusal {
        Instant now = Instant.ofEpochMilli(clock.epochMillis());
        try {
            try {
                return SelfSigned.make(List.of(host), now, VALIDITY);
            } catch (
                    TlsConfigException e) { // a host's name need not be one for a certificate, where nobody looks at it
                return SelfSigned.make(List.of(LAST_NAME), now, VALIDITY);
            }
        } catch (TlsConfigException e) {
            throw Refusal.configuration(String.valueOf(e.getMessage()));
        }
    }

    private byte @Nullable [] read(DiskPath file, int limit, int forbidden) throws Refusal {
        try {
            byte[] bytes = disk.readAll(file, limit);
            if ((disk.mode(file) & forbidden) != 0) {
                throw new Refusal(
                        ExitCode.NO_PERMISSION,
                        file + " may be " + (forbidden == OTHERS_READ ? "read" : "written")
                                + " by others, so it is not used: chmod 600");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            throw new Refusal(ExitCode.NO_PERMISSION, file + " cannot be read: permission denied");
        } catch (IOException e) {
            throw Refusal.configuration(file + " cannot be read: " + e.getMessage());
        }
    }

    private SyncLock lock() throws IOException {
        makeFolders(folder);
        return SyncLock.take(disk, folder.resolve(LOCK), clock, LOCK_WAIT_MILLIS);
    }

    private void makeFolders(DiskPath wanted) throws IOException {
        if (disk.statFollowing(wanted).isPresent()) {
            return;
        }
        makeFolders(wanted.parent());
        try {
            disk.makeFolder(wanted, Disk.FOLDER_MODE);
        } catch (FileAlreadyExistsException e) {
            // Somebody was faster.
        }
    }

    private void write(String name, String text) throws IOException {
        AtomicFile.replace(
                disk,
                folder.resolve(name),
                folder.resolve(name + NEW),
                text.getBytes(StandardCharsets.UTF_8),
                Disk.FILE_MODE,
                AtomicFile.Safety.CONTENT_AND_NAME);
    }

    private Refusal unwritable(IOException e) {
        int code = e instanceof AccessDeniedException ? ExitCode.NO_PERMISSION : ExitCode.TEMPORARY;
        return new Refusal(code, folder + " cannot be written: " + e.getMessage());
    }

    /** Where it is. */
    @Override
    public String toString() {
        return folder.toString();
    }
}
