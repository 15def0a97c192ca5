package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.FaultDisk.Moment;
import dev.twinbox.engine.disk.FaultDisk.Trouble;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.maildir.OpenMaildir;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import dev.twinbox.engine.storage.memory.MemoryClient;
import dev.twinbox.engine.verify.Verify;
import dev.twinbox.engine.verify.VerifyListener;
import dev.twinbox.engine.verify.VerifyReport;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A backup, into a Maildir unless a subclass says otherwise, is killed, or the power fails, or the disk refuses, at every single operation that changes the
 * disk; the next run must end with a destination like the source, and leave nothing behind.
 */
@Tag("F010")
class BackupCrashTest {
    static final DiskPath ROOT = DiskPath.of("/home/alice/Maildir");
    private static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final MailboxName JOB = MailboxName.parse("Job", '/');
    private static final MailboxName CHILD = MailboxName.parse("Work/Child", '/');
    private static final MailboxName OLD = MailboxName.parse("Old", '/');
    private static final int RUNS_MAX = 5_000;

    private final SimClock clock = new SimClock();
    private final MemoryAccount account = new MemoryAccount("source", clock);
    private long nextPid = 100;

    /** The first state of the source. */
    private void beginning() throws IOException {
        MemoryClient client = account.client();
        client.create(WORK, new MailboxGuid(1, 2), 1_700_000_002);
        client.create(CHILD, new MailboxGuid(1, 3), 1_700_000_003);
        client.create(OLD, new MailboxGuid(1, 4), 1_700_000_004);
        client.create(MailboxName.INBOX, new MailboxGuid(1, 1), 1_700_000_001);
        for (int i = 1; i <= 4; i++) {
            deliver(MailboxName.INBOX, "1700000" + i + ".M1P1.alpha");
            deliver(WORK, "0123456789abcdef0123456789abcde" + i);
        }
        deliver(CHILD, "1700009.M1P1.alpha");
        deliver(OLD, "1700010.M1P1.alpha");
        client.keyword(WORK, 2, Keywords.of(List.of("$Forwarded", "work")));
        client.flag(MailboxName.INBOX, 1, new Flags(Flags.SEEN));
        client.subscribe(WORK, true);
    }

    /** What happened at the source afterwards. */
    private void changes() throws IOException {
        MemoryClient client = account.client();
        client.flag(MailboxName.INBOX, 2, new Flags(Flags.SEEN | Flags.FLAGGED));
        client.expunge(MailboxName.INBOX, 1);
        client.copy(MailboxName.INBOX, 3, MailboxName.INBOX);
        client.move(WORK, 1, MailboxName.INBOX);
        deliver(WORK, "1700020.M1P1.alpha");
        client.rename(WORK, JOB);
        client.delete(OLD);
        client.create(WORK, new MailboxGuid(1, 9), 1_700_000_009);
        deliver(WORK, "1700021.M1P1.alpha");
        client.subscribe(WORK, false);
        client.subscribe(JOB, true);
    }

    private void deliver(MailboxName mailbox, String guid) throws IOException {
        byte[] content = ("Subject: " + guid + "\n\n" + "x".repeat(300)).getBytes(StandardCharsets.US_ASCII);
        account.client().deliver(mailbox, new MailGuid(guid), content, 1_600_000_000);
    }

    private Host newProcess() {
        return new SimHost("mail.example.org", nextPid++);
    }

    /** Opens the account at {@link #ROOT}. */
    MailStore open(Disk disk, boolean readOnly, Clock time, Host host) {
        return OpenMaildir.on(disk, AccountLocation.of(ROOT), readOnly, time, host);
    }

    /** Whether a file is one that only a killed run leaves. */
    boolean isLeftover(DiskPath folder, String name) {
        boolean inTmp = new String(folder.name(), StandardCharsets.UTF_8).equals("tmp");
        return inTmp || name.endsWith(".lock") || name.endsWith(".tmp") || name.contains("TRASH");
    }

    private Outcome backup(Disk disk) throws InterruptedException, IOException {
        LocalPeer.Pair peers = LocalPeer.pair(16);
        SyncOptions options = new SyncOptions(
                dev.twinbox.protocol.item.Handshake.SyncType.CHANGED,
                MailboxFilter.ALL,
                MailFilter.ALL,
                false,
                false,
                DeleteLimit.OFF,
                "alpha");
        try (MailStore source = account.openForReading();
                MailStore destination = open(disk, false, clock, newProcess())) {
            return LocalRun.backup(
                    source, destination, peers.initiator(), peers.responder(), options, new SilentObserver());
        }
    }

    private void assertSame(Disk disk, String where) throws Exception {
        try (MailStore source = account.openForReading();
                MailStore destination = open(disk, true, clock, newProcess())) {
            VerifyReport report = Verify.compare(source, destination, VerifyListener.NONE);
            assertTrue(report.same(), where + ": " + report.differences());
        }
    }

    private SimDisk emptyDisk() throws IOException {
        return new SimDisk(clock).folders(ROOT.parent());
    }

    private SimDisk replica() throws Exception {
        SimDisk disk = emptyDisk();
        assertEquals(Status.DONE, backup(disk).status());
        assertSame(disk, "first copy");
        return disk;
    }

