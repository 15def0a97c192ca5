package dev.twinbox.engine.storage.dbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies within an mdbox account share what is stored, and what nobody refers to goes when it is asked for. */
class MdboxPurgeTest {
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final DiskPath STORAGE = HOME.resolve("mail").resolve("storage");
    private static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final MailboxGuid WORK_GUID = new MailboxGuid(1, 2);
    private static final MailboxName OTHER = MailboxName.parse("Other", '/');
    private static final int STEPS_MAX = 200;

    private final SimClock clock = new SimClock();
    private SimDisk disk = new SimDisk(clock);
    private int process = 7;

    private MailStore open(Disk on) {
        return OpenDbox.on(
                on,
                AccountLocation.of(AccountLocation.Format.MDBOX, HOME.resolve("mail")),
                false,
                clock,
                new SimHost("mail.example.org", process++));
    }

    private static MailGuid guid(int number) {
        return new MailGuid("0123456789abcdef0123456789abcd0" + number);
    }

    private static byte[] content(int number) {
        return ("Subject: mail " + number + "\n\n" + "text ".repeat(20 * number) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @BeforeEach
    void setUp() throws IOException {
        disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk)) {
            store.apply(new TreeChange.Create(WORK, WORK_GUID, 77));
            store.apply(new TreeChange.Create(OTHER, new MailboxGuid(1, 3), 78));
            try (Mailbox box = store.open(WORK);
                    Staging staging = box.stage()) {
                List<MailboxPlan.Step> steps = new ArrayList<>();
                for (int i = 1; i <= 4; i++) {
                    byte[] content = content(i);
                    staging.save(guid(i), () -> new ByteArrayInputStream(content), 1000 + i, Mailbox.Pop3.NONE);
                    steps.add(save(i, i));
                }
                commit(box, staging, steps);
            }
            store.flush();
        }
    }

    private static MailboxPlan.Save save(long uid, int number) {
        return new MailboxPlan.Save(uid, guid(number), Flags.NONE, Keywords.NONE, 0, 1000 + number, "test");
    }

    private static void commit(Mailbox box, Staging staging, List<MailboxPlan.Step> steps) throws IOException {
        MailboxSnapshot basis = box.snapshot();
        MailboxPlan.Target target = new MailboxPlan.Target(
                basis.status().guid(),
                basis.status().uidValidity(),
                basis.status().uidNext(),
                1,
                basis.status().highestModSeq() + 1,
                false);
        assertEquals(Staging.Result.DONE, staging.commit(basis, new MailboxPlan(target, steps)));
    }

    private static void expunge(MailStore store, MailboxName name, int... numbers) throws IOException {
        try (Mailbox box = store.open(name);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            List<MailboxPlan.Step> steps = new ArrayList<>();
            for (int number : numbers) {
                int row = basis.rowsOf(java.util.Set.of(guid(number)))
                        .values()
                        .iterator()
                        .next();
                steps.add(new MailboxPlan.Expunge(basis.uid(row), guid(number), "test"));
            }
            commit(box, staging, steps);
        }
    }

    private static void copyToOther(MailStore store, int number) throws IOException {
        try (Mailbox from = store.open(WORK);
                Mailbox to = store.open(OTHER);
                Staging staging = to.stage()) {
            MailboxSnapshot table = from.snapshot();
            int row = table.rowsOf(java.util.Set.of(guid(number)))
                    .values()
                    .iterator()
                    .next();
            MailBody body = from.body(new Uid(table.uid(row)));
            staging.save(guid(number), body, 1000 + number, Mailbox.Pop3.NONE);
            commit(to, staging, List.of(save(to.snapshot().status().uidNext(), number)));
        }
    }

    private List<String> files(Disk on) throws IOException {
        List<String> names = new ArrayList<>();
        for (byte[] name : on.list(STORAGE)) {
            if (Mdbox.numberOf(name) > 0) {
                names.add(new String(name, StandardCharsets.US_ASCII));
            }
        }
        names.sort(null);
        return names;
    }

    private MdboxMap.Table map(Disk on) throws IOException {
        return java.util.Objects.requireNonNull(
                new MdboxMap(on, STORAGE, clock, new SimHost("here", 1), 0, false).read());
    }

    private List<Integer> references(Disk on) throws IOException {
        MdboxMap.Table table = map(on);
        List<Integer> all = new ArrayList<>();
        for (int row = 0; row < table.size(); row++) {
            all.add(table.references(row));
        }
        return all;
    }

