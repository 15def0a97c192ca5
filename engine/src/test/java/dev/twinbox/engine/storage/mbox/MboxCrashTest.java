package dev.twinbox.engine.storage.mbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.FaultDisk.Moment;
import dev.twinbox.engine.disk.FaultDisk.Trouble;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.PlanBuilder;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A commit to an mbox is killed, or the power fails, or the disk refuses, at every single operation that changes the disk.
 * No mail that was there and is to stay may be lost or another, none may come that nobody saved, and the same commit made once
 * more ends as it would have.
 */
class MboxCrashTest {
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final DiskPath FILE = HOME.resolve("mail").resolve("Work");
    private static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final long DATE = 1_700_000_000;
    private static final int OPERATIONS_MAX = 500;
    private static final String DELIVERED =
            "From mda Sun Nov 22 15:06:34 2026\nMessage-ID: <mda@x>\nSubject: mda\n\nFrom me\nmda\n\n";

    private final SimClock clock = new SimClock();
    private long nextPid = 100;

    /** What is done to a mailbox. */
    private interface Change {
        void plan(PlanBuilder plan, Staging staging) throws IOException;
    }

    private MailStore open(Disk disk) {
        return OpenMbox.on(disk, OpenMbox.at(HOME), false, clock, new SimHost("mail.example.org", nextPid++));
    }

    private static MailGuid guid(long uid) {
        return new MailGuid("g" + uid);
    }

