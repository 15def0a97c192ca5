package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.maildir.OpenMaildir;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Received dates before 1970 and at its first second, where a number for "no date" would be taken for one. */
class EarlyDatesTest {
    private static final DiskPath ROOT = DiskPath.of("/home/alice/Maildir");

    private final SimClock clock = new SimClock();

    @ParameterizedTest
    @ValueSource(longs = {-304_815_477, -2, -1, 0, 1})
    void anEarlyDateIsMirroredAndPutRight(long received) throws Exception {
        SimDisk disk = new SimDisk(clock).folders(ROOT.parent());
        MemoryAccount account = new MemoryAccount("source", clock);
        account.client().create(MailboxName.INBOX, new MailboxGuid(1, 1), 1_700_000_001);
        byte[] content = "Subject: early\n\nText\n".getBytes(StandardCharsets.US_ASCII);
        account.client().deliver(MailboxName.INBOX, new MailGuid("early.M1P77.alpha"), content, received);
        backup(account, disk);
        DiskPath mail = onlyMail(disk);
        assertEquals(received, date(disk, mail));
        disk.setMtime(mail, 5, 0);
        backup(account, disk);
        assertEquals(received, date(disk, mail));
    }

    private static DiskPath onlyMail(SimDisk disk) throws IOException {
        // Nobody has seen it yet, so it lies in new.
        DiskPath fresh = ROOT.resolve("new");
        assertEquals(1, disk.list(fresh).size());
        return fresh.resolve(disk.list(fresh).get(0));
    }

    private static long date(SimDisk disk, DiskPath mail) throws IOException {
        return disk.stat(mail).map(FileInfo::mtimeSeconds).orElseThrow();
    }

    private void backup(MemoryAccount account, SimDisk disk) throws IOException, InterruptedException {
        LocalPeer.Pair peers = LocalPeer.pair(16);
        SyncOptions options = new SyncOptions(
                SyncType.FULL, MailboxFilter.ALL, MailFilter.ALL, false, false, DeleteLimit.OFF, "alpha");
        try (MailStore source = account.openForReading();
                MailStore replica = OpenMaildir.on(
                        disk, AccountLocation.of(ROOT), false, clock, new SimHost("mail.example.org", 4242))) {
            Outcome outcome = LocalRun.backup(
                    source, replica, peers.initiator(), peers.responder(), options, new SilentObserver());
            assertEquals(Outcome.Status.DONE, outcome.status());
        }
    }
}
