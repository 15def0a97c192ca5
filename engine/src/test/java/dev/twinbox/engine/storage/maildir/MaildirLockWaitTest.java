package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** How long a store waits for a mailbox that somebody else has locked. */
class MaildirLockWaitTest {
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final MailboxName WORK = MailboxName.parse("Work", '/');

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

    private MailStore open(Disk disk, long lockWaitMillis) {
        return MaildirStore.open(
                disk,
                MaildirLocation.of(HOME.resolve("Maildir")),
                "maildir:~/Maildir",
                false,
                Durability.DURABLE,
                lockWaitMillis,
                clock,
                host,
                StoreReport.NONE,
                null);
    }

    private void lockedByALiveProcess(Disk disk) throws IOException {
        DiskPath lock = HOME.resolve("Maildir").resolve(".Work").resolve("dovecot-uidlist.lock");
        try (DiskFile file = disk.create(lock, Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap("77:mail.example.org".getBytes(StandardCharsets.US_ASCII)));
        }
        host.process(77);
    }
}
