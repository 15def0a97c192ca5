package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.FaultDisk.Moment;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.index.IndexTransaction;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.PlanBuilder;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Few changes in a mailbox of many mails: neither its uidlist nor its index is written anew. */
class MaildirAppendTest {
    private static final MailboxName BOX = MailboxName.parse("Box", '/');
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final DiskPath FOLDER = HOME.resolve("Maildir").resolve(".Box");
    private static final DiskPath UIDLIST = FOLDER.resolve("dovecot-uidlist");
    private static final DiskPath INDEX = FOLDER.resolve("dovecot.index");
    private static final DiskPath LOG = FOLDER.resolve("dovecot.index.log");
    private static final int MAILS = 2_700;
    private static final int FILE_MAX = 1 << 20;
    private static final long RECEIVED = 1_700_000_000;

    private final SimClock clock = new SimClock();
    private SimDisk disk = new SimDisk(clock);
    private long nextPid = 7;

    @BeforeEach
    void manyMails() throws IOException {
        disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk)) {
            store.apply(new TreeChange.Create(BOX, new MailboxGuid(1, 2), 77));
            store.flush();
        }
        commit(disk, (plan, staging) -> {
            for (long uid = 1; uid <= MAILS; uid++) {
                save(plan, staging, uid, Values.of(1, RECEIVED).with(uid % 3 == 0 ? Flags.SEEN : 0));
            }
        });
        assertTrue(disk.readAll(UIDLIST, FILE_MAX).length >= MaildirEdit.APPEND_FILE_BYTES_MIN);
    }

    private interface Change {
        void add(PlanBuilder plan, Staging staging) throws IOException;
    }

    private static MailGuid guid(long uid) {
        return new MailGuid(1_700_000_000L + uid + ".M1P1.host");
    }

    private static void save(PlanBuilder plan, Staging staging, long uid, Values values) throws IOException {
        staging.save(guid(uid), () -> new ByteArrayInputStream(new byte[] {1}), RECEIVED, Mailbox.Pop3.NONE);
        plan.save(uid, guid(uid), values);
    }

    private MailStore open(Disk on) {
        return new MaildirFixture(on, AccountLocation.of(HOME.resolve("Maildir")), clock, host()).open();
    }

    /** Every process is another one, and those before it are gone. */
    private SimHost host() {
        return new SimHost("mail.example.org", nextPid++);
    }

    private static Mailbox trusting(MailStore store) throws IOException {
        Mailbox box = store.open(BOX);
        box.trustRecords();
        return box;
    }

    private void commit(Disk on, Change change) throws IOException {
        try (MailStore store = open(on)) {
            try (Mailbox box = trusting(store);
                    Staging staging = box.stage()) {
                MailboxSnapshot basis = box.snapshot();
                PlanBuilder plan = new PlanBuilder(basis.status()).notExact();
                change.add(plan, staging);
                assertEquals(Staging.Result.DONE, staging.commit(basis, plan.build()));
            }
            store.flush();
        }
        clock.advanceMillis(10_000);
    }

    private MailboxSnapshot read(Disk on, boolean trust) throws IOException {
        try (MailStore store = open(on);
                Mailbox box = trust ? trusting(store) : store.open(BOX)) {
            return box.snapshot();
        }
    }

    private MailboxStatus status() throws IOException {
        try (MailStore store = open(disk);
                Mailbox box = store.open(BOX)) {
            return box.status();
        }
    }

    private static void few(PlanBuilder plan, Staging staging) throws IOException {
        plan.update(5, Values.of(2, RECEIVED).with(Flags.FLAGGED));
        plan.update(6, Values.of(2, RECEIVED).with(Flags.SEEN | Flags.DELETED));
        plan.expunge(7, guid(7));
        plan.expunge(MAILS, guid(MAILS));
        save(plan, staging, MAILS + 1, Values.of(2, RECEIVED).with(Flags.ANSWERED));
        save(plan, staging, MAILS + 2, Values.of(2, RECEIVED).with(Flags.RECENT));
    }

    /** What is there after that, and that whoever trusts sees what a listing shows. */
    private MailboxSnapshot assertFew(Disk on) throws IOException {
        MailboxSnapshot now = read(on, false);
        assertTrue(read(on, true).sameMails(now));
        assertEquals(MAILS, now.size());
        assertFlags(Flags.FLAGGED, now, 5);
        assertFlags(Flags.SEEN | Flags.DELETED, now, 6);
        assertTrue(now.rowOf(7) < 0 && now.rowOf(MAILS) < 0);
        assertEquals(guid(MAILS + 1), now.guid(now.rowOf(MAILS + 1)));
        assertFlags(Flags.ANSWERED, now, MAILS + 1);
        assertFlags(0, now, MAILS + 2);
        assertEquals(MAILS + 3, now.status().uidNext());
        return now;
    }

    private static void assertFlags(int settable, MailboxSnapshot now, long uid) {
        assertEquals(settable, now.flags(now.rowOf(uid)).settable().bits(), "flags of UID " + uid);
    }

    private static void assertBegins(byte[] start, byte[] whole) {
        assertTrue(whole.length > start.length);
        assertArrayEquals(start, Arrays.copyOf(whole, start.length));
    }

    @Test
    void whatIsThereStaysAndLinesAndRecordsComeBehindIt() throws IOException {
        byte[] uidlist = disk.readAll(UIDLIST, FILE_MAX);
        byte[] index = disk.readAll(INDEX, FILE_MAX);
        byte[] log = disk.readAll(LOG, FILE_MAX);
        commit(disk, MaildirAppendTest::few);
        MailboxSnapshot now = assertFew(disk);
        assertBegins(uidlist, disk.readAll(UIDLIST, FILE_MAX));
        assertBegins(log, disk.readAll(LOG, FILE_MAX));
        assertArrayEquals(index, disk.readAll(INDEX, FILE_MAX));
        assertTrue(now.modSeq(now.rowOf(5)) > now.modSeq(now.rowOf(8)));
        assertEquals(now.status(), status());
    }

    @Test
    void itsNumbersAreKnownWithoutReadingItUntilSomebodyElseWrites() throws IOException {
        commit(disk, MaildirAppendTest::few);
        assertTrue(status().settled());
        assertEquals(MAILS, status().messages());
        try (IndexWriter writer = IndexWriter.lock(disk, FOLDER, "dovecot.index", clock, host(), 0)) {
            writer.append(new IndexTransaction().flags(9, 9, Flags.DRAFT, 0), false);
        }
        assertFalse(status().settled());
        assertEquals(MAILS, status().messages());
    }

    @Test
    void changesAddUp() throws IOException {
        commit(disk, MaildirAppendTest::few);
        for (int round = 1; round <= 30; round++) {
            long uid = MAILS + 2L + round;
            long other = 10L + round;
            commit(disk, (plan, staging) -> {
                save(plan, staging, uid, Values.of(2, RECEIVED).with(0, "word" + uid % 4));
                plan.expunge(uid - 1, guid(uid - 1));
                plan.update(other, Values.of(2, RECEIVED).with(Flags.DRAFT, "word" + other % 3));
            });
            MailboxSnapshot now = read(disk, false);
            assertTrue(read(disk, true).sameMails(now), "round " + round);
            assertEquals(MAILS, now.size());
            assertEquals("word" + other % 3, now.keywords(now.rowOf(other)).toString());
        }
    }

    /** The mail that had UID 9 has the next one that was free. */
    private void assertNinthIsLast() throws IOException {
        MailboxSnapshot now = read(disk, false);
        assertTrue(read(disk, true).sameMails(now));
        assertEquals(guid(9), now.guid(now.rowOf(MAILS + 1)));
        assertTrue(now.rowOf(9) < 0);
    }

    @Test
    void aMailThatGetsAnotherUidHasOneLineOnly() throws IOException {
        commit(disk, (plan, staging) -> plan.renumber(9, MAILS + 1, Values.of(2, RECEIVED)));
        String uidlist = new String(disk.readAll(UIDLIST, FILE_MAX), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertEquals(uidlist.indexOf(guid(9).value()), uidlist.lastIndexOf(guid(9).value()));
        assertNinthIsLast();
    }

    /** Its line is still there, and would give it the UID that it had. */
    @Test
    void aMailThatWasTakenAwayAndComesBackIsANewOne() throws IOException {
        commit(disk, (plan, staging) -> plan.expunge(9, guid(9)));
        commit(disk, (plan, staging) -> {
            staging.save(guid(9), () -> new ByteArrayInputStream(new byte[] {1}), RECEIVED, Mailbox.Pop3.NONE);
            plan.save(MAILS + 1, guid(9), Values.of(3, RECEIVED));
        });
        assertNinthIsLast();
    }

    @Test
    void aListOfWhichTooMuchHasGoneIsWrittenAnew() throws IOException {
        byte[] uidlist = disk.readAll(UIDLIST, FILE_MAX);
        commit(disk, (plan, staging) -> expunge(plan, 1, MAILS / 8));
        assertArrayEquals(uidlist, disk.readAll(UIDLIST, FILE_MAX), "nothing has to be said");
        commit(disk, (plan, staging) -> expunge(plan, MAILS / 8 + 1, MAILS / 3));
        assertTrue(disk.readAll(UIDLIST, FILE_MAX).length < uidlist.length * 3 / 4);
        assertTrue(read(disk, true).sameMails(read(disk, false)));
    }

    private static void expunge(PlanBuilder plan, int first, int last) {
        for (long uid = first; uid <= last; uid++) {
            plan.expunge(uid, guid(uid));
        }
    }

    /** Mails are where they were or where they are to be, and the next run leaves all of them there. */
    @Test
    void aCrashAtAnyPointLosesNothing() throws IOException {
        int points = 0;
        for (int n = 0; ; n++) {
            boolean crashed = false;
            for (Moment moment : Moment.values()) {
                SimDisk killed = disk.copy();
                FaultDisk faulty = new FaultDisk(killed).crashAt(n, moment);
                try {
                    commit(faulty, MaildirAppendTest::few);
                } catch (SimulatedCrash expected) {
                    crashed = true;
                    String at = "at operation " + n + " " + moment;
                    assertGoesOn(killed.copy(), at + ", killed");
                    assertGoesOn(killed.crash(new SplittableRandom(n)), at + ", power lost");
                }
            }
            if (!crashed) {
                break;
            }
            points++;
        }
        assertTrue(points > 15, points + " operations");
    }

    private void assertGoesOn(SimDisk after, String at) throws IOException {
        clock.advanceMillis(600_000); // locks of the dead are broken
        MailboxSnapshot now = read(after, false);
        for (long uid = 1; uid < MAILS; uid++) {
            if (uid != 7) {
                assertEquals(guid(uid), now.guid(now.rowOf(uid)), at);
            }
        }
        commit(after, (plan, staging) -> plan.update(8, Values.of(9, RECEIVED).with(Flags.DRAFT)));
        MailboxSnapshot later = read(after, false);
        assertTrue(read(after, true).sameMails(later), at);
        assertEquals(now.size(), later.size(), at);
        for (int row = 0; row < now.size(); row++) {
            assertEquals(now.uid(row), later.uid(row), at);
            assertEquals(now.guid(row), later.guid(row), at);
        }
    }
}
