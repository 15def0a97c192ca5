package dev.twinbox.cli.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.transport.tls.Fingerprint;
import dev.twinbox.transport.tls.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of pairing, on a real disk. */
class PairFolderTest {
    private static final Fingerprint ONE = Fingerprint.parse("01".repeat(32));

    @TempDir
    Path temporary = Path.of("/nonexistent");

    private Path path = temporary;
    private PairFolder folder =
            new PairFolder(DiskPath.of("/nonexistent"), new RealDisk(new SystemClock()), new SystemClock());

    @BeforeEach
    void useTheTemporaryFolder() {
        path = temporary.resolve("a/b");
        folder = again();
    }

    private PairFolder again() {
        return new PairFolder(DiskPath.of(path.toString()), new RealDisk(new SystemClock()), new SystemClock());
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private void refusedWith(int exitCode, String part) {
        Refusal refusal = assertThrows(Refusal.class, () -> again().read());
        assertEquals(exitCode, refusal.exitCode());
        assertTrue(refusal.text().contains(part), refusal.text());
    }

    @Test
    void nobodyIsTrustedBeforeThereIsAnything() throws Exception {
        assertEquals(TrustList.EMPTY.text(), folder.read().text());
        assertNull(folder.identity());
        assertTrue(Files.notExists(path), "reading makes nothing");
    }

    @Test
    void theKeyIsMadeOnceAndForItsOwnerOnly() throws Exception {
        Identity made = folder.identityOrNew("not a host's name");
        assertEquals(made.fingerprint(), again().identityOrNew("host.example").fingerprint());
        assertEquals("rw-------", mode(path.resolve("identity.pem")));
        assertEquals("rwx------", mode(path));
        assertEquals(List.of("identity.pem"), List.of(path.toFile().list()), "no lock and nothing half is left");
        Files.setPosixFilePermissions(path.resolve("identity.pem"), PosixFilePermissions.fromString("rw-r-----"));
        Refusal refusal = assertThrows(Refusal.class, () -> again().identity());
        assertEquals(ExitCode.NO_PERMISSION, refusal.exitCode());
    }

    @Test
    void aChangeIsSeenByOthersAndRefusedAsAWhole() throws Exception {
        folder.change(list -> list.revoking(ONE, folder.time()));
        assertTrue(again().read().isRevoked(ONE));
        Path file = path.resolve("trusted");
        assertEquals("rw-------", mode(file));
        String before = Files.readString(file);
        assertThrows(
                IllegalStateException.class,
                () -> folder.change(list -> {
                    throw new IllegalStateException("a fault");
                }));
        assertEquals(before, Files.readString(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw--w----"));
        refusedWith(ExitCode.NO_PERMISSION, "may be written by others");
        assertThrows(Refusal.class, () -> folder.change(list -> TrustList.EMPTY));
        assertEquals(before, Files.readString(file));
    }

    @Test
    void whatCannotBeUnderstoodIsNeitherReadNorReplaced() throws Exception {
        folder.change(list -> list.revoking(ONE, folder.time()));
        Path file = path.resolve("trusted");
        Files.writeString(file, "nonsense\n");
        refusedWith(ExitCode.CONFIGURATION, "line 1");
        assertThrows(Refusal.class, () -> folder.change(list -> TrustList.EMPTY));
        assertEquals("nonsense\n", Files.readString(file));
    }

    /** Each change is made on top of the last one, whichever object and thread it comes from. */
    @Test
    void changesAtTheSameTimeAreAllKept() throws Exception {
        PairFolder shared = folder;
        List<Thread> threads = List.of(new Thread(() -> revoke(shared, 0)), new Thread(() -> revoke(shared, 1)));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(20, folder.read().revoked().size());
    }

    private static void revoke(PairFolder folder, int which) {
        for (int i = 0; i < 10; i++) {
            Fingerprint each =
                    Fingerprint.parse(String.format("%02x", 2 * i + which).repeat(32));
            try {
                folder.change(list -> list.revoking(each, folder.time()));
            } catch (Refusal e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
