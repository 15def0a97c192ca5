package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link Disk} must do. */
abstract class DiskContract {
    /** The disk under test. */
    abstract Disk disk();

    /** An empty folder on it, the same for the whole of one test. */
    abstract DiskPath folder();

    /** Puts a symbolic link there. */
    abstract void plantLink(DiskPath link, DiskPath target) throws IOException;

    /** Puts a pipe there. */
    abstract void plantPipe(DiskPath pipe) throws IOException;

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] random(long seed, int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    DiskPath write(String name, String content) throws IOException {
        return write(folder().resolve(name), bytes(content));
    }

    DiskPath write(DiskPath path, byte[] content) throws IOException {
        try (DiskFile file = disk().create(path, Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap(content));
        }
        return path;
    }

    byte[] read(DiskPath path) throws IOException {
        return disk().readAll(path, 10_000_000);
    }

    private static byte[] nameOfEveryByte(int from, int to) {
        byte[] name = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            if (i != '/' && i != 0) {
                name[length++] = (byte) i;
            }
        }
        return Arrays.copyOf(name, length);
    }

    @Test
    void namesAreKeptByteForByte() throws IOException {
        List<byte[]> names = new ArrayList<>();
        names.add(bytes("1795300232.M104351P20932.vm,S=174,W=182:2,RS"));
        names.add(bytes("Entwürfe 📬"));
        names.add(new byte[] {(byte) 0xFF});
        names.add(new byte[] {(byte) 0xC3});
        names.add(new byte[] {(byte) 0xC0, (byte) 0x80, 'x'});
        names.add(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80});
        names.add(bytes("\uFFFD"));
        names.add(bytes("e\u0301"));
        names.add(bytes("\u00e9"));
        names.add(bytes("%41+ &?#[]\\~"));
        names.add(bytes("end\n"));
        names.add(bytes("..."));
        names.add(nameOfEveryByte(1, 64));
        names.add(nameOfEveryByte(64, 160));
        names.add(nameOfEveryByte(160, 256));
        byte[] longest = new byte[DiskPath.MAX_NAME_LENGTH];
        Arrays.fill(longest, (byte) 0xE4);
        names.add(longest);
        Set<DiskPath> wanted = new TreeSet<>();
        for (byte[] name : names) {
            DiskPath path = folder().resolve(name);
            write(path, name);
            wanted.add(path);
        }

        Set<DiskPath> found = new TreeSet<>();
        for (byte[] name : disk().list(folder())) {
            found.add(folder().resolve(name));
        }

        assertEquals(wanted, found);
        for (DiskPath path : wanted) {
            assertArrayEquals(path.name(), read(path));
            assertTrue(disk().stat(path).isPresent());
            DiskPath moved = folder().resolve("moved");
            disk().rename(path, moved);
            disk().link(moved, path);
            disk().unlink(moved);
            disk().setMtime(path, 1, 0);
            disk().unlink(path);
        }
        assertEquals(0, disk().list(folder()).size());
    }

    @Test
    void foldersMayHaveAnyNameToo() throws IOException {
        for (byte[] name : List.of(bytes("a b"), bytes("ä"), new byte[] {(byte) 0xFE}, bytes("line\n"))) {
            DiskPath inner = folder().resolve(name);
            disk().makeFolder(inner, Disk.FOLDER_MODE);
            write(inner.resolve(new byte[] {(byte) 0xFF, 'x'}), bytes("1"));
            assertArrayEquals(new byte[] {(byte) 0xFF, 'x'}, disk().list(inner).get(0));
            assertEquals(FileInfo.Kind.FOLDER, disk().stat(inner).orElseThrow().kind());
            disk().syncFolder(inner);
            disk().syncFileSystem(inner);
        }
    }

    @Test
    void aNameThatIsTooLongIsTroubleNotAbsence() {
        DiskPath path = folder().resolve("x".repeat(300));

        assertThrows(IOException.class, () -> disk().stat(path));
        assertThrows(IOException.class, () -> disk().create(path, Disk.FILE_MODE));
    }

    static FolderWatch watchIfPossible(@Nullable FolderWatch watch) {
        assumeTrue(watch != null, "no watches on this file system");
        return Objects.requireNonNull(watch);
    }

    @Test
    void aWatchSeesEveryNameThatComesAndGoes() throws IOException {
        DiskPath cur = folder().resolve("cur");
        DiskPath tmp = folder().resolve("tmp");
        disk().makeFolder(cur, Disk.FOLDER_MODE);
        disk().makeFolder(tmp, Disk.FOLDER_MODE);
        write(cur.resolve("early"), bytes("1"));
        try (FolderWatch watch = watchIfPossible(disk().watch(List.of(cur), tmp, 1_000_000))) {
            write(tmp.resolve("new"), bytes("2"));
            disk().rename(tmp.resolve("new"), cur.resolve("new:2,"));
            disk().rename(cur.resolve("new:2,"), cur.resolve("new:2,S"));
            disk().link(cur.resolve("early"), cur.resolve("late"));
            disk().unlink(cur.resolve("early"));
            disk().setMtime(cur.resolve("late"), 1_000_000, 0);
            write(tmp.resolve("other"), bytes("3"));
            disk().rename(tmp.resolve("other"), cur.resolve("late"));
            disk().rename(cur.resolve("late"), cur.resolve("late"));

            NameChanges expected = new NameChanges();
            expected.came(cur.resolve("new:2,"));
            expected.went(cur.resolve("new:2,"));
            expected.came(cur.resolve("new:2,S"));
            expected.came(cur.resolve("late"));
            expected.came(cur.resolve("late"));
            expected.went(cur.resolve("early"));
            NameChanges seen = watch.changes(tmp.resolve("mark"));
            assertNotNull(seen);
            assertTrue(seen.sameAs(expected));
            expected.came(cur.resolve("late"));
            assertFalse(seen.sameAs(expected));
        }
        assertTrue(disk().list(tmp).isEmpty());
    }

    @Test
    void whatIsNotThereIsNotWatched() throws IOException {
        assertNull(disk().watch(List.of(folder().resolve("none")), folder(), 1_000_000));
        assertNull(disk().watch(List.of(folder()), folder().resolve("none"), 1_000_000));
    }

    @Test
    void createRefusesWhatIsThere() throws IOException {
        DiskPath path = write("a", "old");
        plantLink(folder().resolve("dangling"), folder().resolve("nowhere"));

        assertThrows(FileAlreadyExistsException.class, () -> disk().create(path, Disk.FILE_MODE));
        assertThrows(
                FileAlreadyExistsException.class, () -> disk().create(folder().resolve("dangling"), Disk.FILE_MODE));
        assertThrows(FileAlreadyExistsException.class, () -> disk().makeFolder(path, Disk.FOLDER_MODE));
        assertArrayEquals(bytes("old"), read(path));
        assertTrue(disk().stat(folder().resolve("nowhere")).isEmpty());
    }

    @Test
    void whatIsMissingIsNamed() {
        DiskPath missing = folder().resolve("no\u001bne");

        for (Throwable thrown : List.of(
                assertThrows(NoSuchFileException.class, () -> disk().openRead(missing)),
                assertThrows(NoSuchFileException.class, () -> disk().openWrite(missing, false)),
                assertThrows(NoSuchFileException.class, () -> disk().unlink(missing)),
                assertThrows(NoSuchFileException.class, () -> disk().removeFolder(missing)),
                assertThrows(NoSuchFileException.class, () -> disk().list(missing)),
                assertThrows(NoSuchFileException.class, () -> disk().mode(missing)),
                assertThrows(NoSuchFileException.class, () -> disk().setMtime(missing, 0, 0)),
                assertThrows(NoSuchFileException.class, () -> disk().syncFolder(missing)),
                assertThrows(NoSuchFileException.class, () -> disk().rename(missing, folder().resolve("x"))),
                assertThrows(NoSuchFileException.class, () -> disk().link(missing, folder().resolve("x"))))) {
            assertTrue(String.valueOf(thrown.getMessage()).contains("no\\x1bne"), thrown.toString());
        }
        assertThrows(NoSuchFileException.class, () -> disk().create(missing.resolve("x"), Disk.FILE_MODE));
    }

    @Test
    void renameReplaces() throws IOException {
        DiskPath a = write("a", "new");
        DiskPath b = write("b", "old");
        Object key = disk().stat(a).orElseThrow().fileKey();

        disk().rename(a, b);

        assertTrue(disk().stat(a).isEmpty());
        assertArrayEquals(bytes("new"), read(b));
        assertEquals(key, disk().stat(b).orElseThrow().fileKey());
    }

    @Test
    void renameDoesNotMixFilesAndFolders() throws IOException {
        DiskPath file = write("file", "");
        DiskPath inner = folder().resolve("folder");
        disk().makeFolder(inner, Disk.FOLDER_MODE);
        write(inner.resolve("x"), bytes("x"));
        DiskPath other = folder().resolve("other");
        disk().makeFolder(other, Disk.FOLDER_MODE);

        assertThrows(IOException.class, () -> disk().rename(file, inner));
        assertThrows(IOException.class, () -> disk().rename(inner, file));
        assertThrows(IOException.class, () -> disk().rename(other, inner));
        assertThrows(IOException.class, () -> disk().rename(inner, inner.resolve("y")));
        disk().rename(inner, other);

        assertArrayEquals(bytes("x"), read(other.resolve("x")));
    }

    @Test
    void linkIsASecondNameAndRefusesATakenOne() throws IOException {
        DiskPath a = write("a", "content");
        DiskPath b = write("b", "other");
        DiskPath c = folder().resolve("c");

        assertThrows(FileAlreadyExistsException.class, () -> disk().link(a, b));
        disk().link(a, c);
        disk().unlink(a);

        assertArrayEquals(bytes("content"), read(c));
        assertArrayEquals(bytes("other"), read(b));
    }

    @Test
    void renamingOneNameOfAFileOverTheOtherKeepsBoth() throws IOException {
        DiskPath a = write("a", "content");
        DiskPath b = folder().resolve("b");
        disk().link(a, b);

        disk().rename(a, b);

        assertTrue(disk().stat(a).isPresent());
        assertTrue(disk().stat(b).isPresent());
    }

    @Test
    void linksAreNotFollowedInTheLastLevel() throws IOException {
        DiskPath target = write("target", "secret");
        DiskPath targetFolder = folder().resolve("inner");
        disk().makeFolder(targetFolder, Disk.FOLDER_MODE);
        DiskPath link = folder().resolve("link");
        DiskPath folderLink = folder().resolve("folderLink");
        plantLink(link, target);
        plantLink(folderLink, targetFolder);

        assertEquals(FileInfo.Kind.LINK, disk().stat(link).orElseThrow().kind());
        assertEquals(
                FileInfo.Kind.FILE, disk().statFollowing(link).orElseThrow().kind());
        assertThrows(IOException.class, () -> disk().openRead(link));
        assertThrows(IOException.class, () -> disk().openWrite(link, false));
        assertThrows(IOException.class, () -> disk().openWrite(link, true));
        assertThrows(IOException.class, () -> disk().list(folderLink));
        assertThrows(IOException.class, () -> disk().removeFolder(folderLink));
        assertThrows(IOException.class, () -> disk().setMtime(link, 0, 0));
        disk().unlink(link);
        disk().unlink(folderLink);
        assertTrue(disk().stat(target).isPresent());
        assertTrue(disk().stat(targetFolder).isPresent());
    }

    @Test
    void linksAreFollowedOnTheWay() throws IOException {
        DiskPath inner = folder().resolve("inner");
        disk().makeFolder(inner, Disk.FOLDER_MODE);
        plantLink(folder().resolve("way"), inner);

        write(folder().resolve("way").resolve("a"), bytes("a"));

        assertArrayEquals(bytes("a"), read(inner.resolve("a")));
    }

    @Test
    void pipesAndFoldersAreNotOpened() throws IOException {
        DiskPath pipe = folder().resolve("pipe");
        plantPipe(pipe);

        assertEquals(FileInfo.Kind.SPECIAL, disk().stat(pipe).orElseThrow().kind());
        assertThrows(IOException.class, () -> disk().openRead(pipe));
        assertThrows(IOException.class, () -> disk().openRead(folder()));
        assertThrows(IOException.class, () -> disk().openWrite(pipe, false));
        assertThrows(IOException.class, () -> disk().openWrite(folder(), true));
        assertThrows(IOException.class, () -> disk().setMtime(pipe, 0, 0));
        assertThrows(IOException.class, () -> disk().list(pipe));
        disk().unlink(pipe);
    }

    @Test
    void unlinkLeavesFoldersAloneAndRemoveFolderLeavesFilesAlone() throws IOException {
        DiskPath file = write("file", "");
        DiskPath inner = folder().resolve("inner");
        disk().makeFolder(inner, Disk.FOLDER_MODE);

        assertThrows(IOException.class, () -> disk().unlink(inner));
        assertThrows(IOException.class, () -> disk().removeFolder(file));
        write(inner.resolve("x"), bytes(""));
        assertThrows(IOException.class, () -> disk().removeFolder(inner));
        disk().unlink(inner.resolve("x"));
        disk().removeFolder(inner);

        assertTrue(disk().stat(inner).isEmpty());
        assertTrue(disk().stat(file).isPresent());
    }

    @Test
    void modesAreAsAsked() throws IOException {
        disk().create(folder().resolve("a"), 0600).close();
        disk().create(folder().resolve("b"), 0664).close();
        disk().create(folder().resolve("c"), 0400).close();
        disk().makeFolder(folder().resolve("d"), 0700);
        disk().makeFolder(folder().resolve("e"), 0777);

        assertEquals(0600, disk().mode(folder().resolve("a")));
        assertEquals(0664, disk().mode(folder().resolve("b")));
        assertEquals(0400, disk().mode(folder().resolve("c")));
        assertEquals(0700, disk().mode(folder().resolve("d")));
        assertEquals(0777, disk().mode(folder().resolve("e")));
    }

    @Test
    void timesOfAllCenturiesAreKept() throws IOException {
        long[][] times = {
            {0, 0},
            {1_700_000_000, 123_000_000},
            {1_700_000_001, 123_456_789},
            {4_102_444_800L, 0},
            {-315_619_200, 0},
            {-1, 5}
        };
        for (String name : List.of("ascii", "ä")) {
            DiskPath path = folder().resolve(name);
            try (DiskFile file = disk().create(path, Disk.FILE_MODE)) {
                for (long[] time : times) {
                    file.setMtime(time[0], (int) time[1]);
                    assertTime(time, path);
                    assertTime(time, disk().stat(path).orElseThrow(), file.info());
                }
                for (long[] time : times) {
                    disk().setMtime(path, time[0], (int) time[1]);
                    assertTime(time, path);
                }
            }
        }
    }

    private void assertTime(long[] time, DiskPath path) throws IOException {
        FileInfo info = disk().stat(path).orElseThrow();
        assertEquals(time[0], info.mtimeSeconds());
        assertEquals(time[0] < 0 ? 0 : time[1], info.mtimeNanos());
    }

    private static void assertTime(long[] time, FileInfo byName, FileInfo byFile) {
        assertEquals(time[0], byFile.mtimeSeconds());
        assertEquals(byName, byFile);
    }

    @Test
    void filesAreWrittenAtTheEndOrAnywhere() throws IOException {
        DiskPath path = folder().resolve("a");
        try (DiskFile file = disk().create(path, Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap(bytes("0123")));
            file.write(ByteBuffer.wrap(bytes("456789")), 4);
            file.append(ByteBuffer.wrap(bytes("ab")));
            file.write(ByteBuffer.wrap(bytes("X")), 0);
            assertEquals(12, file.size());
            file.truncate(11);
            file.append(ByteBuffer.wrap(bytes("c")));
            file.write(ByteBuffer.wrap(bytes("!")), 14);
            file.sync();
        }
        try (DiskFile file = disk().openWrite(path, false)) {
            file.append(ByteBuffer.wrap(bytes("?")));
        }

        assertArrayEquals(bytes("X123456789ac\0\0!?"), read(path));
        try (DiskFile file = disk().openRead(path)) {
            ByteBuffer buffer = ByteBuffer.allocate(3);
            assertEquals(3, file.read(buffer, 9));
            assertArrayEquals(bytes("9ac"), buffer.array());
            assertEquals(-1, file.read(ByteBuffer.allocate(1), 16));
            assertThrows(RuntimeException.class, () -> file.append(ByteBuffer.wrap(bytes("x"))));
        }
    }

    @Test
    void openWriteMakesAMissingFileIfAsked() throws IOException {
        DiskPath path = folder().resolve("a");
        try (DiskFile file = disk().openWrite(path, true)) {
            file.append(ByteBuffer.wrap(bytes("1")));
        }
        try (DiskFile file = disk().openWrite(path, true)) {
            file.append(ByteBuffer.wrap(bytes("2")));
        }

        assertArrayEquals(bytes("12"), read(path));
        assertEquals(Disk.FILE_MODE, disk().mode(path));
    }

    @Test
    void appendAllCopiesFilesOfAnySize() throws IOException {
        int[] sizes = {0, 1, 5000, RealDisk.COPY_BUFFER - 1, RealDisk.COPY_BUFFER, RealDisk.COPY_BUFFER + 1, 3_000_000};
        for (int size : sizes) {
            byte[] content = random(size, size);
            DiskPath source = write(folder().resolve("source" + size), content);
            DiskPath target = folder().resolve("target" + size);
            try (DiskFile in = disk().openRead(source, disk().stat(source).orElseThrow());
                    DiskFile out = disk().create(target, Disk.FILE_MODE)) {
                out.append(ByteBuffer.wrap(bytes("head")));
                assertEquals(size, out.appendAll(in));
                out.append(ByteBuffer.wrap(bytes("tail")));
                assertEquals(size, out.appendAll(in));
                assertEquals(2L * size + 8, out.size());
            }
            byte[] copied = read(target);
            assertArrayEquals(content, Arrays.copyOfRange(copied, 4, 4 + size));
            assertArrayEquals(content, Arrays.copyOfRange(copied, size + 8, 2 * size + 8));
        }
    }

    @Test
    void aWrongIdeaOfTheSizeDoesNotHarmACopy() throws IOException {
        int half = RealDisk.COPY_BUFFER / 2;
        for (int[] change : new int[][] {{10, 20}, {20, 10}, {half, 3 * half}, {3 * half, half}, {10, 0}, {0, 10}}) {
            DiskPath source = folder().resolve("s" + change[0] + "-" + change[1]);
            write(source, random(1, change[0]));
            FileInfo seen = disk().stat(source).orElseThrow();
            disk().unlink(source);
            write(source, random(2, change[1]));
            DiskPath target = folder().resolve("t" + change[0] + "-" + change[1]);
            try (DiskFile in = disk().openRead(source, seen);
                    DiskFile out = disk().create(target, Disk.FILE_MODE)) {
                assertEquals(change[1], out.appendAll(in));
            }
            assertArrayEquals(random(2, change[1]), read(target));
        }
    }

    @Test
    void readAllKeepsItsLimit() throws IOException {
        DiskPath path = write("a", "12345");

        assertArrayEquals(bytes("12345"), disk().readAll(path, 5));
        assertThrows(IOException.class, () -> disk().readAll(path, 4));
    }

    @Test
    void anOpenFileKnowsItselfUnderAnyName() throws IOException {
        DiskPath a = write("a", "one");
        DiskPath b = folder().resolve("b");
        try (DiskFile open = disk().openRead(a);
                DiskFile made = disk().create(folder().resolve("c"), Disk.FILE_MODE)) {
            FileInfo before = open.info();
            made.append(ByteBuffer.wrap(bytes("x")));
            FileInfo madeBefore = made.info();
            disk().rename(a, b);
            write(a, bytes("another"));
            disk().rename(folder().resolve("c"), folder().resolve("d"));
            made.append(ByteBuffer.wrap(bytes("y")));

            assertEquals(before.fileKey(), open.info().fileKey());
            assertEquals(3, open.info().size());
            assertNotEquals(disk().stat(a).orElseThrow().fileKey(), open.info().fileKey());
            disk().unlink(b);
            assertEquals(before.fileKey(), open.info().fileKey());
            assertEquals(madeBefore.fileKey(), made.info().fileKey());
            assertEquals(2, made.info().size());
        }
    }

    @Test
    void aNewFileThatWasRenamedBeforeItWasAskedHasLostItsName() throws IOException {
        try (DiskFile made = disk().create(folder().resolve("c"), Disk.FILE_MODE)) {
            disk().rename(folder().resolve("c"), folder().resolve("d"));

            assertThrows(IOException.class, made::info);
        }
    }

    @Test
    void aLockKeepsTheOthersInThisProcessOut() throws IOException {
        DiskPath path = write("a", "");
        DiskFile first = disk().openWrite(path, false);
        try (DiskFile second = disk().openWrite(path, false)) {
            assertTrue(first.lock(0));
            assertFalse(second.lock(0));
            assertFalse(second.lock(20));
            first.unlock();
            first.unlock();
            assertTrue(second.lock(0));
            second.unlock();
            assertTrue(first.lock(0));
        }
        first.close();
        first.close();
    }

    @Test
    void foldersAreWritableAndMissingOnesAreNot() {
        assertTrue(disk().isWritable(folder()));
        assertFalse(disk().isWritable(folder().resolve("missing")));
    }
}
