package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SimClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SimDiskTest extends DiskContract {
    private static final int SEEDS = 300;

    private final SimDisk disk = new SimDisk(new SimClock());
    private final DiskPath folder = DiskPath.of("/home/alice");

    @BeforeEach
    void makeFolder() throws IOException {
        disk.folders(folder);
    }

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    DiskPath folder() {
        return folder;
    }

    @Override
    void plantLink(DiskPath link, DiskPath target) throws IOException {
        disk.plantLink(link, target);
    }

    @Override
    void plantPipe(DiskPath pipe) throws IOException {
        disk.plantSpecial(pipe);
    }

    @Test
    void whatWasSyncedSurvivesEveryPowerLoss() throws IOException {
        DiskPath a = folder.resolve("a");
        try (DiskFile file = disk.create(a, Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap(random(1, 5000)));
            file.setMtime(77, 0);
            file.sync();
        }
        disk.syncFolder(folder);
        write(folder.resolve("b"), random(2, 5000));
        disk.syncFileSystem(folder);
        write("c", "unsynced");

        for (long seed = 0; seed < SEEDS; seed++) {
            SimDisk left = disk.crash(new SplittableRandom(seed));
            assertArrayEquals(random(1, 5000), left.readAll(a, 9999), "seed " + seed);
            assertEquals(77, left.stat(a).orElseThrow().mtimeSeconds(), "seed " + seed);
            assertArrayEquals(random(2, 5000), left.readAll(folder.resolve("b"), 9999), "seed " + seed);
        }
    }

    @Test
    void everyKindOfLossIsMet() throws IOException {
        write("a", "x".repeat(1200));
        TreeSet<String> met = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            SimDisk left = disk.crash(new SplittableRandom(seed));
            if (left.stat(folder.resolve("a")).isEmpty()) {
                met.add("no name");
            } else {
                byte[] bytes = left.readAll(folder.resolve("a"), 9999);
                if (bytes.length == 0) {
                    met.add("empty");
                } else if (bytes.length < 1200) {
                    met.add("shorter");
                } else {
                    met.add("full length");
                }
                for (byte b : bytes) {
                    if (b == 0) {
                        met.add("zeros");
                    }
                }
                if (Arrays.equals(bytes, bytes("x".repeat(1200)))) {
                    met.add("whole");
                }
            }
        }
        assertEquals("[empty, full length, no name, shorter, whole, zeros]", met.toString());
    }

    @Test
    void changesOfOneFolderSurviveInOrder() throws IOException {
        for (int i = 0; i < 5; i++) {
            write("f" + i, "");
        }
        TreeSet<Integer> counts = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            SimDisk left = disk.crash(new SplittableRandom(seed));
            int count = left.list(folder).size();
            counts.add(count);
            for (int i = 0; i < 5; i++) {
                assertEquals(i < count, left.stat(folder.resolve("f" + i)).isPresent(), "seed " + seed);
            }
        }
        assertEquals("[0, 1, 2, 3, 4, 5]", counts.toString());
    }

    @Test
    void aRenameBetweenFoldersNeverLosesOrDoublesTheFile() throws IOException {
        DiskPath tmp = folder.resolve("tmp");
        DiskPath cur = folder.resolve("cur");
        disk.folders(tmp).folders(cur);
        for (int i = 0; i < 4; i++) {
            write(tmp.resolve("m" + i), bytes("mail"));
        }
        disk.syncFileSystem(folder);
        disk.unlink(tmp.resolve("m0"));
        for (int i = 1; i < 4; i++) {
            write(cur.resolve("x" + i), bytes(""));
            disk.rename(tmp.resolve("m" + i), cur.resolve("m" + i));
        }
        SimDisk halfSynced = disk.copy();
        halfSynced.syncFolder(cur);

        for (long seed = 0; seed < SEEDS; seed++) {
            for (SimDisk before : new SimDisk[] {disk, disk.copy(), halfSynced}) {
                SimDisk left = before.crash(new SplittableRandom(seed));
                for (int i = 1; i < 4; i++) {
                    boolean inTmp = left.stat(tmp.resolve("m" + i)).isPresent();
                    boolean inCur = left.stat(cur.resolve("m" + i)).isPresent();
                    assertTrue(inTmp ^ inCur, "seed " + seed);
                    assertTrue(inCur || before != halfSynced, "seed " + seed);
                }
            }
        }
    }

    @Test
    void hardLinksStayOneFile() throws IOException {
        DiskPath a = write("a", "1");
        DiskPath b = folder.resolve("b");
        disk.link(a, b);
        disk.syncFileSystem(folder);
        for (SimDisk left : new SimDisk[] {disk.copy(), disk.crash(new SplittableRandom(1))}) {
            try (DiskFile file = left.openWrite(a, false)) {
                file.append(ByteBuffer.wrap(bytes("2")));
            }
            assertArrayEquals(bytes("12"), left.readAll(b, 9));
            assertArrayEquals(bytes("1"), disk.readAll(b, 9));
        }
    }

    @Test
    void aCopyIsWholeAndApart() throws IOException {
        DiskPath a = write("a", "1");
        SimDisk copy = disk.copy();
        write("b", "2");
        disk.unlink(a);

        assertEquals(1, copy.list(folder).size());
        assertArrayEquals(bytes("1"), copy.readAll(a, 9));
    }

    @Test
    void locksAreAProcessesOwnAndFallWithAnyOfItsDescriptors() throws IOException {
        DiskPath path = write("a", "");
        SimDisk other = disk.process(2);
        try (DiskFile mine = disk.openWrite(path, false);
                DiskFile theirs = other.openWrite(path, false)) {
            assertTrue(mine.lock(0));
            assertFalse(theirs.lock(1000));
            other.openRead(path).close();
            assertFalse(theirs.lock(0));
            disk.openRead(path).close();
            assertTrue(theirs.lock(0));
            assertFalse(mine.lock(0));
        }
        try (DiskFile left = disk.openWrite(path, false)) {
            assertTrue(left.lock(0));
            try (DiskFile afterKill = disk.copy().openWrite(path, false)) {
                assertTrue(afterKill.lock(0));
            }
        }
    }
}
