package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The digest of a mailbox, and whether a sync has seen it, without listing its folders. */
class MaildirDigestTest {
    private static final MailboxName BOX = MailboxName.parse("Box", '/');
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final DiskPath FOLDER = HOME.resolve("Maildir").resolve(".Box");

    private static final List<MailGuid> GUIDS = List.of(
            new MailGuid("1700000001.M1P1.host"),
            new MailGuid("0f769b07891b026bcb52000083ecc375"),
            new MailGuid("1700000003.Grüße"));

    private final SimClock clock = new SimClock();
    private Disk disk = new SimDisk(clock);
    private final List<DiskPath> listed = new ArrayList<>();

    @BeforeEach
    void aMailboxWithAllKindsOfGuids() throws IOException {
        disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk)) {
            store.apply(new TreeChange.Create(BOX, new MailboxGuid(1, 2), 77));
            try (Mailbox box = store.open(BOX);
                    Staging staging = box.stage()) {
                MailboxSnapshot basis = box.snapshot();
                PlanBuilder plan = new PlanBuilder(basis.status()).notExact();
                for (MailGuid guid : GUIDS) {
                    staging.save(
                            guid, () -> new ByteArrayInputStream(new byte[] {'x'}), 1_700_000_000, Mailbox.Pop3.NONE);
                    int uid = 1 + GUIDS.indexOf(guid);
                    Values values = Values.of(1, 1_700_000_000);
                    plan.save(uid, guid, uid == 2 ? values.with(0, "$Work", "later") : values.with(Flags.SEEN));
                }
                assertEquals(Staging.Result.DONE, staging.commit(basis, plan.build()));
            }
            store.flush();
        }
        clock.advanceMillis(10_000);
    }

    private MailStore open(Disk through) {
        return new MaildirFixture(
                        through, AccountLocation.of(HOME.resolve("Maildir")), clock, new SimHost("mail.example.org", 7))
                .open();
    }

    /** By listing, and not. */
    private long digests(boolean quickly) throws IOException {
        FaultDisk watched = new FaultDisk(disk).before((operation, path) -> {
            if (operation.startsWith("list")) {
                listed.add(path);
            }
        });
        listed.clear();
        try (MailStore store = open(watched);
                Mailbox box = store.open(BOX)) {
            long digest = box.digest();
            boolean seen = box.isSeenBySync();
            assertEquals(quickly, listed.isEmpty(), "listed " + listed);
            assertEquals(box.snapshot().digest(), digest);
            assertEquals(box.isSeenBySync(), seen);
            return digest;
        }
    }

    @Test
    void itIsThatOfTheWholeTable() throws IOException {
        digests(true);
    }

    @Test
    void aMailThatNoSyncHasSeenIsNoticed() throws IOException {
        try (MailStore store = open(disk);
                Mailbox box = store.open(BOX)) {
            assertTrue(box.isSeenBySync());
        }
        try (DiskFile made = disk.create(FOLDER.resolve("new").resolve("1700000009.M9P9.host"), Disk.FILE_MODE)) {
            assertEquals(0, made.size());
        }
        digests(false);
        try (MailStore store = open(disk);
                Mailbox box = store.open(BOX)) {
            assertFalse(box.isSeenBySync());
        }
    }

    @Test
    void aFileThatWasRenamedMeansLookingAtAll() throws IOException {
        long before = digests(true);
        DiskPath cur = FOLDER.resolve("cur");
        disk.rename(
                cur.resolve(GUIDS.get(0).value() + ":2,S"),
                cur.resolve(GUIDS.get(0).value() + ":2,FS"));
        assertNotEquals(before, digests(false));
    }

    @Test
    void aUidlistThatWasWrittenMeansLookingAtAll() throws IOException {
        digests(true);
        DiskPath uidlist = FOLDER.resolve("dovecot-uidlist");
        byte[] text = disk.readAll(uidlist, 4096);
        disk.unlink(uidlist);
        try (DiskFile made = disk.create(uidlist, Disk.FILE_MODE)) {
            made.append(java.nio.ByteBuffer.wrap(text));
        }
        digests(false);
    }
}
