package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.run.SystemClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealDiskTest extends DiskContract {
    private final RealDisk disk = new RealDisk(new SystemClock());

    @TempDir
    private Path temporary = Path.of("unset");

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    DiskPath folder() {
        return DiskPath.of(temporary.toString());
    }

    @Override
    void plantLink(DiskPath link, DiskPath target) throws IOException {
        Files.createSymbolicLink(JavaPaths.toJava(link), JavaPaths.toJava(target));
    }

    @Override
    void plantPipe(DiskPath pipe) throws IOException {
        assertEquals("", output(new ProcessBuilder("mkfifo", pipe.toString())));
    }

    private static String output(ProcessBuilder command) throws IOException {
        Process process = command.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        process.onExit().join();
        return output.trim();
    }

    private static ProcessBuilder child(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RealDiskChild.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    @Test
    void whatIsOnItsWayToTheDiskIsThere() throws IOException {
        DiskPath path = folder().resolve("file");
        try (DiskFile file = disk.create(path, Disk.FILE_MODE)) {
            for (int i = 0; i < 50; i++) {
                file.append(ByteBuffer.wrap(new byte[1000]));
                file.startSync();
            }
            file.sync();
        }

        assertEquals(50_000, disk.readAll(path, 1 << 20).length);
    }

    @Test
    void aFailureThatOnlyTheOtherThreadWasToldIsToldWhenTheFileIsClosed() throws IOException {
        Path java = temporary.resolve("file");
        FileChannel broken = FileChannel.open(java, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        RealFile file = new RealFile(disk, folder().resolve("file"), java, broken, null, -1);
        broken.close();
        file.startSync();

        assertThrows(IOException.class, file::close);
    }

    @Test
    void aWatchThatMissedSomethingSaysSo() throws IOException {
        DiskPath cur = folder().resolve("cur");
        disk.makeFolder(cur, Disk.FOLDER_MODE);
        try (FolderWatch watch = watchIfPossible(disk.watch(List.of(cur), folder(), RealDisk.WATCHED_MIN))) {
            for (int i = 0; i < 20_000; i++) {
                disk.create(cur.resolve("f" + i), Disk.FILE_MODE).close();
            }

            assertNull(watch.changes(folder().resolve("mark")));
        }
    }

    @Test
    void fewNamesAreListedInstead() {
        assertNull(disk.watch(List.of(folder()), folder(), RealDisk.WATCHED_MIN - 1));
    }

    @Test
    void namesAreKeptUnderTheLocaleC() throws IOException {
        ProcessBuilder child = child("names", temporary.toString());
        child.environment().put("LC_ALL", "C");
        child.environment().remove("JAVA_TOOL_OPTIONS");

        assertEquals("good", output(child));
        ProcessBuilder ls = new ProcessBuilder("ls", "-b", temporary.toString());
        ls.environment().put("LC_ALL", "C");
        assertEquals("\\303\\244\\377\\nx", output(ls));
    }

    @Test
    void aLockKeepsAnotherProcessOut() throws IOException {
        DiskPath path = write("a", "");
        try (DiskFile mine = disk.openWrite(path, false)) {
            assertTrue(mine.lock(0));
            assertEquals("refused", output(child("try", path.toString())));
            mine.unlock();
            assertEquals("taken", output(child("try", path.toString())));
        }
    }

    @Test
    void aLockOfAnotherProcessKeepsUsOutUntilItDies() throws IOException {
        DiskPath path = write("a", "");
        Process process = child("hold", path.toString()).start();
        try (BufferedReader said =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
                DiskFile mine = disk.openWrite(path, false)) {
            assertEquals("taken", said.readLine());
            assertFalse(mine.lock(0));
            assertFalse(mine.lock(30));
            process.destroyForcibly().onExit().join();
            assertTrue(mine.lock(0));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void linksAboveAnAccountAreResolvedOnRequest() throws IOException {
        DiskPath inner = folder().resolve("ä");
        disk.makeFolder(inner, Disk.FOLDER_MODE);
        plantLink(folder().resolve("link"), inner);

        DiskPath resolved = disk.resolveLinks(folder().resolve("link"));

        assertEquals(disk.resolveLinks(folder()).resolve("ä"), resolved);
    }

    @Test
    void thisHostIsKnown() throws IOException {
        SystemHost host = new SystemHost();

        assertEquals(output(new ProcessBuilder("uname", "-n")), host.name());
        assertEquals(ProcessHandle.current().pid(), host.pid());
        assertTrue(host.isAlive(host.pid()));
        assertFalse(host.isAlive(Integer.MAX_VALUE));
        assertTrue(host.startedEpochMillis() > 0);
    }
}