    /** Those that are appended hold no From_ line: cut off behind one they would be two mails, as {@link MboxCommit} says. */
    private static byte[] mail(long uid) {
        String text = "Message-ID: <" + uid + "@x>\nSubject: m" + uid + "\n\n"
                + (uid < 5 ? "From a Sun Nov 22 15:06:34 2026\nX-UID: 1\n\n" : "From me\n")
                + ("line of " + uid + "\n").repeat((int) (40 * (uid % 4))) + "end";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void save(PlanBuilder plan, Staging staging, long uid, int flags, String... keywords)
            throws IOException {
        staging.save(guid(uid), () -> new ByteArrayInputStream(mail(uid)), DATE + uid, Mailbox.Pop3.NONE);
        plan.save(uid, guid(uid), Values.of(2, DATE + uid).with(flags, keywords));
    }

    private void commit(Disk disk, Change change) throws IOException {
        try (MailStore store = open(disk);
                Mailbox box = store.open(WORK);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.snapshot();
            PlanBuilder plan = new PlanBuilder(basis.status()).notExact();
            change.plan(plan, staging);
            assertEquals(Staging.Result.DONE, staging.commit(basis, plan.build()));
            store.flush();
        }
    }

    /** Mails 1 to 3 by a sync, and perhaps one that was delivered, which has UID 4 and no length. */
    private SimDisk mailbox(boolean delivered) throws IOException {
        SimDisk disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk)) {
            store.apply(new TreeChange.Create(WORK, new MailboxGuid(1, 2), 1_700_000_002));
            store.flush();
        }
        commit(disk, (plan, staging) -> {
            save(plan, staging, 1, Flags.SEEN, "one");
            save(plan, staging, 2, 0, "one", "two");
            save(plan, staging, 3, Flags.FLAGGED);
        });
        if (delivered) {
            try (DiskFile file = disk.openWrite(FILE, false)) {
                file.append(ByteBuffer.wrap(DELIVERED.getBytes(StandardCharsets.US_ASCII)));
                file.sync();
            }
        }
        clock.advanceMillis(5_000);
        return disk;
    }

    private Map<Long, String> contents(Disk disk) throws IOException {
        Map<Long, String> found = new TreeMap<>();
        try (MailStore store = open(disk);
                Mailbox box = store.open(WORK)) {
            MailboxSnapshot table = box.snapshot();
            for (int row = 0; row < table.size(); row++) {
                try (InputStream in = box.body(new Uid(table.uid(row))).open()) {
                    found.put(
                            table.uid(row),
                            table.flags(row).settable() + "|" + table.keywords(row) + "|" + table.received(row) + "|"
                                    + new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
                }
            }
        }
        return found;
    }

    private static String body(String content) {
        return content.split("\\|", 4)[3];
    }

    private void crashEverywhere(boolean delivered, Change change) throws Exception {
        SimDisk first = mailbox(delivered);
        Map<Long, String> before = contents(first);
        SimDisk whole = first.copy();
        commit(whole, change);
        Map<Long, String> after = contents(whole);
        for (Moment moment : Moment.values()) {
            for (boolean power : new boolean[] {false, true}) {
                crashEverywhere(first, change, before, after, moment, power);
            }
        }
    }

    private void crashEverywhere(
            SimDisk first,
            Change change,
            Map<Long, String> before,
            Map<Long, String> after,
            Moment moment,
            boolean power)
            throws Exception {
        for (int n = 0; n < OPERATIONS_MAX; n++) {
            SimDisk disk = first.copy();
            FaultDisk faulty = new FaultDisk(disk).crashAt(n, moment);
            try {
                commit(faulty, change);
                if (faulty.changes() <= n) {
                    return;
                }
                continue;
            } catch (SimulatedCrash expected) {
                // The process is gone.
            }
            String where = moment + " operation " + n + " "
                    + faulty.log().get(faulty.log().size() - 1) + (power ? ", power loss" : "");
            SimDisk left = power ? disk.crash(new SplittableRandom(n)) : disk.copy();
            clock.advanceMillis(180_000);
            Map<Long, String> found = contents(left);
            for (Map.Entry<Long, String> mail : before.entrySet()) {
                boolean stays = after.containsKey(mail.getKey());
                String there = found.get(mail.getKey());
                assertTrue(!stays || there != null, where + ": UID " + mail.getKey() + " is lost");
                if (there != null && !body(there).equals(body(mail.getValue()))) {
                    assertEquals(body(after.getOrDefault(mail.getKey(), "|||")), body(there), where);
                }
            }
            if (!power) {
                for (Map.Entry<Long, String> mail : found.entrySet()) {
                    String known = before.getOrDefault(mail.getKey(), after.getOrDefault(mail.getKey(), "||| none"));
                    assertEquals(body(known), body(mail.getValue()), where + ": UID " + mail.getKey());
                }
            }
            try (MailStore store = open(left)) {
                store.tree();
                assertEquals(java.util.List.of(), leftovers(left, HOME.resolve("mail")), where + ": left behind");
            }
        }
        throw new AssertionError("commit does not end");
    }

    private static java.util.List<String> leftovers(Disk disk, DiskPath folder) throws IOException {
        java.util.List<String> left = new java.util.ArrayList<>();
        for (byte[] entry : disk.list(folder)) {
            DiskPath path = folder.resolve(entry);
            String name = new String(entry, StandardCharsets.US_ASCII);
            if (disk.stat(path).orElseThrow().isFolder()) {
                left.addAll(leftovers(disk, path));
            } else if (name.contains("twinbox") || name.equals("Work.lock")) {
                left.add(path.toString());
            }
        }
        return left;
    }

    @Test
    void anAppendIsWholeOrNotThere() throws Exception {
        for (boolean delivered : new boolean[] {false, true}) {
            crashEverywhere(delivered, (plan, staging) -> {
                save(plan, staging, 5, Flags.SEEN, "one");
                save(plan, staging, 6, Flags.FLAGGED);
                save(plan, staging, 7, 0);
            });
        }
    }

    @Test
    void flagsAndNewMailsTogether() throws Exception {
        crashEverywhere(true, (plan, staging) -> {
            plan.update(1, Values.of(60, DATE + 1).with(Flags.ANSWERED | Flags.DELETED, "two"));
            plan.update(2, Values.of(60, DATE + 2).with(Flags.SETTABLE));
            plan.update(4, Values.of(60, MailboxSnapshot.RECEIVED_UNKNOWN).with(Flags.SEEN, "one"));
            save(plan, staging, 6, Flags.FLAGGED);
        });
    }

    @Test
    void anExpungeTakesNothingElseAlong() throws Exception {
        crashEverywhere(true, (plan, staging) -> {
            plan.expunge(1, guid(1));
            plan.update(3, Values.of(60, DATE + 3).with(Flags.SEEN, "three"));
            save(plan, staging, 9, 0);
        });
    }

    @Test
    void everythingCanGo() throws Exception {
        crashEverywhere(true, (plan, staging) -> {
            for (long uid = 1; uid <= 4; uid++) {
                plan.expunge(uid, guid(uid));
            }
        });
    }

    @Test
    void aDiskThatRefusesLeavesTheMailboxAsItWas() throws Exception {
        Change change = (plan, staging) -> {
            plan.update(1, Values.of(60, DATE + 1).with(Flags.ANSWERED, "two"));
            save(plan, staging, 6, Flags.FLAGGED);
            save(plan, staging, 7, Flags.SEEN);
        };
        SimDisk first = mailbox(true);
        Map<Long, String> before = contents(first);
        for (Trouble trouble : Trouble.values()) {
            for (int n = 0; n < OPERATIONS_MAX; n++) {
                SimDisk disk = first.copy();
                FaultDisk faulty = new FaultDisk(disk).failAt(n, trouble, false);
                try {
                    commit(faulty, change);
                } catch (IOException expected) {
                    // Said.
                }
                if (faulty.changes() <= n) {
                    break;
                }
                String where =
                        trouble + " at operation " + n + " " + faulty.log().get(n);
                clock.advanceMillis(180_000);
                Map<Long, String> found = contents(disk);
                for (Map.Entry<Long, String> mail : before.entrySet()) {
                    assertEquals(body(mail.getValue()), body(found.getOrDefault(mail.getKey(), "|||lost")), where);
                }
                for (long uid : new long[] {6, 7}) {
                    if (found.containsKey(uid)) {
                        assertArrayEquals(
                                mail(uid),
                                body(found.getOrDefault(uid, "")).getBytes(StandardCharsets.US_ASCII),
                                where);
                    }
                }
            }
        }
    }
}
