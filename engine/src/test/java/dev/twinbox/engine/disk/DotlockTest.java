package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DotlockTest {
    private static final int SEEDS = 50;

    private final SimClock clock = new SimClock();
    private final SimDisk disk = new SimDisk(clock);
    private final SimHost host = new SimHost("vm", 100);
    private final DiskPath folder = DiskPath.of("/mail");
    private final DiskPath lockFile = folder.resolve("dovecot-uidlist.lock");
    private final DiskPath guarded = folder.resolve("dovecot-uidlist");

    @BeforeEach
    void makeFolder() throws IOException {
        disk.folders(folder);
        plant(guarded, "3 V1 N1");
    }

    private void plant(DiskPath path, String content) throws IOException {
        try (DiskFile file = disk.create(path, Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private Dotlock acquire(Disk on, Host by, long waitMillis) throws IOException {
        return Dotlock.acquire(on, lockFile, guarded, clock, by, waitMillis);
    }

    private Dotlock acquire(long waitMillis) throws IOException {
        return acquire(disk, host, waitMillis);
    }

    private long millisToAcquire() throws IOException {
        long start = clock.monotonicNanos();
        acquire(Dotlock.DEFAULT_WAIT_MILLIS).close();
        return (clock.monotonicNanos() - start) / 1_000_000;
    }

    private String content() throws IOException {
        return new String(disk.readAll(lockFile, 999), StandardCharsets.UTF_8);
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        for (byte[] name : disk.list(folder)) {
            names.add(new String(name, StandardCharsets.UTF_8));
        }
        names.sort(null);
        return names;
    }

    @Test
    void theFileNamesTheHolderAndIsGoneAfterwards() throws IOException {
        Dotlock lock = acquire(0);
        assertEquals("100:vm", content());
        assertTrue(lock.isHeld());
        assertEquals(List.of("dovecot-uidlist", "dovecot-uidlist.lock"), names());

        lock.close();
        lock.close();

        assertFalse(lock.isHeld());
        assertEquals(List.of("dovecot-uidlist"), names());
    }

    @Test
    void aLivingLocalHolderIsNeverBroken() throws IOException {
        SimHost dovecot = host.process(200);
        plant(lockFile, "200:vm");
        clock.advanceMillis(1_000_000);

        LockTimeoutException e = assertThrows(LockTimeoutException.class, () -> acquire(Dotlock.DEFAULT_WAIT_MILLIS));

        assertEquals("200:vm", e.holder());
        assertTrue(e.ageMillis() >= 1_122_000);
        assertTrue(dovecot.isAlive(200));
        assertEquals("200:vm", content());
    }

    @Test
    void aDeadLocalHolderIsBrokenAfterTwoSeconds() throws IOException {
        plant(lockFile, "200:vm");

        long waited = millisToAcquire();

        assertTrue(waited > 2000 && waited < 2500, "waited " + waited);
        assertEquals(List.of("dovecot-uidlist"), names());
    }

    @Test
    void anOldLockOfADeadLocalHolderIsBrokenAtOnce() throws IOException {
        plant(lockFile, "200:vm");
        clock.advanceMillis(10_000);

        assertEquals(0, millisToAcquire());
    }

    @Test
    void aHolderElsewhereIsBrokenWhenNothingMovedForTwoMinutes() throws IOException {
        plant(lockFile, "100:elsewhere");

        long waited = millisToAcquire();

        assertTrue(waited > 120_000 && waited < 120_500, "waited " + waited);
    }

    @Test
    void aHolderElsewhereThatWorksIsNotBroken() throws IOException {
        plant(lockFile, "100:elsewhere");
        clock.advanceMillis(100_000);
        disk.setMtime(guarded, clock.epochMillis() / 1000, 0);

        assertThrows(LockTimeoutException.class, () -> acquire(119_000));
        acquire(2_000).close();
    }

    @Test
    void contentThatNamesNobodyIsAHolderElsewhere() throws IOException {
        for (String content : List.of(
                "", "vm", ":vm", "0:vm", "-1:vm", "200:", "200:v m", "9".repeat(30) + ":vm", "x".repeat(5000))) {
            plant(lockFile, content);
            long waited = millisToAcquire();
            assertTrue(waited > 120_000 && waited < 120_500, content + ": waited " + waited);
        }
    }

    @Test
    void timesInTheFutureDoNotMakeALockEternal() throws IOException {
        plant(lockFile, "200:vm");
        disk.setMtime(lockFile, clock.epochMillis() / 1000 + 100_000, 0);
        long waitedForDead = millisToAcquire();
        assertTrue(waitedForDead > 2000 && waitedForDead < 2500, "waited " + waitedForDead);

        disk.setMtime(guarded, clock.epochMillis() / 1000 + 100_000, 0);
        plant(lockFile, "1:elsewhere");
        long waited = millisToAcquire();
        assertTrue(waited > 120_000 && waited < 120_500, "waited " + waited);
    }

    @Test
    void aLockWithOurNumberIsStaleOnlyIfItIsOlderThanWeAre() throws IOException {
        plant(lockFile, "100:vm");
        assertThrows(
                LockTimeoutException.class, () -> acquire(disk, host.startedAt(clock.epochMillis() - 60_000), 200_000));

        acquire(disk, host.startedAt(clock.epochMillis()), 0).close();
    }

    @Test
    void aLinkInPlaceOfTheLockIsRemovedNotFollowed() throws IOException {
        DiskPath victim = folder.resolve("victim");
        plant(victim, "200:vm");
        disk.plantLink(lockFile, victim);

        assertTrue(millisToAcquire() > 120_000);
        assertTrue(disk.stat(victim).isPresent());
    }

    @Test
    void aFolderInPlaceOfTheLockIsAnError() throws IOException {
        disk.folders(lockFile);
        clock.advanceMillis(1_000_000);

        assertThrows(IOException.class, () -> acquire(0));
        assertTrue(disk.stat(lockFile).isPresent());
    }

    @Test
    void touchingKeepsALockYoungAndOurs() throws IOException {
        try (Dotlock lock = acquire(0)) {
            long before = disk.stat(lockFile).orElseThrow().mtimeSeconds();
            lock.touch();
            assertEquals(before, disk.stat(lockFile).orElseThrow().mtimeSeconds());
            clock.advanceMillis(60_000);
            lock.touch();
            assertEquals(before + 60, disk.stat(lockFile).orElseThrow().mtimeSeconds());
            assertTrue(lock.isHeld());
        }
        assertEquals(List.of("dovecot-uidlist"), names());
    }

    @Test
    void aLockThatWasTakenFromUsIsNotOursToRemove() throws IOException {
        Dotlock lock = acquire(0);
        disk.unlink(lockFile);
        clock.advanceMillis(60_000);
        plant(lockFile, "200:vm");

        assertFalse(lock.isHeld());
        assertThrows(IOException.class, lock::touch);
        lock.close();

        assertEquals("200:vm", content());
    }

    @Test
    void aLockThatWasExchangedWhileWeBreakItIsPutBack() throws IOException {
        plant(lockFile, "200:vm");
        clock.advanceMillis(10_000);
        host.process(300);
        FaultDisk racing = new FaultDisk(disk);
        racing.before((operation, path) -> {
            if (operation.equals("rename") && content().equals("200:vm")) {
                disk.unlink(lockFile);
                plant(lockFile, "300:vm");
            }
        });

        assertThrows(LockTimeoutException.class, () -> acquire(racing, host, 10_000));

        assertEquals("300:vm", content());
        assertEquals(List.of("dovecot-uidlist", "dovecot-uidlist.lock"), names());
    }

    @Test
    void withoutHardLinksTheFileIsCreatedInPlace() throws IOException {
        FaultDisk noLinks = new FaultDisk(disk).failAt(2, FaultDisk.Trouble.DENIED, false);

        try (Dotlock lock = acquire(noLinks, host, 0)) {
            assertTrue(lock.isHeld());
            assertEquals("100:vm", content());
        }
        assertEquals(List.of("dovecot-uidlist"), names());
    }

    @Test
    void troubleLeavesNoLockBehind() throws IOException {
        for (FaultDisk.Trouble trouble : FaultDisk.Trouble.values()) {
            for (int n = 0; n < 4; n++) {
                FaultDisk once = new FaultDisk(disk).failAt(n, trouble, false);
                try {
                    acquire(once, host, 0).close();
                } catch (IOException e) {
                    assertFalse(disk.stat(lockFile).isPresent(), trouble + " at " + n);
                }
                FaultDisk forEver = new FaultDisk(disk).failAt(Math.min(n, 1), trouble, true);
                assertThrows(IOException.class, () -> acquire(forEver, host, 0));
                assertFalse(disk.stat(lockFile).isPresent(), trouble + " from " + n);
                assertEquals(0, once.openFiles() + forEver.openFiles());
            }
        }
        acquire(0).close();
        assertEquals(List.of("dovecot-uidlist"), names());
    }

    @Test
    void aKillAnywhereNeverKeepsTheNextOneWaitingLongAndLeavesNoTrace() throws IOException {
        for (FaultDisk.Moment moment : FaultDisk.Moment.values()) {
            boolean ranThrough = false;
            for (int n = 0; !ranThrough; n++) {
                SimDisk prepared = disk.copy();
                FaultDisk faulty = new FaultDisk(prepared).crashAt(n, moment);
                try {
                    acquire(faulty, host.process(200), 0).close();
                    ranThrough = true;
                } catch (SimulatedCrash expected) {
                    host.kill(200);
                    SimDisk left = prepared.copy();
                    long start = clock.monotonicNanos();
                    acquire(left, host, 5_000).close();
                    assertTrue(clock.monotonicNanos() - start < 2_500_000_000L, moment + " of " + n);
                    assertEquals(1, left.list(folder).size(), moment + " of " + n);
                }
            }
        }
    }

    @Test
    void twoTakersThatDisturbEachOtherAnywhereNeverBothHoldIt() throws IOException {
        for (int n = 0; n < 12; n++) {
            SimDisk shared = disk.copy();
            SimHost second = host.process(200);
            FaultDisk first = new FaultDisk(shared);
            int[] count = {n};
            Dotlock[] taken = new Dotlock[1];
            first.before((operation, path) -> {
                if (count[0]-- == 0) {
                    try {
                        taken[0] = acquire(shared.process(2), second, 0);
                    } catch (LockTimeoutException e) {
                        taken[0] = null;
                    }
                }
            });
            Dotlock mine = null;
            try {
                mine = acquire(first, host, 0);
            } catch (LockTimeoutException e) {
                assertTrue(taken[0] != null, "nobody got it at " + n);
            }
            assertFalse(mine != null && mine.isHeld() && taken[0] != null && taken[0].isHeld(), "both at " + n);
        }
    }

    @Test
    void aPowerLossAnywhereKeepsTheNextOneWaitingTwoMinutesAtMost() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (int n = 0; n < 6; n++) {
                SimDisk prepared = disk.copy();
                prepared.syncFileSystem(folder);
                SimHost dead = host.process(200);
                try {
                    acquire(new FaultDisk(prepared).crashAt(n, FaultDisk.Moment.AFTER), dead, 0)
                            .close();
                } catch (SimulatedCrash expected) {
                    // Wanted.
                }
                host.kill(200);
                SimDisk left = prepared.crash(new SplittableRandom(seed));
                acquire(left, host, Dotlock.DEFAULT_WAIT_MILLIS).close();
                assertArrayEquals(guarded.name(), left.list(folder).get(0), "seed " + seed + ", change " + n);
                assertEquals(1, left.list(folder).size(), "seed " + seed + ", change " + n);
            }
        }
    }
}
