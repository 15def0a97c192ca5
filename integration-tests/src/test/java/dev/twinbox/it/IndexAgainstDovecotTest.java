package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.index.IndexHistory;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.protocol.item.Flags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our reading of indexes that a real Dovecot wrote, against Dovecot's own. */
final class IndexAgainstDovecotTest {
    private static final List<String> BOXES = List.of("INBOX", "Work", "Old");
    private static final List<String> WORDS =
            List.of("\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "\\Draft", "$Forwarded", "Junk", "kw3", "kw4");

    /** Makes Dovecot rewrite snapshots and rotate logs all the time. */
    static final String RESTLESS = """
            mail_index_rewrite_min_log_bytes = 200
            mail_index_rewrite_max_log_bytes = 400
            mail_index_log_rotate_min_size = 900
            mail_index_log_rotate_max_size = 1500
            mail_index_log_rotate_min_age = 0
            """;

    private final Disk disk = new RealDisk(new SystemClock());

    @TempDir
    Path temp;

    @BeforeEach
    void needsDovecot() {
        assertTrue(IndexDovecot.isInstalled(), "doveadm is missing: run bin/test as root");
    }

    @ParameterizedTest
    @CsvSource({
        "maildir:~/Maildir, 1, false",
        "maildir:~/Maildir, 2, true",
        "sdbox:~/sdbox, 3, false",
        "sdbox:~/sdbox, 4, true",
        "maildir:~/Maildir, 5, true",
        "mdbox:~/mdbox, 6, true"
    })
    void readsWhatDovecotWrote(String location, long seed, boolean restless) throws Exception {
        IndexDovecot dovecot = new IndexDovecot(temp, location, restless ? RESTLESS : "");
        SplittableRandom random = new SplittableRandom(seed);
        for (String box : BOXES.subList(1, BOXES.size())) {
            dovecot.doveadm("", "mailbox", "create", box);
        }
        boolean tracked = seed % 2 == 1;
        for (String box : tracked ? BOXES : List.<String>of()) {
            dovecot.save(box, "first");
            dovecot.rows(box, "uid modseq");
        }
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 25; i++) {
                live(dovecot, random);
            }
            for (String box : BOXES) {
                compare(dovecot, box, "seed " + seed + " round " + round + " " + box);
            }
        }
        for (String box : BOXES) {
            compareHistory(dovecot, box, random, tracked, "seed " + seed + " " + box);
        }
    }

    private static void live(IndexDovecot dovecot, SplittableRandom random) throws Exception {
        String box = BOXES.get(random.nextInt(BOXES.size()));
        String other = BOXES.get(random.nextInt(BOXES.size()));
        String uid = Integer.toString(1 + random.nextInt(12));
        switch (random.nextInt(9)) {
            case 0, 1, 2 -> dovecot.save(box, "x" + random.nextInt(1000));
            case 3 -> dovecot.doveadm("", "flags", "add", words(random), "mailbox", box, "uid", uid);
            case 4 -> dovecot.doveadm("", "flags", "remove", words(random), "mailbox", box, "uid", uid + ":*");
            case 5 -> dovecot.doveadm("", "flags", "replace", words(random), "mailbox", box, "uid", uid);
            case 6 -> dovecot.doveadm("", "expunge", "mailbox", box, "uid", uid);
            case 7 -> dovecot.doveadm("", random.nextBoolean() ? "copy" : "move", other, "mailbox", box, "uid", uid);
            default -> dovecot.doveadm("", "-f", "tab", "fetch", "uid flags modseq guid", "mailbox", box);
        }
    }

    private static String words(SplittableRandom random) {
        StringBuilder words = new StringBuilder();
        do {
            words.append(words.length() == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
        } while (random.nextBoolean());
        return words.toString();
    }

    private void compare(IndexDovecot dovecot, String box, String what) throws Exception {
        // Makes Dovecot take notice of everything before the files are copied.
        dovecot.doveadm("", "-f", "tab", "fetch", "uid flags", "mailbox", box);
        Path copy = copyIndex(dovecot, box);
        Map<String, Long> status = dovecot.status(box);
        Map<Long, String[]> rows = dovecot.rows(box, "uid flags modseq");

        IndexState state = IndexReader.read(disk, DiskPath.of(copy.toString()), IndexReader.PREFIX)
                .orElseThrow();
        assertNull(state.damage(), what);
        assertEquals(status.get("messages"), (long) state.size(), what);
        assertEquals(status.get("uidnext"), state.header().nextUid(), what);
        assertEquals(status.get("uidvalidity"), state.header().uidValidity(), what);
        assertEquals(status.get("highestmodseq"), state.highestModSeq(), what);
        int recent = 0;
        int unseen = 0;
        for (int row = 0; row < state.size(); row++) {
            String[] theirs = rows.get(state.uid(row));
            assertNotNull(theirs, what);
            String mine = state.keywords(row) + " " + new Flags(state.flags(row) & Flags.SETTABLE);
            assertEquals(sorted(theirs[1].replace("\\Recent", "")), sorted(mine), what + " uid " + state.uid(row));
            assertEquals(theirs[2], Long.toString(state.modSeq(row)), what + " uid " + state.uid(row));
            recent += state.uid(row) >= state.header().firstRecentUid() ? 1 : 0;
            unseen += (state.flags(row) & Flags.SEEN) == 0 ? 1 : 0;
        }
        assertEquals(status.get("recent"), (long) recent, what);
        assertEquals(status.get("unseen"), (long) unseen, what);
        IndexState header = IndexReader.readHeader(disk, DiskPath.of(copy.toString()), IndexReader.PREFIX)
                .orElseThrow();
        assertEquals(state.highestModSeq(), header.highestModSeq(), what);
        assertEquals(state.header().nextUid(), header.header().nextUid(), what);
        assertEquals(state.header().uidValidity(), header.header().uidValidity(), what);
    }

    private void compareHistory(IndexDovecot dovecot, String box, SplittableRandom random, boolean tracked, String what)
            throws Exception {
        dovecot.doveadm("", "-f", "tab", "fetch", "uid flags modseq", "mailbox", box);
        Path copy = copyIndex(dovecot, box);
        DiskPath folder = DiskPath.of(copy.toString());
        long highest =
                IndexReader.read(disk, folder, IndexReader.PREFIX).orElseThrow().highestModSeq();
        int checked = 0;
        for (int i = 0; i < 8; i++) {
            long since = i == 0 ? highest : random.nextLong(1, highest + 1);
            Optional<IndexHistory> found = IndexHistory.since(disk, folder, IndexReader.PREFIX, since);
            if (found.isEmpty()) {
                continue;
            }
            IndexHistory history = found.get();
            TreeSet<Long> gone = new TreeSet<>();
            history.expunges().forEach(e -> gone.add(e.uid()));
            TreeSet<Long> changed = new TreeSet<>();
            for (int row = 0; row < history.state().size(); row++) {
                if (history.isChanged(row)) {
                    changed.add(history.state().uid(row));
                }
            }
            String answer = dovecot.imap("a enable qresync\r\nb examine " + box
                    + "\r\nc uid fetch 1:* (uid) (changedsince " + since + " vanished)\r\nd logout\r\n");
            assertEquals(vanished(answer), gone, what + " since " + since);
            if (tracked) {
                assertEquals(fetched(answer), changed, what + " since " + since);
            }
            checked++;
        }
        assertTrue(checked > 0, what);
    }

    private static Set<Long> vanished(String answer) {
        Set<Long> uids = new TreeSet<>();
        String mark = "* VANISHED (EARLIER) ";
        answer.lines().filter(line -> line.startsWith(mark)).forEach(line -> {
            for (String part : line.substring(mark.length()).strip().split(",", -1)) {
                String[] ends = part.split(":", -1);
                for (long uid = Long.parseLong(ends[0]); uid <= Long.parseLong(ends[ends.length - 1]); uid++) {
                    uids.add(uid);
                }
            }
        });
        return uids;
    }

    private static Set<Long> fetched(String answer) {
        Set<Long> uids = new TreeSet<>();
        answer.lines().filter(line -> line.contains(" FETCH (UID ")).forEach(line -> {
            String rest = line.substring(line.indexOf("(UID ") + 5);
            uids.add(Long.parseLong(rest.substring(0, rest.indexOf(' '))));
        });
        return uids;
    }

    private static String sorted(String words) {
        String[] parts = words.strip().split(" +", -1);
        Arrays.sort(parts);
        return String.join(" ", parts);
    }

    private Path copyIndex(IndexDovecot dovecot, String box) throws Exception {
        Path copy = temp.resolve("copy");
        if (Files.exists(copy)) {
            for (Path file : files(copy)) {
                Files.delete(file);
            }
        }
        Files.createDirectories(copy);
        for (Path file : files(folder(dovecot, box))) {
            if (file.getFileName().toString().startsWith("dovecot.index")) {
                Files.copy(file, copy.resolve(file.getFileName().toString()));
            }
        }
        return copy;
    }

    private static Path folder(IndexDovecot dovecot, String box) {
        Path maildir = dovecot.home().resolve("Maildir");
        if (Files.exists(maildir)) {
            return box.equals("INBOX") ? maildir : maildir.resolve("." + box);
        }
        Path sdbox = dovecot.home().resolve("sdbox");
        Path root = Files.exists(sdbox) ? sdbox : dovecot.home().resolve("mdbox");
        return root.resolve("mailboxes").resolve(box).resolve("dbox-Mails");
    }

    private static List<Path> files(Path folder) throws Exception {
        try (Stream<Path> all = Files.list(folder)) {
            return new ArrayList<>(all.filter(Files::isRegularFile).toList());
        }
    }
}
