package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.engine.run.SystemClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RealPathTest {
    private final Disk disk = new RealDisk(new SystemClock());
    private Path folder = Path.of("/");
    private DiskPath base = DiskPath.of("/");

    @BeforeEach
    void makeFolders(@TempDir Path made) throws IOException {
        folder = made.toRealPath();
        base = DiskPath.of(folder.toString());
        Files.createDirectories(folder.resolve("ä b/sub"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("ä b"));
        Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nowhere"));
    }

    @Test
    void followsEveryLink() throws IOException {
        assertEquals(
                base.resolve("ä b").resolve("sub"),
                disk.realPath(base.resolve("link").resolve("sub")));
        assertEquals(base.resolve("ä b"), disk.realPath(base.resolve("link")));
        assertEquals(DiskPath.of("/"), disk.realPath(DiskPath.of("/")));
    }

    @Test
    void keepsWhatIsNotThereYet() throws IOException {
        assertEquals(
                base.resolve("ä b").resolve("new").resolve("er"),
                disk.realPath(base.resolve("link").resolve("new").resolve("er")));
        assertEquals(DiskPath.of("/no-such-folder/x"), disk.realPath(DiskPath.of("/no-such-folder/x")));
    }

    @Test
    void refusesALinkToNowhere() {
        assertThrows(NoSuchFileException.class, () -> disk.realPath(base.resolve("dangling")));
        assertThrows(
                NoSuchFileException.class,
                () -> disk.realPath(base.resolve("dangling").resolve("x")));
    }

    @Test
    void tellsTheOwnerOfTheThingItself() throws IOException {
        FileOwner owner = disk.owner(base.resolve("dangling"));
        Path link = folder.resolve("dangling");
        assertEquals(Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS), owner.uid());
        assertEquals(Files.getAttribute(link, "unix:gid", LinkOption.NOFOLLOW_LINKS), owner.gid());
        assertThrows(NoSuchFileException.class, () -> disk.owner(base.resolve("none")));
    }
}
