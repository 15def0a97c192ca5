package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.disk.SystemHost;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountOpening;
import dev.twinbox.engine.storage.dbox.MdboxStore;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An mdbox that a real Dovecot and we use in turn: each sees what the other meant, and nobody complains. */
final class MdboxAgainstDovecotTest {
    private static final MailboxName WORK = MailboxName.parse("Work", '/');
    private static final String WORK_GUID = "00112233445566778899aabbccddeeff";
    private static final long VALIDITY = 1_700_000_123;
    private static final long DATE = 1_600_000_000;
    private static final String HEX = "0123456789abcdef0123456789abcde";
    private static final MailGuid ONE = new MailGuid(HEX + "1");
    private static final MailGuid TWO = new MailGuid("1700.M1P1.host,S=9");
    private static final MailGuid THREE = new MailGuid(HEX + "3");
    private static final String FIELDS =
            "uid guid flags date.received.unixtime pop3.uidl pop3.order size.virtual hdr.subject";

    /** Steps of one commit that change the disk; more than there are. */
    private static final int STEPS_MAX = 200;

    /** Every so many of them are tried on each build; all with {@code TWINBOX_ALL=1}. */
    private static final int STRIDE = "1".equals(System.getenv("TWINBOX_ALL")) ? 1 : 5;

    private final SystemClock clock = new SystemClock();
    private final Disk disk = new RealDisk(clock);

    @TempDir
    Path temp;

