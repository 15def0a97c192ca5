package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.disk.SimulatedCrash;
import dev.twinbox.engine.disk.SystemHost;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexHistory;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexTransaction;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Indexes that we wrote, in the eyes of a real Dovecot: it must see exactly what was meant, and say nothing. */
final class IndexForDovecotTest {
    private static final List<String> NAMES = List.of("$Forwarded", "Junk", "kw3", "kw4", "später");

    /** Steps of one replacement that change the disk; more than there are. */
    private static final int STEPS_MAX = 40;

    /** Records of 12 bytes that make a log long. */
    private static final int MANY = 90_000;

    private final SystemClock clock = new SystemClock();
    private final Disk disk = new RealDisk(clock);

    @TempDir
    Path temp;

    @BeforeEach
    void needsDovecot() throws IOException {
        assertTrue(IndexDovecot.isInstalled(), "doveadm is missing: run bin/test as root");
        // The server runs as somebody else.
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    // ---- what a mailbox is to be

    /** A mail as a test means it. */
    private record Meant(int flags, Keywords keywords, long modSeq) {}

    /** A mailbox as a test means it. */
    private record Plan(
            TreeMap<Long, Meant> mails,
            long uidValidity,
            long nextUid,
            long firstRecent,
            long highest,
            boolean tracking) {

        IndexState state(List<IndexExtension> extensions) throws IndexFormatException {
            IndexState.Builder builder = IndexState.builder()
                    .uidValidity(uidValidity)
                    .nextUid(nextUid)
                    .firstRecentUid(firstRecent)
                    .highestModSeq(highest)
                    .tracking(tracking);
            for (Map.Entry<Long, Meant> mail : mails.entrySet()) {
                Meant meant = mail.getValue();
                builder.add(mail.getKey(), meant.flags(), meant.keywords(), tracking ? meant.modSeq() : 0);
            }
            extensions.forEach(builder::extension);
            return builder.build();
        }
    }

    private static Plan random(SplittableRandom random, int mails) {
        TreeMap<Long, Meant> all = new TreeMap<>();
        boolean tracking = random.nextInt(4) != 0;
        long highest = 1;
        long uid = 0;
        for (int i = random.nextInt(mails + 1); i > 0; i--) {
            uid += random.nextLong(1, 30);
            long modSeq = random.nextLong(1, 5000);
            highest = Math.max(highest, modSeq);
            all.put(uid, new Meant(random.nextInt(32), keywords(random), modSeq));
        }
        long next = uid + random.nextLong(1, 5);
        return new Plan(
                all,
                random.nextLong(1, 1L << 32),
                next,
                random.nextLong(1, next + 1),
                highest + random.nextInt(3),
                tracking);
    }

    /** What a plan becomes by what happens in mailboxes. */
    private static Plan later(Plan plan, SplittableRandom random) {
        TreeMap<Long, Meant> mails = new TreeMap<>();
        long modSeq = plan.highest() + 10;
        for (Map.Entry<Long, Meant> mail : plan.mails().entrySet()) {
            switch (random.nextInt(4)) {
                case 0 -> mails.put(mail.getKey(), new Meant(random.nextInt(32), keywords(random), ++modSeq));
                case 1 -> {
                    // Expunged.
                }
                default -> mails.put(mail.getKey(), mail.getValue());
            }
        }
        long next = plan.nextUid();
        for (int i = random.nextInt(3); i > 0; i--) {
            mails.put(next++, new Meant(random.nextInt(32), keywords(random), ++modSeq));
        }
        return new Plan(mails, plan.uidValidity(), next, next, modSeq, plan.tracking());
    }

    private static Keywords keywords(SplittableRandom random) {
        List<String> names = new ArrayList<>();
        while (random.nextInt(3) == 0) {
            names.add(NAMES.get(random.nextInt(NAMES.size())));
        }
        return Keywords.of(names);
    }

    // ---- a Maildir without its index

    private static Path maildir(IndexDovecot dovecot) {
        return dovecot.home().resolve("Maildir");
    }

    /** Makes files and uidlist be as meant, whatever was there. */
    private static void writeMaildir(Path root, Plan plan) throws IOException {
        for (String sub : List.of("cur", "new", "tmp")) {
            Files.createDirectories(root.resolve(sub));
            try (var files = Files.list(root.resolve(sub))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
        StringBuilder list = new StringBuilder();
        list.append("3 V").append(plan.uidValidity()).append(" N").append(plan.nextUid());
        list.append(" G00112233445566778899aabbccddeeff\n");
        for (Map.Entry<Long, Meant> mail : plan.mails().entrySet()) {
            String base = "17" + mail.getKey() + ".M1P1.twinbox";
            list.append(mail.getKey()).append(" :").append(base).append('\n');
            Files.writeString(
                    root.resolve("cur").resolve(base + ":2," + letters(mail.getValue())),
                    "From: a@example.org\nSubject: " + mail.getKey() + "\n\nbody\n");
        }
        Files.writeString(root.resolve("dovecot-uidlist"), list.toString());
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < NAMES.size(); i++) {
            names.append(i).append(' ').append(NAMES.get(i)).append('\n');
        }
        Files.writeString(root.resolve("dovecot-keywords"), names.toString());
        // Well before now, so that the index may vouch for the folders.
        Files.setLastModifiedTime(root.resolve("cur"), FileTime.from(Instant.ofEpochSecond(1700000000, 5000)));
        Files.setLastModifiedTime(root.resolve("new"), FileTime.from(Instant.ofEpochSecond(1700000001, 7000)));
    }

    private static String letters(Meant mail) {
        StringBuilder letters = new StringBuilder();
        letters.append((mail.flags() & Flags.DRAFT) != 0 ? "D" : "");
        letters.append((mail.flags() & Flags.FLAGGED) != 0 ? "F" : "");
        letters.append((mail.flags() & Flags.ANSWERED) != 0 ? "R" : "");
        letters.append((mail.flags() & Flags.SEEN) != 0 ? "S" : "");
        letters.append((mail.flags() & Flags.DELETED) != 0 ? "T" : "");
        for (int i = 0; i < NAMES.size(); i++) {
            letters.append(mail.keywords().contains(NAMES.get(i)) ? String.valueOf((char) ('a' + i)) : "");
        }
        return letters.toString();
    }

    /** The header by which Dovecot knows that it need not look at the folders. */
    private List<IndexExtension> vouching(Path root) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
        for (String sub : List.of("new", "cur")) {
            var info = disk.stat(DiskPath.of(root.resolve(sub).toString())).orElseThrow();
            header.putInt((int) info.mtimeSeconds() + 2)
                    .putInt((int) info.mtimeSeconds())
                    .putInt(info.mtimeNanos());
        }
        var info = disk.stat(DiskPath.of(root.resolve("dovecot-uidlist").toString()))
                .orElseThrow();
        header.putInt((int) info.mtimeSeconds()).putInt(info.mtimeNanos()).putInt((int) info.size());
        return List.of(IndexExtension.ofHeader("maildir", header.array()));
    }

    private static IndexWriter lock(Disk disk, Path root) throws IOException {
        return IndexWriter.lock(
                disk, DiskPath.of(root.toString()), IndexReader.PREFIX, new SystemClock(), new SystemHost(), 1000);
    }

    private static byte[] guid(long uid) {
        byte[] guid = new byte[IndexTransaction.GUID_SIZE];
        ByteBuffer.wrap(guid).putLong(uid).putLong(77);
        return guid;
    }

    private void write(Path root, Plan plan, boolean vouch) throws IOException {
        writeMaildir(root, plan);
        try (IndexWriter writer = lock(disk, root)) {
            writer.replace(plan.state(vouch ? vouching(root) : List.of()), true, IndexForDovecotTest::guid);
        }
    }

    // ---- what Dovecot sees

    private static String meaning(Plan plan) {
        StringBuilder text = new StringBuilder();
        int unseen = 0;
        int recent = 0;
        for (Map.Entry<Long, Meant> mail : plan.mails().entrySet()) {
            text.append(mail.getKey()).append(' ');
            text.append(sorted(
                    new Flags(mail.getValue().flags()) + " " + mail.getValue().keywords()));
            text.append(' ')
                    .append(plan.tracking() ? mail.getValue().modSeq() : plan.highest())
                    .append('\n');
            unseen += (mail.getValue().flags() & Flags.SEEN) == 0 ? 1 : 0;
            recent += mail.getKey() >= plan.firstRecent() ? 1 : 0;
        }
        return String.format(
                Locale.ROOT,
                "{highestmodseq=%d, messages=%d, recent=%d, uidnext=%d, uidvalidity=%d, unseen=%d}%n%s",
                plan.highest(),
                plan.mails().size(),
                recent,
                plan.nextUid(),
                plan.uidValidity(),
                unseen,
                text);
    }

    private static String seen(IndexDovecot dovecot) throws Exception {
        StringBuilder text = new StringBuilder();
        text.append(dovecot.status("INBOX")).append('\n');
        for (Map.Entry<Long, String[]> row :
                dovecot.rows("INBOX", "uid flags modseq").entrySet()) {
            text.append(row.getKey()).append(' ');
            text.append(sorted(row.getValue()[1].replace("\\Recent", ""))).append(' ');
            text.append(row.getValue()[2]).append('\n');
        }
        return text.toString();
    }

    private static String sorted(String words) {
        String[] parts = words.strip().split(" +", -1);
        Arrays.sort(parts);
        return String.join(" ", parts);
    }

    /** The mailbox can still be used, silently. */
    private static void use(IndexDovecot dovecot, String what) throws Exception {
        long next = dovecot.number("INBOX", "uidnext");
        long highest = dovecot.number("INBOX", "highestmodseq");
        dovecot.save("INBOX", "new");
        Map<Long, String[]> rows = dovecot.rows("INBOX", "uid flags modseq");
        assertTrue(rows.containsKey(next), what);
        dovecot.doveadm("", "flags", "add", "\\Answered newkey", "mailbox", "INBOX", "uid", "1:*");
        dovecot.doveadm("", "expunge", "mailbox", "INBOX", "uid", Long.toString(next));
        assertEquals(rows.size() - 1, dovecot.rows("INBOX", "uid flags modseq").size(), what);
        assertTrue(dovecot.number("INBOX", "highestmodseq") > highest, what);
    }

    // ---- the tests

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void dovecotSeesANewIndexExactly(long seed) throws Exception {
        IndexDovecot dovecot = new IndexDovecot(temp, "maildir:~/Maildir", "");
        SplittableRandom random = new SplittableRandom(seed);
        Plan plan = random(random, 12);
        write(maildir(dovecot), plan, seed % 2 == 0);
        dovecot.giveAway();

        assertEquals(meaning(plan), seen(dovecot), "seed " + seed);
        use(dovecot, "seed " + seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void dovecotSeesReplacementsExactly(long seed) throws Exception {
        String extra = seed % 2 == 0 ? IndexAgainstDovecotTest.RESTLESS : "";
        IndexDovecot dovecot = new IndexDovecot(temp, "maildir:~/Maildir", extra);
        SplittableRandom random = new SplittableRandom(seed);
        Plan plan = random(random, 12);
        for (int step = 0; step < 4; step++) {
            write(maildir(dovecot), plan, random.nextBoolean());
            dovecot.giveAway();
            assertEquals(meaning(plan), seen(dovecot), "seed " + seed + " step " + step);
            if (random.nextBoolean()) {
                use(dovecot, "seed " + seed + " step " + step);
            }
            // Numbers may go down, or all may be different.
            plan = random.nextInt(3) == 0 ? random(random, 12) : later(plan, random);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void appendedRecordsAreDovecotsOwn(long seed) throws Exception {
        IndexDovecot dovecot = new IndexDovecot(temp, "maildir:~/Maildir", "");
        SplittableRandom random = new SplittableRandom(seed);
        Plan before = random(random, 12);
        Path root = maildir(dovecot);
        write(root, before, true);
        dovecot.giveAway();
        dovecot.rows("INBOX", "uid flags modseq");
        Plan after = later(before, random);
        writeMaildir(root, after);
        long highest;
        try (IndexWriter writer = lock(disk, root)) {
            IndexTransaction changes = new IndexTransaction();
            for (Map.Entry<Long, Meant> mail : before.mails().entrySet()) {
                Meant now = after.mails().get(mail.getKey());
                if (now == null) {
                    changes.expunge(mail.getKey(), guid(mail.getKey()));
                } else {
                    int then = mail.getValue().flags();
                    changes.flags(mail.getKey(), mail.getKey(), now.flags() & ~then, then & ~now.flags());
                }
            }
            after.mails().tailMap(before.nextUid()).forEach((uid, mail) -> changes.append(uid, mail.flags()));
            after.mails().forEach((uid, mail) -> {
                for (String name : NAMES) {
                    changes.keyword(name, mail.keywords().contains(name), uid, uid);
                }
            });
            changes.nextUid(after.nextUid()).firstRecentUid(after.firstRecent()).highestModSeq(after.highest() + 100);
            vouching(root).forEach(e -> changes.extensionHeader(e.name(), e.header()));
            highest = writer.append(changes, true);
        }
        dovecot.giveAway();

        Map<Long, String[]> rows = dovecot.rows("INBOX", "uid flags");
        for (Map.Entry<Long, Meant> mail : after.mails().entrySet()) {
            String meant = sorted(
                    new Flags(mail.getValue().flags()) + " " + mail.getValue().keywords());
            assertEquals(
                    meant,
                    sorted(Objects.requireNonNull(rows.get(mail.getKey()))[1].replace("\\Recent", "")),
                    "seed " + seed);
        }
        assertEquals(after.mails().keySet(), rows.keySet(), "seed " + seed);
        assertEquals(highest, dovecot.number("INBOX", "highestmodseq"), "seed " + seed);
        use(dovecot, "seed " + seed);
    }

    /** How an index is replaced. */
    private enum Way {
        /** The log goes on. */
        RESUMED,
        /** The log has become long. */
        ROTATED,
        /** UIDs mean other mails. */
        RESTATED
    }

    /** After a crash at any step the mailbox is as before or as afterwards, and Dovecot has no complaint. */
    @ParameterizedTest
    @EnumSource(Way.class)
    void aCrashAnywhereLeavesAnIndexThatDovecotReads(Way way) throws Exception {
        SplittableRandom random = new SplittableRandom(99);
        Plan before = random(random, 8);
        Plan wished = later(before, random);
        // Only the index differs, and the files let it speak: a crash test of the index alone.
        Plan after = way != Way.RESTATED
                ? wished
                : new Plan(wished.mails(), wished.uidValidity() ^ 1, wished.nextUid(), 1, wished.highest(), true);
        int done = 0;
        for (int step = 0; step < STEPS_MAX && done == 0; step++) {
            IndexDovecot dovecot =
                    new IndexDovecot(temp.resolve("s" + step), "sdbox:~/sdbox", IndexAgainstDovecotTest.RESTLESS);
            Path box = dovecot.home().resolve("sdbox/mailboxes/INBOX/dbox-Mails");
            prepareSdbox(dovecot, before);
            List<IndexExtension> own = new ArrayList<>();
            try (IndexWriter writer = lock(disk, box)) {
                writer.state().orElseThrow().extension("dbox-hdr").ifPresent(own::add);
                writer.replace(before.state(own), true, IndexForDovecotTest::guid);
            }
            dovecot.giveAway();
            String old = rowsOnly(seen(dovecot));
            if (way == Way.ROTATED) {
                lengthen(box);
            }
            done = crash(box, after.state(own), step) ? 0 : step;
            dovecot.giveAway();
            String what = "step " + step;
            String now = rowsOnly(seen(dovecot));
            String wanted = rowsOnly(meaning(after));
            assertTrue(
                    now.equals(old) || now.equals(wanted),
                    () -> what + ": " + now + " is neither " + old + " nor " + wanted);
            if (done != 0) {
                assertEquals(meaning(after), seen(dovecot), what);
            }
            for (long uid = dovecot.number("INBOX", "uidnext"); uid < after.nextUid() + 3; uid++) {
                Files.deleteIfExists(box.resolve("u." + uid));
            }
            use(dovecot, what);
            removeAll(temp.resolve("s" + step));
        }
        assertTrue(done > (way == Way.RESUMED ? 3 : 5), "steps: " + done);
    }

    private void lengthen(Path box) throws IOException {
        IndexTransaction nothing = new IndexTransaction();
        for (int i = 0; i < MANY; i++) {
            nothing.modSeq(0, 1);
        }
        try (IndexWriter writer = lock(disk, box)) {
            writer.append(nothing, false);
        }
    }

    /** Where there is no log, its maker keeps others from making one. If he dies, a Dovecot must not wait for him. */
    @Test
    void aMakerOfAnIndexWhoDiedKeepsNobodyWaiting() throws Exception {
        Plan plan = random(new SplittableRandom(7), 6);
        Host dead = deadProcess();
        int met = 0;
        boolean done = false;
        for (int step = 0; step < STEPS_MAX && !done; step++) {
            // Longer than it may take, shorter than a Dovecot would wait else.
            IndexDovecot dovecot = new IndexDovecot(
                    temp.resolve("s" + step), "maildir:~/Maildir", "mail_max_lock_timeout = 20 secs\n");
            Path root = maildir(dovecot);
            writeMaildir(root, plan);
            FaultDisk faulty = new FaultDisk(disk).crashAt(step, FaultDisk.Moment.AFTER);
            try (IndexWriter writer = IndexWriter.lock(
                    faulty, DiskPath.of(root.toString()), IndexReader.PREFIX, new SystemClock(), dead, 1000)) {
                writer.replace(plan.state(List.of()), true, IndexForDovecotTest::guid);
                done = step >= faulty.changes();
            } catch (SimulatedCrash e) {
                met += Files.exists(root.resolve("dovecot.index.log.newlock")) ? 1 : 0;
            }
            dovecot.giveAway();
            assertEquals(plan.mails().keySet(), dovecot.rows("INBOX", "uid").keySet(), "step " + step);
            dovecot.save("INBOX", "goes on");
            // Of whatever is left we are not in each other's way, either.
            try (IndexWriter writer = lock(disk, root)) {
                assertTrue(writer.canAppend(), "step " + step);
            }
        }
        assertTrue(done && met >= 5, "died with the lock at " + met + " steps");
    }

    /** This machine, as a process that is no more saw it. */
    private static Host deadProcess() throws Exception {
        Process process = new ProcessBuilder("true").start();
        long pid = process.pid();
        process.waitFor();
        SystemHost here = new SystemHost();
        return new Host() {
            @Override
            public String name() {
                return here.name();
            }

            @Override
            public long pid() {
                return pid;
            }

            @Override
            public boolean isAlive(long other) {
                return here.isAlive(other);
            }
        };
    }

    /** UIDs and flags: a crash may leave other modseqs. */
    private static String rowsOnly(String seen) {
        StringBuilder text = new StringBuilder();
        seen.lines().skip(1).forEach(line -> text.append(line, 0, line.lastIndexOf(' '))
                .append('\n'));
        return text.toString();
    }

    /** Mail files for all UIDs that a test may speak of. */
    private static void prepareSdbox(IndexDovecot dovecot, Plan plan) throws Exception {
        dovecot.save("INBOX", "one");
        Path box = dovecot.home().resolve("sdbox/mailboxes/INBOX/dbox-Mails");
        for (long uid = 2; uid < plan.nextUid() + 3; uid++) {
            Files.copy(box.resolve("u.1"), box.resolve("u." + uid));
        }
    }

    /** Replaces the content and dies behind a step; false if there are no more steps. */
    private boolean crash(Path box, IndexState content, int step) throws IOException {
        FaultDisk faulty = new FaultDisk(disk).crashAt(step, FaultDisk.Moment.AFTER);
        try (IndexWriter writer = lock(faulty, box)) {
            writer.replace(content, true, IndexForDovecotTest::guid);
            // A step that fails by itself, such as removing what is not there, does not count as one to die behind.
            return step < faulty.changes();
        } catch (SimulatedCrash e) {
            return true;
        }
    }

    private static void removeAll(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Test
    void ourHistoryAndDovecotsOfOurReplacementAgree() throws Exception {
        IndexDovecot dovecot = new IndexDovecot(temp, "maildir:~/Maildir", "");
        SplittableRandom random = new SplittableRandom(5);
        Plan before = random(random, 20);
        before = new Plan(before.mails(), before.uidValidity(), before.nextUid(), 1, before.highest(), true);
        Path root = maildir(dovecot);
        write(root, before, true);
        Plan after = later(before, random);
        write(root, after, true);
        dovecot.giveAway();

        IndexHistory history = IndexHistory.since(
                        disk, DiskPath.of(root.toString()), IndexReader.PREFIX, before.highest())
                .orElseThrow();
        List<Long> gone = new ArrayList<>(before.mails().keySet());
        gone.removeAll(after.mails().keySet());
        assertEquals(
                gone, history.expunges().stream().map(IndexHistory.Expunge::uid).toList());
        history.expunges()
                .forEach(e -> assertEquals(HexFormat.of().formatHex(guid(e.uid())), e.guid(), "uid " + e.uid()));
        String answer = dovecot.imap("a enable qresync\r\nb examine INBOX\r\nc uid fetch 1:* (uid) (changedsince "
                + before.highest() + " vanished)\r\nd logout\r\n");
        String vanished = answer.lines()
                .filter(line -> line.startsWith("* VANISHED (EARLIER) "))
                .findFirst()
                .orElse("");
        for (long uid : gone) {
            assertTrue(vanished.matches(".*[ ,:]" + uid + "([,:].*)?"), vanished + " lacks " + uid);
        }
    }

    private static Plan three(long highest) {
        TreeMap<Long, Meant> mails = new TreeMap<>();
        for (long uid = 1; uid <= 3; uid++) {
            mails.put(uid, new Meant(0, Keywords.NONE, 2 + uid));
        }
        return new Plan(mails, 77, 4, 4, highest, true);
    }

    @Test
    void anOpenSessionSeesAReplacementThatGoesUp() throws Exception {
        IndexDovecot dovecot = new IndexDovecot(temp, "maildir:~/Maildir", "");
        Path root = maildir(dovecot);
        write(root, three(5), true);
        dovecot.giveAway();
        try (IndexDovecot.Live session = dovecot.open()) {
            session.command("SELECT INBOX");
            Plan after = three(20);
            after.mails().remove(2L);
            after.mails().put(1L, new Meant(Flags.FLAGGED, Keywords.of(List.of("kw3")), 19));
            after.mails().put(4L, new Meant(Flags.SEEN, Keywords.NONE, 20));
            after = new Plan(after.mails(), 77, 5, 5, 20, true);
            write(root, after, true);
            dovecot.giveAway();

            String news = session.command("NOOP");
            assertTrue(news.contains("* 2 EXPUNGE"), news);
            assertTrue(news.contains("* 3 EXISTS"), news);
            assertTrue(news.contains("* 1 FETCH (FLAGS (\\Flagged kw3)"), news);
            assertTrue(!news.contains("Error") && !news.contains("Warning"), news);
            String stored = session.command("UID STORE 4 +FLAGS (\\Draft newkey)");
            assertTrue(stored.contains("FLAGS (\\Seen \\Draft newkey"), stored);
            session.command("LOGOUT");

            after.mails().put(4L, new Meant(Flags.SEEN | Flags.DRAFT, Keywords.of(List.of("newkey")), 22));
            assertEquals(meaning(new Plan(after.mails(), 77, 5, 5, 22, true)), seen(dovecot));
        }
    }

    @Test
    void anOpenSessionHasToLoginAgainIfNumbersGoDown() throws Exception {
        IndexDovecot dovecot = new IndexDovecot(temp, "maildir:~/Maildir", "");
        Path root = maildir(dovecot);
        write(root, three(500), true);
        dovecot.giveAway();
        try (IndexDovecot.Live session = dovecot.open()) {
            session.command("SELECT INBOX");
            Plan after = three(6);
            write(root, after, true);
            dovecot.giveAway();

            String news = session.command("NOOP");
            assertTrue(news.contains("BYE IMAP session state is inconsistent"), news);
            assertEquals(meaning(after), seen(dovecot));
        }
    }
}
