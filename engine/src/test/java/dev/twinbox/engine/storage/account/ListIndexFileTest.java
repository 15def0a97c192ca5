package dev.twinbox.engine.storage.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ListIndexFileTest {
    private static final DiskPath FOLDER = DiskPath.of("/mail");
    private static final DiskPath SNAPSHOT = FOLDER.resolve(ListIndex.PREFIX);
    private static final DiskPath LOG = FOLDER.resolve(ListIndex.PREFIX + ".log");
    private static final AccountLocation LOCATION = AccountLocation.listed(AccountLocation.Format.SDBOX, FOLDER);

    private final SimClock clock = new SimClock();
    private final FolderNames folders = new FolderNames(LOCATION);

    private ListIndexFile on(Disk disk, FolderNames names, Durability durability) {
        SimHost host = new SimHost("here", 7);
        return new ListIndexFile(
                new AccountContext(
                        disk,
                        LOCATION,
                        false,
                        durability,
                        0,
                        clock,
                        host,
                        StoreReport.NONE,
                        new UniqueNames(host.pid(), host.name()),
                        null),
                names);
    }

    private ListIndexFile on(Disk disk) {
        return on(disk, folders, Durability.NEVER);
    }

    private static List<String> path(String name) {
        return List.of(name.split("/"));
    }

    private static MailboxName name(String name) {
        return new MailboxName(path(name));
    }

    private static MailboxGuid guid(int number) {
        return new MailboxGuid(7, number);
    }

    private static void add(ListIndexFile file, String name, int number) throws IOException {
        file.change(name(name), guid(number), now -> now.add(path(name), guid(number), 1));
    }

    private static String names(ListIndexFile file) throws IOException {
        Map<String, String> sorted = new TreeMap<>();
        file.read()
                .entries()
                .forEach((path, entry) -> sorted.put(String.join("/", path), String.valueOf(entry.guid())));
        return sorted.toString();
    }

    private static long size(Disk disk, DiskPath file) throws IOException {
        return disk.stat(file).orElseThrow().size();
    }

    @Test
    void aNewMailboxIsAppendedToTheLog() throws Exception {
        SimDisk disk = new SimDisk(clock).folders(FOLDER);
        ListIndexFile file = on(disk);
        add(file, "First", 0);
        Object snapshot = disk.stat(SNAPSHOT).orElseThrow().fileKey();
        add(file, "0", 1);
        long growth = 0;
        for (int i = 2; i < 600; i++) {
            long before = size(disk, LOG);
            add(file, String.valueOf(i), i);
            growth = Math.max(growth, size(disk, LOG) - before);
        }
        assertTrue(growth < 200, "a mailbox took " + growth + " bytes");
        assertEquals(snapshot, disk.stat(SNAPSHOT).orElseThrow().fileKey());
        assertEquals(600, on(disk).read().entries().size());
        file.settle();
        assertFalse(snapshot.equals(disk.stat(SNAPSHOT).orElseThrow().fileKey()), "the log is to be read whole");
        assertEquals(names(on(disk)), names(file));
    }

    /** What would be noticed by whoever read it: bytes of the log that mean nothing any more. */
    @Test
    void whatIsKnownIsNotReadOnceMore() throws Exception {
        SimDisk disk = new SimDisk(clock).folders(FOLDER);
        ListIndexFile file = on(disk);
        for (int i = 0; i < 5; i++) {
            add(file, "Box" + i, i);
        }
        String expected = names(file);
        try (DiskFile log = disk.openWrite(LOG, false)) {
            log.write(ByteBuffer.allocate(60), 40);
        }
        disk.unlink(SNAPSHOT);
        assertEquals(expected, names(file));
        add(file, "Box5", 5);
        assertEquals(guid(5), file.read().mailbox(path("Box5")));
        try (DiskFile log = disk.openWrite(LOG, false)) {
            log.append(ByteBuffer.allocate(4));
        }
        assertThrows(IOException.class, file::read);
    }

    /** Another process, such as a Dovecot, that changes names at any moment; and logs that are exchanged. */
    @Test
    void twoThatChangeItInTurnsSeeTheSame() throws Exception {
        SimDisk disk = new SimDisk(clock).folders(FOLDER);
        FolderNames hers = new FolderNames(LOCATION);
        List<ListIndexFile> both = List.of(on(disk), on(disk.process(8), hers, Durability.NEVER));
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 1500; i++) {
            ListIndexFile one = both.get(random.nextInt(2));
            MailboxName name = name("L" + random.nextInt(9) + "/M" + random.nextInt(9));
            List<String> path = name.levels();
            MailboxGuid guid = guid(i);
            one.read();
            try {
                switch (random.nextInt(6)) {
                    case 0 -> one.change(name, null, now -> now.remove(path));
                    case 1 -> one.change(now -> now.rename(path, path("L1/R" + random.nextInt(9))));
                    case 2 -> one.settle();
                    case 3 -> clock.advanceMillis(random.nextInt(20_000));
                    default -> one.change(name, guid, now -> now.add(path, guid, 1));
                }
            } catch (NotPossibleException e) {
                // Says what it is to say, and changes nothing.
            }
            if (random.nextInt(3) == 0) {
                String expected = names(on(disk, new FolderNames(LOCATION), Durability.NEVER));
                for (ListIndexFile file : both) {
                    assertEquals(expected, names(file), "step " + i);
                }
                for (Map.Entry<List<String>, ListIndex.Entry> entry :
                        one.read().entries().entrySet()) {
                    MailboxName listed = new MailboxName(entry.getKey());
                    assertEquals(entry.getValue().guid(), folders.placeOf(listed), "step " + i);
                    assertEquals(entry.getValue().guid(), hers.placeOf(listed), "step " + i);
                }
            }
        }
        assertTrue(disk.stat(FOLDER.resolve(ListIndex.PREFIX + ".log.2")).isPresent(), "no log was exchanged");
    }

    @Test
    void aMailboxOfWhichOthersKnowIsFoundByItsDirectory() throws Exception {
        SimDisk disk = new SimDisk(clock).folders(FOLDER);
        ListIndexFile file = on(disk);
        file.read();
        add(file, "A", 1);
        add(on(disk, new FolderNames(LOCATION), Durability.NEVER), "B", 2);
        assertNull(folders.placeOf(name("B")));
        file.read();
        assertEquals(name("B"), folders.placedAt(guid(2)));
        file.change(name("A"), guid(3), now -> now.setNumbers(path("A"), guid(3), 9));
        assertEquals(name("A"), folders.placedAt(guid(3)));
        assertNull(folders.placedAt(guid(1)));
        file.change(now -> now.rename(path("A"), path("C")));
        file.read();
        assertEquals(name("C"), folders.placedAt(guid(3)));
        assertNull(folders.placeOf(name("A")));
        file.change(name("C"), null, now -> now.remove(path("C")));
        assertNull(folders.placedAt(guid(3)));
    }

    /** Killed, or without power, at every write: what was acknowledged is there, and the next one can go on. */
    @Test
    void aCrashLeavesTheNamesBeforeOrAfter() throws Exception {
        SimDisk prepared = new SimDisk(clock).folders(FOLDER);
        ListIndexFile first = on(prepared, folders, Durability.DURABLE);
        for (int i = 0; i < 3; i++) {
            add(first, "Box" + i, i);
        }
        SplittableRandom random = new SplittableRandom(11);
        boolean through = false;
        for (int n = 0; !through; n++) {
            for (FaultDisk.Moment moment : FaultDisk.Moment.values()) {
                SimDisk disk = prepared.copy();
                int[] done = new int[1];
                boolean finished = false;
                try {
                    ListIndexFile file = on(new FaultDisk(disk).crashAt(n, moment), folders, Durability.DURABLE);
                    for (int i = 3; i < 60; i++) {
                        add(file, "Box" + i + " with a name that is rather long, so that the log becomes long, too", i);
                        done[0]++;
                    }
                    file.settle();
                    finished = true;
                } catch (SimulatedCrash expected) {
                    // The point of it.
                }
                through |= finished;
                for (SimDisk after : List.of(disk.copy(), disk.crash(random.split()))) {
                    ListIndexFile next = on(after.process(9), new FolderNames(LOCATION), Durability.DURABLE);
                    int there = next.read().entries().size() - 3;
                    assertTrue(
                            there == done[0] || there == done[0] + 1,
                            "crash " + n + " " + moment + ": " + there + " of " + done[0]);
                    add(next, "Next", 99);
                    assertEquals(guid(99), on(after).read().mailbox(path("Next")));
                    assertEquals(there + 4, on(after).read().entries().size());
                }
            }
        }
    }
}