    @BeforeEach
    void needsDovecot() throws IOException {
        assertTrue(IndexDovecot.isInstalled(), "doveadm is missing: run bin/test as root");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private MailStore open(Disk through, IndexDovecot dovecot, boolean readOnly) {
        return MdboxStore.open(new AccountOpening(
                through,
                AccountLocation.of(
                        AccountLocation.Format.MDBOX,
                        DiskPath.of(dovecot.home().resolve("mdbox").toString())),
                "mdbox",
                readOnly,
                Durability.NEVER,
                1_000,
                clock,
                new SystemHost(),
                StoreReport.NONE,
                null));
    }

    private static MailBody body(String subject) {
        byte[] bytes = ("From: a@example.org\nSubject: " + subject + "\n\nbody\n").getBytes(StandardCharsets.UTF_8);
        return () -> new ByteArrayInputStream(bytes);
    }

    private static MailboxPlan.Target target(MailboxSnapshot basis, long uidNext) {
        return new MailboxPlan.Target(
                basis.status().guid(),
                basis.status().uidValidity(),
                uidNext,
                1,
                basis.status().highestModSeq() + 20,
                false);
    }

    private static MailboxPlan.Save save(long uid, MailGuid guid, int flags, List<String> keywords, long received) {
        return new MailboxPlan.Save(uid, guid, new Flags(flags), Keywords.of(keywords), 0, received, "test");
    }

    /** Two mails to INBOX; one of them is copied there, and to Work. Then another one in Work goes. */
    private void write(Disk through, IndexDovecot dovecot) throws IOException {
        try (MailStore store = open(through, dovecot, false)) {
            try (Mailbox inbox = store.open(MailboxName.INBOX);
                    Mailbox work = store.open(WORK)) {
                fillInbox(inbox);
                fillWork(work, inbox);
            }
            store.flush();
        }
    }

    private void createWork(IndexDovecot dovecot) throws IOException {
        MailboxGuid guid = MailboxGuid.ofBytes(HexFormat.of().parseHex(WORK_GUID), 0);
        try (MailStore store = open(disk, dovecot, false)) {
            store.apply(new TreeChange.Create(WORK, guid, VALIDITY));
            store.flush();
        }
    }

    private static void fillInbox(Mailbox inbox) throws IOException {
        MailboxSnapshot basis = inbox.snapshot();
        if (!basis.rowsOf(Set.of(ONE)).isEmpty()) {
            return;
        }
        long next = basis.status().uidNext();
        try (Staging staging = inbox.stage()) {
            staging.save(ONE, body("one"), DATE + 5, new Mailbox.Pop3("uidl-1", 7));
            staging.save(TWO, body("two"), DATE + 6, Mailbox.Pop3.NONE);
            List<MailboxPlan.Step> steps = List.of(
                    save(next, ONE, Flags.SEEN, List.of("$Forwarded", "work"), DATE + 5),
                    save(next + 1, TWO, Flags.FLAGGED, List.of(), DATE + 6),
                    new MailboxPlan.Copy(
                            1, next + 2, Flags.NONE, Keywords.NONE, 0, MailboxSnapshot.RECEIVED_UNKNOWN, "test"),
                    new MailboxPlan.Expunge(2, basis.guid(basis.rowOf(2)), "test"));
            assertEquals(Staging.Result.DONE, staging.commit(basis, new MailboxPlan(target(basis, next + 4), steps)));
        }
    }

    private static void fillWork(Mailbox work, Mailbox inbox) throws IOException {
        MailboxSnapshot there = inbox.snapshot();
        MailboxSnapshot basis = work.snapshot();
        if (basis.size() > 0) {
            return;
        }
        Uid uid = new Uid(
                there.uid(Objects.requireNonNull(there.rowsOf(Set.of(ONE)).get(ONE))));
        try (Staging staging = work.stage()) {
            staging.save(ONE, inbox.body(uid), inbox.received(uid), inbox.pop3(uid));
            staging.save(THREE, body("three"), DATE + 3, Mailbox.Pop3.NONE);
            List<MailboxPlan.Step> steps = List.of(
                    save(3, ONE, 0, List.of(), MailboxSnapshot.RECEIVED_UNKNOWN),
                    save(4, THREE, 0, List.of("three"), DATE + 3));
            assertEquals(Staging.Result.DONE, staging.commit(basis, new MailboxPlan(target(basis, 9), steps)));
        }
    }

    private IndexDovecot begun(String name) throws Exception {
        Path root = temp.resolve(name);
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        IndexDovecot dovecot = new IndexDovecot(root, "mdbox:~/mdbox", "");
        for (int i = 1; i <= 4; i++) {
            dovecot.save("INBOX", "old " + i);
        }
        return dovecot;
    }

    private static String text(Map<Long, String[]> rows) {
        StringBuilder text = new StringBuilder();
        rows.values().forEach(row -> text.append(String.join("|", row)).append('\n'));
        return text.toString();
    }

    private static long files(IndexDovecot dovecot) throws IOException {
        try (Stream<Path> all = Files.list(dovecot.home().resolve("mdbox/storage"))) {
            return all.filter(file -> file.getFileName().toString().startsWith("m."))
                    .count();
        }
    }

    private static void assertGoesOn(IndexDovecot dovecot) throws Exception {
        dovecot.save("INBOX", "next");
        dovecot.doveadm("", "flags", "add", "\\Answered", "mailbox", "INBOX", "uid", "1");
        dovecot.doveadm("", "copy", "Trash", "mailbox", "INBOX", "subject", "next");
        dovecot.doveadm("", "expunge", "mailbox", "INBOX", "subject", "next");
        dovecot.doveadm("", "purge");
        assertEquals(1, dovecot.rows("Trash", "uid hdr.subject").size());
        dovecot.doveadm("", "expunge", "mailbox", "Trash", "all");
        dovecot.doveadm("", "purge");
        dovecot.doveadm("", "fetch", "text", "mailbox", "INBOX");
    }

    @Test
    void whatWeWriteIsDovecotsOwn() throws Exception {
        IndexDovecot dovecot = begun("written");
        Map<Long, String[]> old = dovecot.rows("INBOX", FIELDS);
        createWork(dovecot);
        write(disk, dovecot);
        dovecot.giveAway();

        Map<Long, String[]> inbox = dovecot.rows("INBOX", FIELDS);
        assertEquals(List.of(1L, 3L, 4L, 5L, 6L, 7L), new ArrayList<>(inbox.keySet()));
        assertEquals(String.join("|", row(old, 3)), String.join("|", row(inbox, 3)));
        assertEquals(
                "5|" + HEX + "1|\\Seen \\Recent $Forwarded work|" + (DATE + 5) + "|uidl-1|7|43|one",
                String.join("|", row(inbox, 5)));
        assertEquals("1700.M1P1.host,S=9", row(inbox, 6)[1]);
        assertEquals(row(inbox, 1)[1], row(inbox, 7)[1]);
        Map<Long, String[]> work = dovecot.rows("Work", FIELDS + " mailbox-guid");
        assertEquals(
                "3|" + HEX + "1|\\Recent|" + (DATE + 5) + "|uidl-1|7|43|one|" + WORK_GUID,
                String.join("|", row(work, 3)));
        assertEquals(VALIDITY, dovecot.number("Work", "uidvalidity"));
        assertEquals(9, dovecot.number("Work", "uidnext"));
        assertEquals(2, files(dovecot) - 1, "Dovecot's file and one for each commit");

        String before = text(dovecot.rows("INBOX", FIELDS)) + text(dovecot.rows("Work", FIELDS));
        dovecot.resync("INBOX");
        assertEquals(before, text(dovecot.rows("INBOX", FIELDS)) + text(dovecot.rows("Work", FIELDS)));
        dovecot.doveadm("", "mailbox", "create", "Trash");
        assertGoesOn(dovecot);
        dovecot.doveadm("", "expunge", "mailbox", "INBOX", "uid", "4,6");
        String left = text(dovecot.rows("INBOX", FIELDS));
        try (MailStore store = open(disk, dovecot, false)) {
            assertEquals(2, store.purge());
        }
        dovecot.giveAway();
        assertEquals(left, text(dovecot.rows("INBOX", FIELDS)));
        dovecot.doveadm("", "fetch", "text", "mailbox", "INBOX");
        assertGoesOn(dovecot);
        dovecot.resync("INBOX");
        assertEquals(left, text(dovecot.rows("INBOX", FIELDS)));
    }

    @Test
    void fileThatDovecotAppendsToIsNotPurged() throws Exception {
        IndexDovecot dovecot = begun("locked");
        dovecot.doveadm("", "expunge", "mailbox", "INBOX", "uid", "1");
        Path file = dovecot.home().resolve("mdbox/storage/m.1");
        Process other = new ProcessBuilder("flock", "-x", file.toString(), "sh", "-c", "echo held; exec cat")
                .redirectErrorStream(true)
                .start();
        try (MailStore store = open(disk, dovecot, false)) {
            assertEquals("held", new String(other.getInputStream().readNBytes(4), StandardCharsets.US_ASCII));
            assertEquals(0, store.purge());
            assertTrue(Files.exists(file));
            other.getOutputStream().close();
            other.waitFor();
            assertEquals(1, store.purge());
        } finally {
            other.destroy();
        }
    }

    private static String[] row(Map<Long, String[]> rows, long uid) {
        return Objects.requireNonNull(rows.get(uid), () -> "no UID " + uid + " in " + rows.keySet());
    }

    @Test
    void whateverWeDieAtDovecotGoesOnAndSoDoWe() throws Exception {
        for (int step = 0; step < STEPS_MAX; step += STRIDE) {
            IndexDovecot dovecot = begun("crash" + step);
            dovecot.doveadm("", "mailbox", "create", "Trash");
            createWork(dovecot);
            FaultDisk faulty = new FaultDisk(disk).crashAt(step, FaultDisk.Moment.AFTER);
            boolean died = false;
            try {
                write(faulty, dovecot);
            } catch (SimulatedCrash expected) {
                died = true;
            }
            dovecot.giveAway();
            String where = "after operation " + step;
            Map<Long, String[]> inbox = dovecot.rows("INBOX", "uid hdr.subject");
            for (long uid : List.of(1L, 3L, 4L)) {
                assertEquals("old " + uid, row(inbox, uid)[1], where);
            }
            assertGoesOn(dovecot);
            write(disk, dovecot);
            dovecot.giveAway();
            assertEquals(2, dovecot.rows("Work", "uid").size(), where);
            assertEquals(1, subjects(dovecot, "one"), where);
            assertGoesOn(dovecot);
            dovecot.resync("INBOX");
            assertEquals(2, dovecot.rows("Work", "uid").size(), where + " and a repair");
            assertEquals(1, subjects(dovecot, "one"), where + " and a repair");
            if (!died) {
                return;
            }
        }
        throw new AssertionError("it does not end");
    }

    private static long subjects(IndexDovecot dovecot, String subject) throws Exception {
        return dovecot.rows("INBOX", "uid hdr.subject").values().stream()
                .filter(row -> row[1].equals(subject))
                .count();
    }

    @Test
    void whatDovecotWritesIsRead() throws Exception {
        Path root = temp.resolve("read");
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        IndexDovecot dovecot = new IndexDovecot(root, "mdbox:~/mdbox:ALT=~/alt", "mdbox_rotate_size = 1k\n");
        dovecot.doveadm("", "mailbox", "create", "Work");
        for (int i = 1; i <= 20; i++) {
            dovecot.save("INBOX", "mail " + i);
        }
        dovecot.doveadm("", "flags", "add", "\\Seen later", "mailbox", "INBOX", "uid", "3:9");
        dovecot.doveadm("", "copy", "Work", "mailbox", "INBOX", "uid", "5:12");
        dovecot.doveadm("", "expunge", "mailbox", "INBOX", "uid", "1:2,8:10");
        dovecot.doveadm("", "altmove", "mailbox", "INBOX", "uid", "11:14");
        assertRead(dovecot);
        dovecot.doveadm("", "expunge", "mailbox", "Work", "uid", "3:6");
        dovecot.doveadm("", "purge");
        assertRead(dovecot);
    }

    private void assertRead(IndexDovecot dovecot) throws Exception {
        try (MailStore store = open(disk, dovecot, true)) {
            for (String name : List.of("INBOX", "Work")) {
                Map<Long, String> seen = new TreeMap<>();
                try (Mailbox box = store.open(MailboxName.parse(name, '/'))) {
                    MailboxSnapshot table = box.snapshot();
                    for (int row = 0; row < table.size(); row++) {
                        Uid uid = new Uid(table.uid(row));
                        seen.put(uid.value(), line(box, table, row));
                    }
                    assertEquals(dovecot.number(name, "uidnext"), table.status().uidNext());
                    assertEquals(
                            dovecot.number(name, "highestmodseq"),
                            table.status().highestModSeq());
                }
                Map<Long, String> meant = new TreeMap<>();
                dovecot.rows(name, "uid guid date.received.unixtime size.virtual hdr.subject")
                        .forEach((uid, row) -> meant.put(
                                uid, String.join("|", Arrays.asList(row).subList(1, row.length))));
                assertEquals(meant, seen, name);
            }
            assertEquals(null, store.damage());
        }
    }

    private static String line(Mailbox box, MailboxSnapshot table, int row) throws IOException {
        Uid uid = new Uid(table.uid(row));
        try (InputStream in = box.body(uid).open()) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String subject = text.substring(text.indexOf("Subject: ") + 9, text.indexOf("\n\n"));
            return table.guid(row) + "|" + box.received(uid) + "|" + box.virtualSize(uid) + "|" + subject;
        }
    }
}
