package dev.twinbox.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class AccountGuardTest {
    private static final DiskPath ROOT = DiskPath.of("/home/ada/Maildir");
    private static final DiskPath FILE = ROOT.resolve(AccountGuard.NAME);

    private final SimClock clock = new SimClock();
    private final SimDisk disk = new SimDisk(clock).folders(ROOT);

    AccountGuardTest() throws IOException {}

    private AccountGuard guard(Disk on, long pid) {
        return new AccountGuard(on, ROOT, "maildir:~/Maildir", clock, new SimHost("mail.example.org", pid));
    }

    @Test
    void onlyOneRunWritesAndTheOtherIsToldWhich() throws IOException {
        AccountGuard first = guard(disk, 4711);
        AccountGuard second = guard(disk.process(2), 4712);
        assertFalse(first.isHeld());
        first.enter();
        first.enter();
        assertTrue(first.isHeld());
        LockBusyException e = assertThrows(LockBusyException.class, second::enter);
        assertEquals(
                "another Twinbox run writes to maildir:~/Maildir at this time: process 4711:mail.example.org"
                        + " (it holds /home/ada/Maildir/twinbox.lock); run again when it has ended",
                e.getMessage());
        assertFalse(second.isHeld());
        first.close();
        first.close();
        second.enter();
        second.close();
        assertTrue(disk.stat(FILE).isEmpty());
    }

    @Test
    void aRunThatNeverWritesLeavesNoTrace() throws IOException {
        Object before = disk.stat(ROOT).orElseThrow();
        clock.advanceMillis(1000);
        guard(disk, 1).close();
        assertEquals(before, disk.stat(ROOT).orElseThrow());
    }

    @Test
    void aDeadRunKeepsNobodyOut() throws IOException {
        guard(disk, 4711).enter();
        SimDisk afterwards = disk.copy();
        assertTrue(afterwards.stat(FILE).isPresent());
        AccountGuard next = guard(afterwards, 4712);
        next.enter();
        assertEquals(
                "4712:mail.example.org",
                new String(afterwards.readAll(FILE, 100), java.nio.charset.StandardCharsets.UTF_8));
        next.close();
        assertTrue(afterwards.stat(FILE).isEmpty());
    }
}
