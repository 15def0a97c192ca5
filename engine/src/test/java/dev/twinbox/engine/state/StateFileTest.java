package dev.twinbox.engine.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.protocol.item.MailboxGuid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StateFileTest {
    private static final DiskPath FOLDER = DiskPath.of("/home/ada");
    private static final DiskPath PATH = FOLDER.resolve("state");
    private static final SyncState STATE =
            SyncState.EMPTY.with(new MailboxGuid(1, 2), new BoxState(1795303670, 1, 2, 3, 4));

    private final SimClock clock = new SimClock();
    private final SimDisk disk = new SimDisk(clock);

    StateFileTest() throws IOException {
        disk.folders(FOLDER);
    }

    private static SyncStateText.Result read(Disk disk) throws IOException {
        return new StateFile(disk, PATH).read();
    }

    private void plant(String content) throws IOException {
        try (DiskFile file = disk.create(PATH, 0640)) {
            file.append(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void noFileIsAnEmptyState() throws IOException {
        assertEquals(new SyncStateText.Read(SyncState.EMPTY), read(disk));
    }

    @Test
    void whatIsWrittenIsReadBackAndIsTheLineThatDoveadmTakes() throws IOException {
        new StateFile(disk, PATH).write(STATE);
        assertEquals(new SyncStateText.Read(STATE), read(disk));
        assertArrayEquals(
                (SyncStateText.encode(STATE) + "\n").getBytes(StandardCharsets.US_ASCII), disk.readAll(PATH, 1000));
        assertEquals(Disk.FILE_MODE, disk.mode(PATH));
        assertEquals(1, disk.list(FOLDER).size());
    }

    @Test
    void theSameStateAgainTouchesNothing() throws IOException {
        new StateFile(disk, PATH).write(STATE);
        Object before = disk.stat(PATH).orElseThrow();
        clock.advanceMillis(10_000);
        new StateFile(disk, PATH).write(STATE);
        assertEquals(before, disk.stat(PATH).orElseThrow());
    }

    @Test
    void aBrokenFileIsToldAndKeptUntilTheNextStateIsWritten() throws IOException {
        plant("no state here!");
        SyncStateText.Problem problem = assertInstanceOf(SyncStateText.Problem.class, read(disk));
        assertEquals("Invalid base64 data", problem.text());
        assertArrayEquals("no state here!".getBytes(StandardCharsets.US_ASCII), disk.readAll(PATH, 100));
        new StateFile(disk, PATH).write(STATE);
        assertEquals(new SyncStateText.Read(STATE), read(disk));
        assertEquals(0640, disk.mode(PATH));
    }

    @Test
    void aFileThatIsFarTooLongIsNotRead() throws IOException {
        plant("");
        try (DiskFile file = disk.openWrite(PATH, false)) {
            file.append(ByteBuffer.allocate(SyncStateText.TEXT_MAX + 1));
        }
        assertEquals(new SyncStateText.Problem("Input too large"), read(disk));
    }

    @Test
    void aFolderInItsPlaceIsAnError() throws IOException {
        disk.makeFolder(PATH, Disk.FOLDER_MODE);
        assertThrows(IOException.class, () -> read(disk));
        assertThrows(IOException.class, () -> new StateFile(disk, PATH).write(STATE));
    }

    @Test
    void afterAPowerLossTheFileHasTheNewState() throws IOException {
        SyncState second = STATE.with(new MailboxGuid(5, 6), new BoxState(7, 8, 9, 0, 1));
        disk.syncFileSystem(FOLDER);
        new StateFile(disk, PATH).write(STATE);
        new StateFile(disk, PATH).write(second);
        for (long seed = 0; seed < 200; seed++) {
            assertEquals(new SyncStateText.Read(second), read(disk.crash(new SplittableRandom(seed))), "seed " + seed);
        }
    }
}
