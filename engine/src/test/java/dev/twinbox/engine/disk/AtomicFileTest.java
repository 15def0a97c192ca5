package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AtomicFileTest {
    private static final int SEEDS = 200;

    private final SimDisk disk = new SimDisk(new SimClock());
    private final DiskPath folder = DiskPath.of("/mail");
    private final DiskPath target = folder.resolve("dovecot-uidlist");
    private final DiskPath temporary = folder.resolve("dovecot-uidlist.tmp");
    private final byte[] old = DiskContract.random(1, 2000);
    private final byte[] fresh = DiskContract.random(2, 3000);

    @BeforeEach
    void makeFolder() throws IOException {
        disk.folders(folder);
        AtomicFile.replace(disk, target, temporary, old, 0600, AtomicFile.Safety.CONTENT_AND_NAME);
        disk.syncFileSystem(folder);
    }

    private void replace(Disk on, AtomicFile.Safety safety) throws IOException {
        AtomicFile.replace(on, target, temporary, fresh, 0640, safety);
    }

    @Test
    void theContentIsReplaced() throws IOException {
        for (AtomicFile.Safety safety : AtomicFile.Safety.values()) {
            SimDisk copy = disk.copy();
            replace(copy, safety);

            assertArrayEquals(fresh, copy.readAll(target, 9999));
            assertEquals(0640, copy.mode(target));
            assertEquals(1, copy.list(folder).size());
        }
    }

    @Test
    void whatACrashLeftUnderTheTemporaryNameIsInNobodysWay() throws IOException {
        disk.create(temporary, 0600).close();

        replace(disk, AtomicFile.Safety.NONE);

        assertArrayEquals(fresh, disk.readAll(target, 9999));
        assertEquals(1, disk.list(folder).size());
    }

    @Test
    void onlyAsManySyncsAsAskedFor() throws IOException {
        for (AtomicFile.Safety safety : AtomicFile.Safety.values()) {
            FaultDisk counting = new FaultDisk(disk.copy());
            replace(counting, safety);
            assertEquals(safety == AtomicFile.Safety.NONE ? 0 : 1, counting.changes("sync"));
            assertEquals(safety == AtomicFile.Safety.CONTENT_AND_NAME ? 1 : 0, counting.changes("syncFolder"));
            assertEquals(0, counting.openFiles());
        }
    }

    @Test
    void troubleAtAnyStepLeavesTheOldContentAndNothingElse() throws IOException {
        for (FaultDisk.Trouble trouble : FaultDisk.Trouble.values()) {
            for (int n = 0; n < 4; n++) {
                SimDisk copy = disk.copy();
                FaultDisk faulty = new FaultDisk(copy).failAt(n, trouble, false);
                assertThrows(IOException.class, () -> replace(faulty, AtomicFile.Safety.CONTENT));
                assertArrayEquals(old, copy.readAll(target, 9999), trouble + " at " + n);
                assertEquals(1, copy.list(folder).size(), trouble + " at " + n);
                assertEquals(0, faulty.openFiles());
            }
        }
    }

    @Test
    void aReadOnlyDiskIsRefusedAndUntouched() throws IOException {
        assertThrows(IOException.class, () -> replace(new FaultDisk(disk).readOnly(), AtomicFile.Safety.NONE));
        assertArrayEquals(old, disk.readAll(target, 9999));
    }

    @Test
    void aPowerLossAnywhereLeavesOldOrNew() throws IOException {
        for (FaultDisk.Moment moment : FaultDisk.Moment.values()) {
            boolean ranThrough = false;
            for (int n = 0; !ranThrough; n++) {
                SimDisk copy = disk.copy();
                try {
                    replace(new FaultDisk(copy).crashAt(n, moment), AtomicFile.Safety.CONTENT_AND_NAME);
                    ranThrough = true;
                } catch (SimulatedCrash expected) {
                    // Wanted.
                }
                for (long seed = 0; seed < SEEDS; seed++) {
                    byte[] left = copy.crash(new SplittableRandom(seed)).readAll(target, 9999);
                    boolean isNew = Arrays.equals(fresh, left);
                    assertTrue(isNew || Arrays.equals(old, left), moment + " of " + n + ", seed " + seed);
                    assertTrue(isNew || !ranThrough, "seed " + seed);
                }
            }
        }
    }

    @Test
    void theSimulatedDiskShowsWhatAForgottenSyncDoes() throws IOException {
        replace(disk, AtomicFile.Safety.NONE);
        boolean lost = false;
        for (long seed = 0; seed < SEEDS; seed++) {
            byte[] left = disk.crash(new SplittableRandom(seed)).readAll(target, 9999);
            lost |= !Arrays.equals(fresh, left) && !Arrays.equals(old, left);
        }
        assertTrue(lost);
    }
}
