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
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
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
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables of an index that proves to be of the state of now, made without listing {@code cur/}. */
class MaildirTrustTest {
    private static final MailboxName BOX = MailboxName.parse("Box", '/');
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final DiskPath FOLDER = HOME.resolve("Maildir").resolve(".Box");
    private static final DiskPath CUR = FOLDER.resolve("cur");
    private static final long RECEIVED = 1_700_000_000;

    private final SimClock clock = new SimClock();
    private SimDisk disk = new SimDisk(clock);
    private FaultDisk.Hook meanwhile = (operation, path) -> {};
    private final List<DiskPath> listed = new ArrayList<>();

    @BeforeEach
    void fourMailsOneOfThemInNew() throws IOException {
        disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open()) {
            store.apply(new TreeChange.Create(BOX, new MailboxGuid(1, 2), 77));
            store.flush();
        }
        commit(new Change() {
            @Override
            public void add(PlanBuilder plan, Staging staging) throws IOException {
                save(plan, staging, 1, Values.of(1, RECEIVED).with(Flags.SEEN));
                save(plan, staging, 2, Values.of(1, RECEIVED).with(0, "$Work", "later"));
                save(plan, staging, 3, Values.of(1, RECEIVED).with(Flags.SEEN | Flags.ANSWERED));
                save(plan, staging, 4, Values.of(1, RECEIVED).with(Flags.RECENT));
            }
        });
    }

    private interface Change {
        void add(PlanBuilder plan, Staging staging) throws IOException;
    }

    private static MailGuid guid(long uid) {
        return new MailGuid("170000000" + uid + ".M1P1.host");
    }

    private static void save(PlanBuilder plan, Staging staging, long uid, Values values) throws IOException {
        staging.save(guid(uid), () -> new ByteArrayInputStream(new byte[] {(byte) uid}), RECEIVED, Mailbox.Pop3.NONE);
        plan.save(uid, guid(uid), values);
    }

    /** Commits on a table that trusts, and lets time go by. */
    private void commit(Change change) throws IOException {
        assertEquals(Staging.Result.DONE, tryToCommit(change));
    }

    private Staging.Result tryToCommit(Change change) throws IOException {
        Staging.Result result;
        try (MailStore store = open();
                Mailbox box = trusting(store)) {
            try (Staging staging = box.stage()) {
                MailboxSnapshot basis = box.snapshot();
                PlanBuilder plan = new PlanBuilder(basis.status()).notExact();
                change.add(plan, staging);
                result = staging.commit(basis, plan.build());
            }
            store.flush();
        }
        clock.advanceMillis(10_000);
        return result;
    }

    private MailStore open() {
        FaultDisk watched = new FaultDisk(disk).before((operation, path) -> {
            if (operation.startsWith("list")) {
                listed.add(path);
            }
            meanwhile.before(operation, path);
        });
        return new MaildirFixture(
                        watched, AccountLocation.of(HOME.resolve("Maildir")), clock, new SimHost("mail.example.org", 7))
                .open();
    }

    private static Mailbox trusting(MailStore store) throws IOException {
        Mailbox box = store.open(BOX);
        box.trustRecords();
        return box;
    }

    private void assertTrustedIsListed(boolean withoutListing) throws IOException {
        listed.clear();
        MailboxSnapshot trusted;
        try (MailStore store = open();
                Mailbox box = trusting(store)) {
            trusted = box.snapshot();
        }
        assertEquals(withoutListing, !listed.contains(CUR), "listed " + listed);
        listed.clear();
        try (MailStore store = open();
                Mailbox box = store.open(BOX)) {
            assertTrue(box.snapshot().sameMails(trusted));
        }
        assertTrue(listed.contains(CUR), "whoever does not trust looks at all");
    }

    private Set<String> files() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String folder : List.of("cur", "new")) {
            for (byte[] name : disk.list(FOLDER.resolve(folder))) {
                names.add(folder + "/" + new String(name, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return names;
    }

    @Test
    void theyAreWhatAListingShows() throws IOException {
        assertTrustedIsListed(true);
    }

    @Test
    void afterAChangeByAnotherProgramEverythingIsListed() throws IOException {
        disk.rename(CUR.resolve(guid(1).value() + ":2,S"), CUR.resolve(guid(1).value() + ":2,FS"));
        clock.advanceMillis(10_000);
        assertTrustedIsListed(false);
    }

    @Test
    void aTableThatWasNotListedIsNotForWhoeverDoesNotTrust() throws IOException {
        try (MailStore store = open()) {
            try (Mailbox box = trusting(store)) {
                assertEquals(4, box.snapshot().size());
            }
            listed.clear();
            try (Mailbox box = store.open(BOX)) {
                assertEquals(4, box.snapshot().size());
            }
            assertTrue(listed.contains(CUR));
        }
    }

    @Test
    void aCommitUponThemLeavesAMailboxThatProvesItself() throws IOException {
        commit((plan, staging) -> {
            plan.update(1, Values.of(2, RECEIVED).with(Flags.SEEN | Flags.FLAGGED));
            plan.expunge(3, guid(3));
            save(plan, staging, 5, Values.of(2, RECEIVED).with(0, "new"));
        });
        assertEquals(
                new TreeSet<>(List.of(
                        "cur/" + guid(1).value() + ":2,FS",
                        "cur/" + guid(2).value() + ":2,ab",
                        "cur/" + guid(5).value() + ":2,c",
                        "new/" + guid(4).value())),
                files());
        assertTrustedIsListed(true);
    }

    /** Letters that mean nothing, or none at all: the index says the same of other names. */
    private void giveOddNames() throws IOException {
        disk.rename(CUR.resolve(guid(1).value() + ":2,S"), CUR.resolve(guid(1).value() + ":2,SZ"));
        disk.rename(CUR.resolve(guid(3).value() + ":2,RS"), CUR.resolve(guid(3).value() + ":2,SR"));
        clock.advanceMillis(10_000);
        commit((plan, staging) -> plan.update(2, Values.of(2, RECEIVED).with(Flags.SEEN, "$Work", "later")));
        assertTrustedIsListed(true);
    }

    @Test
    void aMailIsReadUnderWhateverNameItHas() throws IOException {
        giveOddNames();
        try (MailStore store = open();
                Mailbox box = trusting(store)) {
            assertEquals(4, box.snapshot().size());
            for (long uid = 1; uid <= 4; uid++) {
                try (InputStream in = box.body(new Uid(uid)).open()) {
                    assertEquals(uid, in.read());
                }
                assertEquals(RECEIVED, box.received(new Uid(uid)));
            }
        }
    }

    @Test
    void aMailIsChangedUnderWhateverNameItHas() throws IOException {
        giveOddNames();
        listed.clear();
        commit((plan, staging) -> {
            plan.update(1, Values.of(3, RECEIVED).with(Flags.FLAGGED));
            plan.expunge(3, guid(3));
            plan.copy(3, 6, Values.of(3, RECEIVED).with(Flags.DELETED));
        });
        assertTrue(listed.contains(CUR));
        assertEquals(4, files().size());
        assertTrue(files().contains("cur/" + guid(1).value() + ":2,FZ"), files().toString());
        assertFalse(files().contains("cur/" + guid(3).value() + ":2,SR"));
        assertTrustedIsListed(true);
    }

    private Staging.Result flagAndExpunge() throws IOException {
        listed.clear();
        return tryToCommit((plan, staging) -> {
            plan.update(1, Values.of(2, RECEIVED).with(Flags.SEEN | Flags.FLAGGED));
            plan.expunge(3, guid(3));
            save(plan, staging, 5, Values.of(2, RECEIVED).with(0, "later"));
        });
    }

    @Test
    void whereNamesAreWatchedACommitListsNothing() throws IOException {
        disk.watches(true);
        assertEquals(Staging.Result.DONE, flagAndExpunge());
        assertFalse(listed.contains(CUR), "listed " + listed);
        assertTrustedIsListed(true);
    }

    @Test
    void whereTheyCannotBeACommitListsThem() throws IOException {
        disk.watches(false);
        assertEquals(Staging.Result.DONE, flagAndExpunge());
        assertTrue(listed.contains(CUR), "listed " + listed);
        assertTrustedIsListed(true);
    }

    @Test
    void aMailThatIsFlaggedByAnotherProgramDuringACommitIsNotOverlooked() throws IOException {
        DiskPath mail = CUR.resolve(guid(2).value() + ":2,ab");
        int done = 0;
        boolean happened = true;
        for (int at = 0; happened; at++) {
            fourMailsOneOfThemInNew();
            disk.watches(true);
            int[] left = {at};
            meanwhile = (operation, path) -> {
                if (left[0]-- == 0) {
                    disk.rename(mail, CUR.resolve(guid(2).value() + ":2,Sab"));
                }
            };
            done += flagAndExpunge() == Staging.Result.DONE ? 1 : 0;
            happened = left[0] < 0;
            meanwhile = (operation, path) -> {};
            if (happened) {
                try (MailStore store = open();
                        Mailbox box = trusting(store)) {
                    MailboxSnapshot now = box.snapshot();
                    assertEquals(Flags.SEEN, now.flags(now.rowOf(2)).bits() & Flags.SEEN, "at operation " + at);
                }
            }
        }
        assertTrue(done > 20, "committed " + done + " times");
    }

    @Test
    void aMailThatTheUidlistLacksMeansLookingAtAll() throws IOException {
        DiskPath late = FOLDER.resolve("new").resolve("1700000099.M9P9.host");
        try (DiskFile made = disk.create(late, Disk.FILE_MODE)) {
            assertEquals(0, made.size());
        }
        clock.advanceMillis(10_000);
        assertTrustedIsListed(false);
    }
}