    /** The next run puts things right; the one after it has nothing to do. */
    private void assertRecovers(SimDisk disk, String where) throws Exception {
        clock.advanceMillis(5_000);
        Outcome outcome = backup(disk);
        assertEquals(Status.DONE, outcome.status(), where + ": " + outcome.reason());
        assertSame(disk, where);
        if (where.contains("power loss")) {
            // A lock file may be empty then; nobody may take that for dead within two minutes.
            clock.advanceMillis(180_000);
            assertEquals(0, backup(disk).changes(), where);
        }
        clock.advanceMillis(5_000);
        FaultDisk counting = new FaultDisk(disk);
        assertEquals(0, backup(counting).changes(), where);
        assertEquals(List.of(), counting.log(), where + ": a run with nothing to do wrote");
        List<String> left = leftovers(disk, ROOT);
        if (where.contains("power loss")) {
            // Of what was renamed one after the other anything may be missing then: a log that never got its name
            // stays, in
            // nobody's way, until there is a reason to make one.
            left.removeIf(file -> file.endsWith("/dovecot.index.log.tmp"));
        }
        assertEquals(List.of(), left, where);
    }

    private List<String> leftovers(Disk disk, DiskPath folder) throws IOException {
        List<String> left = new java.util.ArrayList<>();
        for (byte[] entry : disk.list(folder)) {
            String name = new String(entry, StandardCharsets.UTF_8);
            DiskPath path = folder.resolve(entry);
            boolean isFolder = disk.stat(path).orElseThrow().isFolder();
            if (isLeftover(folder, name)) {
                left.add(path.toString());
            } else if (isFolder) {
                left.addAll(leftovers(disk, path));
            }
        }
        return left;
    }

    private interface Start {
        SimDisk disk() throws Exception;
    }

    private int crashEverywhere(Start start, Moment moment, boolean powerFails) throws Exception {
        SimDisk first = start.disk();
        for (int n = 0; n <= RUNS_MAX; n++) {
            SimDisk disk = first.copy();
            FaultDisk faulty = new FaultDisk(disk).crashAt(n, moment);
            try {
                backup(faulty);
                if (faulty.changes() <= n) {
                    return n;
                }
                if (!faulty.crashed()) {
                    continue; // the operation failed by itself, as an exclusive creation may
                }
            } catch (SimulatedCrash expected) {
                // The process is gone.
            }
            String where = "crash " + moment + " operation " + n + " ("
                    + faulty.log().get(faulty.log().size() - 1) + ")" + (powerFails ? " and power loss" : "");
            SimDisk left = powerFails ? disk.crash(new SplittableRandom(n)) : disk.copy();
            assertRecovers(left, where);
        }
        throw new AssertionError("run does not end");
    }

    @Test
    void firstCopyKilledAtAnyOperationIsCompletedByTheNextRun() throws Exception {
        beginning();
        for (Moment moment : Moment.values()) {
            assertTrue(crashEverywhere(this::emptyDisk, moment, false) > 50);
        }
    }

    @Test
    void incrementalRunKilledAtAnyOperationIsCompletedByTheNextRun() throws Exception {
        beginning();
        SimDisk replica = replica();
        changes();
        for (Moment moment : Moment.values()) {
            int operations = crashEverywhere(() -> replica, moment, false);
            assertTrue(operations > 50, moment + ": only " + operations + " operations");
        }
    }

    @Test
    void powerLossAtAnyOperationIsMadeGoodByTheNextRun() throws Exception {
        beginning();
        crashEverywhere(this::emptyDisk, Moment.AFTER, true);
        SimDisk replica = replica();
        changes();
        crashEverywhere(() -> replica, Moment.AFTER, true);
    }

    @Test
    void whatARunHasReportedAsDoneSurvivesPowerLoss() throws Exception {
        beginning();
        for (int seed = 1; seed <= 200; seed++) {
            SimDisk disk = emptyDisk();
            assertEquals(Status.DONE, backup(disk).status());
            assertSame(disk.crash(new SplittableRandom(seed)), "power loss after the run, seed " + seed);
        }
    }

    @Test
    void diskTroubleAtAnyOperationIsSaidAndTheNextRunCompletes() throws Exception {
        beginning();
        SimDisk replica = replica();
        changes();
        for (Trouble trouble : Trouble.values()) {
            for (boolean forEver : new boolean[] {false, true}) {
                failEverywhere(replica, trouble, forEver);
            }
        }
    }

    private void failEverywhere(SimDisk replica, Trouble trouble, boolean forEver) throws Exception {
        for (int n = 0; n <= RUNS_MAX; n++) {
            SimDisk disk = replica.copy();
            FaultDisk faulty = new FaultDisk(disk).failAt(n, trouble, forEver);
            Outcome outcome = backup(faulty);
            if (faulty.changes() <= n) {
                return;
            }
            String where = trouble + (forEver ? " for ever" : " once") + " at operation " + n + " ("
                    + faulty.log().get(n) + ")";
            if (forEver) {
                assertTrue(outcome.status() != Status.DONE, where + " was not said");
            }
            if (outcome.status() == Status.DONE) {
                assertSame(disk, where + " was not said");
            }
            assertRecovers(disk, where);
        }
        throw new AssertionError("run does not end");
    }
}
