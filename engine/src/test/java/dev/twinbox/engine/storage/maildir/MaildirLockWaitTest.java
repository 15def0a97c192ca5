package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.PlanBuilder;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a store waits for a mailbox that somebody else has locked. */
class MaildirLockWaitTest {
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final MailboxName WORK = MailboxName.parse("Work", '/');

    private static final DiskPath SUBSCRIPTIONS = HOME.resolve("Maildir").resolve("subscriptions");
    private static final DiskPath SUBSCRIPTIONS_LOCK = HOME.resolve("Maildir").resolve("subscriptions.lock");

    private final SimClock clock = new SimClock();
    private final SimHost host = new SimHost("mail.example.org", 4242);

    @Test
    void aStoreWaitsNoLongerForALockThanItWasTold() throws IOException {
        SimDisk disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk, 7_000)) {
            store.apply(new TreeChange.Create(WORK, new MailboxGuid(1, 2), 1_795_303_655));
            try (Mailbox work = store.open(WORK);
                    Staging staging = work.stage()) {
                MailboxSnapshot basis = work.snapshot();
                MailboxPlan plan = new PlanBuilder(basis.status()).build();
                lockedByALiveProcess(disk);
                long start = clock.epochMillis();
                assertThrows(LockBusyException.class, () -> staging.commit(basis, plan));
                assertEquals(7_000, clock.epochMillis() - start);
            }
        }
    }

    /** The mail server writes its new subscriptions into the lock file and renames it. */
    @ParameterizedTest
    @ValueSource(strings = {"", "77:mail.example.org"})
    void subscriptionsAreLeftAloneWhileAnotherWritesThem(String holder) throws IOException {
        SimDisk disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk, 7_000)) {
            store.apply(new TreeChange.Create(WORK, new MailboxGuid(1, 2), 1_795_303_655));
            lock(disk, SUBSCRIPTIONS_LOCK, holder);
            host.process(77);
            long start = clock.epochMillis();
            LockBusyException e =
                    assertThrows(LockBusyException.class, () -> store.apply(new TreeChange.Subscribe(WORK, 0)));
            assertEquals(7_000, clock.epochMillis() - start);
            assertTrue(String.valueOf(e.getMessage()).contains("subscriptions.lock is held by"), e.toString());
            assertEquals(holder, new String(disk.readAll(SUBSCRIPTIONS_LOCK, 100), StandardCharsets.US_ASCII));
            // Meanwhile the other one is done.
            try (DiskFile file = disk.openWrite(SUBSCRIPTIONS_LOCK, false)) {
                file.truncate(0);
                file.append(ByteBuffer.wrap("V\t2\n\nOther\n".getBytes(StandardCharsets.US_ASCII)));
            }
            disk.rename(SUBSCRIPTIONS_LOCK, SUBSCRIPTIONS);
            store.apply(new TreeChange.Subscribe(WORK, 0));
        }
        assertEquals("V\t2\n\nOther\nWork\n", new String(disk.readAll(SUBSCRIPTIONS, 100), StandardCharsets.US_ASCII));
        assertTrue(disk.stat(SUBSCRIPTIONS_LOCK).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "78:mail.example.org", "78:elsewhere.example.org"})
    void subscriptionsThatADeadProcessHasLockedAreWritten(String holder) throws IOException {
        SimDisk disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk, 200_000)) {
            store.apply(new TreeChange.Create(WORK, new MailboxGuid(1, 2), 1_795_303_655));
            lock(disk, SUBSCRIPTIONS_LOCK, holder);
            store.apply(new TreeChange.Subscribe(WORK, 0));
        }
        assertEquals("V\t2\n\nWork\n", new String(disk.readAll(SUBSCRIPTIONS, 100), StandardCharsets.US_ASCII));
        assertTrue(disk.stat(SUBSCRIPTIONS_LOCK).isEmpty());
    }

    private MailStore open(Disk disk, long lockWaitMillis) {
        return MaildirStore.open(new AccountOpening(
                disk,
                AccountLocation.of(HOME.resolve("Maildir")),
                "maildir:~/Maildir",
                false,
                Durability.DURABLE,
                lockWaitMillis,
                clock,
                host,
                StoreReport.NONE,
                null));
    }

    private void lockedByALiveProcess(Disk disk) throws IOException {
        lock(disk, HOME.resolve("Maildir").resolve(".Work").resolve("dovecot-uidlist.lock"), "77:mail.example.org");
        host.process(77);
    }

    private static void lock(Disk disk, DiskPath lock, String holder) throws IOException {
        try (DiskFile file = disk.create(lock, Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap(holder.getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