    private static void assertMails(MailStore store, MailboxName name, Integer... numbers) throws IOException {
        try (Mailbox box = store.open(name)) {
            MailboxSnapshot table = box.snapshot();
            assertEquals(numbers.length, table.size());
            for (int row = 0; row < numbers.length; row++) {
                assertEquals(guid(numbers[row]), table.guid(row));
                try (InputStream in = box.body(new Uid(table.uid(row))).open()) {
                    assertArrayEquals(content(numbers[row]), in.readAllBytes());
                }
            }
        }
        assertEquals(null, store.damage());
    }

    @Test
    void copiesShareWhatIsStored() throws IOException {
        try (MailStore store = open(disk)) {
            copyToOther(store, 2);
            assertEquals(List.of("m.1"), files(disk));
            assertEquals(List.of(1, 2, 1, 1), references(disk));
            assertMails(store, OTHER, 2);
            expunge(store, WORK, 2);
            assertEquals(List.of(1, 1, 1, 1), references(disk));
            assertEquals(0, store.purge());
            assertMails(store, OTHER, 2);
        }
    }

    @Test
    void deletedMailboxRefersToNothing() throws IOException {
        try (MailStore store = open(disk)) {
            copyToOther(store, 2);
            store.apply(new TreeChange.Delete(WORK, WORK_GUID));
            assertEquals(List.of(0, 1, 0, 0), references(disk));
            assertEquals(3, store.purge());
            assertEquals(List.of("m.2"), files(disk));
            assertMails(store, OTHER, 2);
        }
    }

    @Test
    void whatNobodyRefersToGoes() throws IOException {
        try (MailStore store = open(disk);
                Mailbox reader = store.open(WORK)) {
            reader.snapshot();
            expunge(store, WORK, 1, 3);
            assertEquals(2, store.purge());
            assertEquals(List.of("m.2"), files(disk));
            assertEquals(List.of(1, 1), references(disk));
            assertMails(store, WORK, 2, 4);
            try (InputStream in = reader.body(new Uid(4)).open()) {
                assertArrayEquals(content(4), in.readAllBytes());
            }
            assertEquals(0, store.purge());
            expunge(store, WORK, 2, 4);
            assertEquals(2, store.purge());
            assertEquals(List.of(), files(disk));
        }
    }

    @Test
    void mailThatTheMapDoesNotKnowIsLeftWhereItIs() throws IOException {
        try (MailStore store = open(disk)) {
            expunge(store, WORK, 1);
            try (var file = disk.openWrite(STORAGE.resolve("m.1"), false)) {
                file.append(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 'N'}));
            }
            assertEquals(0, store.purge());
            assertEquals(List.of("m.1"), files(disk));
            assertMails(store, WORK, 2, 3, 4);
        }
    }

    @Test
    void purgeKilledAtAnyOperationLosesNothing() throws IOException {
        for (boolean powerFails : new boolean[] {false, true}) {
            for (FaultDisk.Moment moment : FaultDisk.Moment.values()) {
                killEverywhere(moment, powerFails);
            }
        }
    }

    private void killEverywhere(FaultDisk.Moment moment, boolean powerFails) throws IOException {
        SimDisk first = disk.copy();
        try (MailStore store = open(first)) {
            copyToOther(store, 2);
            expunge(store, WORK, 1, 2, 3);
            store.flush();
        }
        for (int step = 0; step < STEPS_MAX; step++) {
            SimDisk on = first.copy();
            boolean died = false;
            try (MailStore store = open(new FaultDisk(on).crashAt(step, moment))) {
                store.purge();
            } catch (SimulatedCrash expected) {
                died = true;
            }
            String where = moment + " operation " + step + (powerFails ? " and power loss" : "");
            SimDisk left = powerFails ? on.crash(new SplittableRandom(step)) : on.copy();
            clock.advanceMillis(5_000);
            try (MailStore store = open(left)) {
                assertMails(store, WORK, 4);
                assertMails(store, OTHER, 2);
                store.purge();
                assertMails(store, WORK, 4);
                assertMails(store, OTHER, 2);
                assertEquals(List.of(1, 1), references(left), where);
            }
            assertTrue(files(left).size() <= 2, where + ": " + files(left));
            if (!died) {
                assertEquals(
                        List.of("m.2"),
                        files(left),
                        Arrays.toString(first.list(STORAGE).toArray()));
                return;
            }
        }
        throw new AssertionError("it does not end");
    }
}
