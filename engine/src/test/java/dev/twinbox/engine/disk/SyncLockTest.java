package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SystemClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncLockTest {
    private static final DiskPath FOLDER = DiskPath.of("/home/ada");
    private static final DiskPath PATH = FOLDER.resolve(".dovecot-sync.lock");

    private final SimClock clock = new SimClock();
    private final SimDisk disk = new SimDisk(clock).folders(FOLDER);
    private final SimDisk other = disk.process(2);

    SyncLockTest() throws IOException {}

    private LockTimeoutException refused(long waitMillis) {
        return assertThrows(LockTimeoutException.class, () -> SyncLock.take(other, PATH, clock, waitMillis));
    }

    @Test
    void theFileIsThereAsLongAsTheLockIsHeld() throws IOException {
        SyncLock lock = SyncLock.take(disk, PATH, clock, 0);
        assertTrue(disk.stat(PATH).isPresent());
        assertEquals(PATH.toString(), lock.toString());
        lock.close();
        assertTrue(disk.stat(PATH).isEmpty());
        SyncLock.take(other, PATH, clock, 0).close();
        lock.close();
    }

    @Test
    void anotherProcessWaitsAsLongAsItWasTold() throws IOException {
        try (SyncLock lock = SyncLock.take(disk, PATH, clock, 0)) {
            long start = clock.monotonicNanos();
            LockTimeoutException e = refused(3_000);
            assertEquals("Couldn't lock " + lock + ": Timed out after 3 seconds", e.getMessage());
            assertTrue(clock.monotonicNanos() - start >= 3_000_000_000L);
            lock.sign(4711, "mail.example.org");
            assertEquals(
                    "Couldn't lock " + lock + ": Timed out after 0 seconds (held by process 4711:mail.example.org)",
                    refused(0).getMessage());
        }
        SyncLock.take(other, PATH, clock, 0).close();
    }

    @Test
    void whatADeadProcessLeftKeepsNobodyOut() throws IOException {
        other.create(PATH, Disk.FILE_MODE).close();
        try (SyncLock lock = SyncLock.take(disk, PATH, clock, 0)) {
            lock.sign(1, "a");
            assertEquals("1:a", new String(disk.readAll(PATH, 100), StandardCharsets.UTF_8));
        }
        assertTrue(disk.stat(PATH).isEmpty());
    }

    /** The holder unlinks before he unlocks: the waiter gets the lock on a file without a name. */
    @Test
    void aLockOnAFileThatLostItsNameIsNoLock() throws IOException {
        DiskFile held = other.openWrite(PATH, true);
        assertTrue(held.lock(0));
        FaultDisk watched = new FaultDisk(disk);
        AtomicInteger locks = new AtomicInteger();
        watched.before((operation, path) -> {
            if (operation.equals("lock") && locks.getAndIncrement() == 0) {
                other.unlink(PATH);
                held.close();
            }
        });
        try (SyncLock lock = SyncLock.take(watched, PATH, clock, 0)) {
            assertEquals(2, locks.get());
            SimDisk third = disk.process(3);
            assertThrows(LockTimeoutException.class, () -> SyncLock.take(third, PATH, clock, 0), lock.toString());
        }
    }

    @Test
    void aFolderOfThatNameIsAnError() throws IOException {
        disk.makeFolder(PATH, Disk.FOLDER_MODE);
        assertFalse(
                assertThrows(IOException.class, () -> SyncLock.take(disk, PATH, clock, 0))
                        instanceof LockTimeoutException);
    }

    @Test
    void withoutItsFolderThereIsNoLock() {
        DiskPath nowhere = DiskPath.of("/nowhere/lock");
        assertThrows(NoSuchFileException.class, () -> SyncLock.take(disk, nowhere, clock, 0));
    }

    @Test
    void worksOnARealDisk(@TempDir Path folder) throws IOException {
        Clock system = new SystemClock();
        RealDisk real = new RealDisk(system);
        DiskPath path = DiskPath.of(folder.toString()).resolve("lock");
        for (int i = 0; i < 3; i++) {
            try (SyncLock lock = SyncLock.take(real, path, system, 0)) {
                lock.sign(1, "a");
                assertEquals(3, real.stat(path).orElseThrow().size());
            }
            assertTrue(real.stat(path).isEmpty());
        }
    }
}
