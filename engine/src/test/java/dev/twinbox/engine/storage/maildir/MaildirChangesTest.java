package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What programs do to a Maildir that know no index. */
class MaildirChangesTest {
    private static final MailboxName BOX = MailboxName.parse("Box", '/');
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final DiskPath FOLDER = HOME.resolve("Maildir").resolve(".Box");

    private final SimClock clock = new SimClock();
    private Disk disk = new SimDisk(clock);

    @BeforeEach
    void threeMails() throws IOException {
        disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk)) {
            store.apply(new TreeChange.Create(BOX, new MailboxGuid(1, 2), 77));
            commit(store, 1, 2, 3);
            store.flush();
        }
    }

    private static void commit(MailStore store, long... uids) throws IOException {
        try (Mailbox box = store.open(BOX);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            PlanBuilder plan = new PlanBuilder(basis.status()).notExact();
            for (long uid : uids) {
                staging.save(
                        guid(uid), () -> new ByteArrayInputStream(new byte[] {'x'}), 1_700_000_000, Mailbox.Pop3.NONE);
                plan.save(uid, guid(uid), Values.of(1, 1_700_000_000).with(Flags.SEEN));
            }
            MailboxPlan made = plan.build();
            assertEquals(Staging.Result.DONE, staging.commit(basis, made));
        }
    }

    private static MailGuid guid(long uid) {
        return new MailGuid("170000000" + uid + ".M1P1.host");
    }

    private MailStore open(Disk through) {
        return new MaildirFixture(
                        through, AccountLocation.of(HOME.resolve("Maildir")), clock, new SimHost("mail.example.org", 7))
                .open();
    }

    private ChangeLog changes(long modSeq) throws IOException {
        try (MailStore store = open(disk);
                Mailbox box = store.open(BOX)) {
            box.snapshot();
            return box.changes(modSeq);
        }
    }

    private long highest() throws IOException {
        try (MailStore store = open(disk);
                Mailbox box = store.open(BOX)) {
            return box.status().highestModSeq();
        }
    }

    private DiskPath file(long uid, String info) {
        return FOLDER.resolve("cur").resolve(guid(uid).value() + info);
    }

    @Test
    void aDeletedFileIsAnExpungeWithTheGuidOfTheUidlist() throws IOException {
        long base = highest();
        disk.unlink(file(2, ":2,S"));

        List<Expunge> gone = List.of(new Expunge(2, guid(2).guid128(), base + 1, false));
        assertEquals(new ChangeLog(true, gone, Map.of(), ChangeLog.ALL_SYNCED), changes(base));
        try (MailStore store = open(disk)) {
            commit(store, 4);
            store.flush();
        }
        List<Expunge> after = changes(base).expunges();
        assertEquals(1, after.size());
        assertEquals(guid(2).guid128(), after.get(0).guid128());
    }

    @Test
    void aRenamedFileIsAChangeOfFlags() throws IOException {
        long base = highest();
        disk.rename(file(2, ":2,S"), file(2, ":2,F"));

        Map<String, Long> when = Map.of("\\Flagged", base + 1, "\\Seen", base + 1);
        Change change = new Change(new Flags(Flags.FLAGGED), new Flags(Flags.SEEN), List.of(), List.of(), when);
        assertEquals(new ChangeLog(true, List.of(), Map.of(2L, change), ChangeLog.ALL_SYNCED), changes(base));
    }

    @Test
    void aSyncThatLeavesFlagsAsItFoundThemLeavesThemNews() throws IOException {
        long base = highest();
        disk.create(FOLDER.resolve("dovecot-keywords"), Disk.FILE_MODE).close();
        try (DiskFile words = disk.openWrite(FOLDER.resolve("dovecot-keywords"), false)) {
            words.append(ByteBuffer.wrap("0 one\n1 two\n".getBytes(StandardCharsets.US_ASCII)));
        }
        disk.rename(file(2, ":2,S"), file(2, ":2,Fab"));
        Map<Long, Change> before = withoutWhen(changes(base));
        try (MailStore store = open(disk)) {
            commit(store, 4);
            store.flush();
        }

        Change found = new Change(new Flags(Flags.FLAGGED), new Flags(Flags.SEEN), List.of("one", "two"), List.of());
        assertEquals(Map.of(2L, found), before);
        assertEquals(before, withoutWhen(changes(base)));
        assertTrue(changes(base).of(2).when(Flags.SEEN) > base);
        assertEquals(Map.of(), changes(highest()).changes());
    }

    @Test
    void whatASyncDoesToFlagsItFoundIsNoNews() throws IOException {
        long base = highest();
        disk.rename(file(2, ":2,S"), file(2, ":2,FR"));
        try (MailStore store = open(disk);
                Mailbox box = store.open(BOX);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            MailboxPlan plan = new PlanBuilder(basis.status())
                    .notExact()
                    .update(2, Values.of(base + 2, 1_700_000_000).with(Flags.SEEN | Flags.FLAGGED))
                    .build();
            assertEquals(Staging.Result.DONE, staging.commit(basis, plan));
            store.flush();
        }

        Change left = new Change(new Flags(Flags.FLAGGED), Flags.NONE, List.of(), List.of());
        assertEquals(Map.of(2L, left), withoutWhen(changes(base)));
    }

    private static Map<Long, Change> withoutWhen(ChangeLog log) {
        Map<Long, Change> changes = new HashMap<>();
        log.changes().forEach((uid, change) -> {
            Change bare =
                    new Change(change.added(), change.removed(), change.keywordsAdded(), change.keywordsRemoved());
            changes.put(uid, bare);
        });
        return changes;
    }

    @Test
    void aDeliveredFileIsUnsynced() throws IOException {
        long base = highest();
        try (DiskFile file = disk.create(FOLDER.resolve("new").resolve("1800000000.M1P1.host"), Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap(new byte[] {'x'}));
        }

        assertEquals(new ChangeLog(true, List.of(), Map.of(), 4), changes(base));
    }

    @Test
    void nothingIsKnownWithoutAnIndex() throws IOException {
        disk.unlink(FOLDER.resolve("dovecot.index"));
        disk.unlink(FOLDER.resolve("dovecot.index.log"));
        disk.unlink(file(2, ":2,S"));

        assertEquals(new ChangeLog(false, List.of(), Map.of(), 1), changes(0));
    }

    @Test
    void withoutItsLogTheIndexStillKnowsWhatVanished() throws IOException {
        long base = highest();
        disk.unlink(FOLDER.resolve("dovecot.index.log"));
        disk.unlink(file(2, ":2,S"));

        ChangeLog log = changes(base);
        assertFalse(log.reachesBack());
        assertEquals(1, log.expunges().size());
    }

    /** Else the destination would give the mail that it has a new UID, of which the source's log never says anything. */
    @Test
    void aMailThatIsExpungedWhileWeLookIsNoNewMail() throws IOException {
        assertEquals(List.of(1L, 3L), uidsWhile("dovecot-uidlist", () -> {
            try (MailStore other = open(disk)) {
                expunge(other, 2);
                other.flush();
            }
        }));
    }

    /** Dovecot takes a mail out of the index first, and out of the uidlist some time later. */
    @Test
    void aMailThatIsExpungedFromTheIndexWhileWeLookIsNoNewMail() throws IOException {
        assertEquals(List.of(1L, 3L), uidsWhile("dovecot-uidlist", this::expungeFromTheIndexOnly));
    }

    @Test
    void aMailThatCameBackUnderTheNameOfAnExpungedOneIsANewMail() throws IOException {
        assertEquals(List.of(1L, 3L, 4L), uidsWhile("dovecot-uidlist", () -> {
            expungeFromTheIndexOnly();
            disk.create(file(2, ":2,FS"), 0600).close();
        }));
    }

    private void expungeFromTheIndexOnly() throws IOException {
        byte[] uidlist = disk.readAll(FOLDER.resolve("dovecot-uidlist"), 10_000);
        try (MailStore other = open(disk)) {
            expunge(other, 2);
            other.flush();
        }
        disk.unlink(FOLDER.resolve("dovecot-uidlist"));
        try (DiskFile file = disk.create(FOLDER.resolve("dovecot-uidlist"), 0600)) {
            file.append(ByteBuffer.wrap(uidlist));
        }
    }

    private interface Doing {
        void run() throws IOException;
    }

    /** The UIDs that a reader sees if something happens just before it opens a file, which is after it listed the folders. */
    private List<Long> uidsWhile(String opened, Doing doing) throws IOException {
        boolean[] done = new boolean[1];
        FaultDisk watched = new FaultDisk(disk).before((operation, path) -> {
            if (!done[0] && path.toString().endsWith(opened) && operation.startsWith("open")) {
                done[0] = true;
                doing.run();
            }
        });
        try (MailStore store = open(watched);
                Mailbox box = store.open(BOX)) {
            MailboxSnapshot table = box.snapshot();
            assertTrue(done[0]);
            List<Long> uids = new ArrayList<>();
            for (int row = 0; row < table.size(); row++) {
                uids.add(table.uid(row));
            }
            return uids;
        }
    }

    private static void expunge(MailStore store, long uid) throws IOException {
        try (Mailbox box = store.open(BOX);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            MailboxPlan made = new PlanBuilder(basis.status())
                    .notExact()
                    .expunge(uid, guid(uid))
                    .build();
            assertEquals(Staging.Result.DONE, staging.commit(basis, made));
        }
    }

    /** The folders are listed before uidlist and index are read. */
    @Test
    void aMailThatComesWhileWeLookIsNotGone() throws IOException {
        boolean[] done = new boolean[1];
        FaultDisk watched = new FaultDisk(disk).before((operation, path) -> {
            if (!done[0] && path.toString().endsWith("dovecot-uidlist") && operation.startsWith("open")) {
                done[0] = true;
                try (MailStore other = open(disk)) {
                    commit(other, 4);
                    other.flush();
                }
            }
        });
        try (MailStore store = open(watched);
                Mailbox box = store.open(BOX)) {
            MailboxSnapshot table = box.snapshot();
            assertTrue(done[0]);
            assertEquals(3, table.size());
            assertEquals(List.of(), box.changes(0).expunges());
        }
    }
}
