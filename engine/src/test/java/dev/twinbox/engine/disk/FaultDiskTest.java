package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultDiskTest {
    private final SimDisk disk = new SimDisk(new SimClock());
    private final DiskPath folder = DiskPath.of("/f");
    private final DiskPath file = folder.resolve("a");

    @BeforeEach
    void makeFolder() throws IOException {
        disk.folders(folder);
    }

    private void save(Disk on) throws IOException {
        try (DiskFile open = on.create(file, 0600)) {
            open.append(ByteBuffer.wrap(new byte[10]));
            open.sync();
        }
        on.rename(file, folder.resolve("b"));
    }

    @Test
    void changesAreCountedAndNamed() throws IOException {
        FaultDisk counting = new FaultDisk(disk);
        save(counting);
        counting.stat(file);

        assertEquals(List.of("create /f/a", "append /f/a", "sync /f/a", "rename /f/a /f/b"), counting.log());
        assertEquals(4, counting.changes());
        assertEquals(1, counting.changes("sync"));
        assertEquals(0, counting.openFiles());
    }

    @Test
    void aCrashFallsBeforeInOrAfterAChangeAndIsFinal() throws IOException {
        long[] sizes = {0, 5, 10};
        for (FaultDisk.Moment moment : FaultDisk.Moment.values()) {
            SimDisk copy = disk.copy();
            FaultDisk faulty = new FaultDisk(copy).crashAt(1, moment);

            assertThrows(SimulatedCrash.class, () -> save(faulty));

            long size =
                    switch (moment) {
                        case BEFORE -> sizes[0];
                        case MIDDLE -> sizes[1];
                        case AFTER -> sizes[2];
                    };
            assertEquals(size, copy.stat(file).orElseThrow().size());
            assertTrue(faulty.crashed());
            assertThrows(SimulatedCrash.class, () -> faulty.stat(file));
            assertThrows(SimulatedCrash.class, () -> faulty.unlink(file));
            assertEquals(2, faulty.changes());
        }
    }

    @Test
    void aDeadProcessHoldsNoLock() throws IOException {
        FaultDisk faulty = new FaultDisk(disk).crashAt(1, FaultDisk.Moment.BEFORE);
        DiskFile held = faulty.create(file, 0600);
        assertTrue(held.lock(0));
        assertThrows(SimulatedCrash.class, () -> held.append(ByteBuffer.wrap(new byte[1])));

        try (DiskFile next = disk.openWrite(file, false)) {
            assertTrue(next.lock(0));
        }
    }

    @Test
    void troubleComesOnceOrStays() throws IOException {
        FaultDisk once = new FaultDisk(disk).failAt(1, FaultDisk.Trouble.NO_SPACE, false);
        try (DiskFile open = once.create(file, 0600)) {
            IOException e = assertThrows(IOException.class, () -> open.append(ByteBuffer.wrap(new byte[1])));
            assertTrue(String.valueOf(e.getMessage()).contains("No space left on device"));
            open.append(ByteBuffer.wrap(new byte[1]));
        }
        FaultDisk stays = new FaultDisk(disk).failAt(0, FaultDisk.Trouble.DENIED, true);
        assertThrows(AccessDeniedException.class, () -> stays.unlink(file));
        assertThrows(AccessDeniedException.class, () -> stays.unlink(file));
        assertTrue(stays.stat(file).isPresent());
    }

    @Test
    void aReadOnlyDiskCanBeReadOnly() throws IOException {
        save(disk);
        FaultDisk readOnly = new FaultDisk(disk).readOnly();

        assertEquals(10, readOnly.readAll(folder.resolve("b"), 99).length);
        assertThrows(IOException.class, () -> save(readOnly));
        assertThrows(IOException.class, () -> readOnly.openWrite(folder.resolve("b"), false));
        assertFalse(readOnly.isWritable(folder));
    }
}
