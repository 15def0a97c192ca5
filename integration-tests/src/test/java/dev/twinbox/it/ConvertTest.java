package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code twinbox convert}, with a real Dovecot that uses the mail all the while. */
class ConvertTest extends TwinboxTest {
    private static final int MAILS = 120;

    private final Account old = Account.maildir(sandbox, "old");
    private final Account fresh = Account.at(sandbox, "new", "mdbox:~/mdbox");

    private Ran convert(Object... options) {
        Object[] words = new Object[options.length + 5];
        words[0] = "convert";
        words[1] = "--settle";
        words[2] = "0";
        System.arraycopy(options, 0, words, 3, options.length);
        words[options.length + 3] = old.location();
        words[options.length + 4] = fresh.location();
        return twinbox.run(words);
    }

    @Test
    @Tag("F186")
    @Tag("F189")
    @Tag("F190")
    @Tag("F191")
    void everyMailIsThereOnceWhenTheServerSwitchedInTheMiddle() {
        Storm.prepare(old, MAILS);
        Storm storm = new Storm(old, 1).start();
        Path seen = sandbox.path("seen");
        // The switch itself: everybody who uses the old location goes on with the new one.
        Path stop = sandbox.path("stop");
        Thread switcher = new Thread(() -> {
            while (sandbox.asMyself("test", "-e", stop.toString()).exit() != 0) {
                Thread.onSpinWait();
            }
            try {
                storm.close();
            } finally {
                sandbox.asMyself("touch", seen.toString()).mustEndWith(0);
            }
        });
        List<Throwable> trouble = new CopyOnWriteArrayList<>();
        switcher.setUncaughtExceptionHandler((thread, e) -> trouble.add(e));
        switcher.start();
        try {
            convert(
                            "--small",
                            "1",
                            "--rounds",
                            "2",
                            "--allow-delete",
                            "--switch-cmd",
                            "touch " + stop,
                            "--kick-cmd",
                            "while ! test -e " + seen + "; do sleep 0.1; done; test \"$TWINBOX_TO\" = "
                                    + fresh.location())
                    .mustEndWith(0);
        } finally {
            sandbox.asMyself("touch", stop.toString());
            join(switcher);
        }
        assertEquals(List.of(), trouble, "the storm");
        FileTree oldFiles = FileTree.of(sandbox, old.maildir());
        SortedMap<String, Long> before = keptUids(old);
        SortedMap<String, Long> after = keptUids(fresh);
        // A MOVE that was cut off may have left a mail twice at the old location, and then it is twice at the new one.
        assertEquals(String.join("\n", before.keySet()), String.join("\n", after.keySet()), "where the mails are");
        // A mail that every copy missed, because it moved all the time, gets a new UID; no UID becomes another mail's.
        SortedMap<String, String> meanings = new TreeMap<>();
        for (SortedMap<String, Long> account : List.of(before, after)) {
            account.forEach((mail, uid) -> {
                String place = mail.substring(mail.indexOf(" in ")) + " UID " + uid;
                assertEquals(mail, Objects.requireNonNullElse(meanings.put(place, mail), mail), place);
            });
        }
        long same = before.entrySet().stream()
                .filter(mail -> mail.getValue().equals(after.get(mail.getKey())))
                .count();
        System.out.println(
                "convert: " + same + " of " + MAILS + " mails have their UIDs after " + storm.changes() + " changes");
        assertTrue(same >= MAILS * 9 / 10, "only " + same + " mails have their UIDs");
        fresh.mustBeSilent();
        assertTrue(convert("--status").mustEndWith(0).out().contains("stage: done"));
        convert().mustEndWith(0);
        oldFiles.mustStillBe(FileTree.of(sandbox, old.maildir()), "a conversion that is done");
    }

    @Test
    @Tag("F187")
    @Tag("F188")
    void aFailedStepIsRepeatedAndWhatBothGotMeanwhileStays() {
        old.save("INBOX", "first");
        convert("--switch-cmd", "exit 3", "--kick-cmd", "exit 4").mustEndWith(75);
        assertTrue(convert("--status").mustEndWith(2).out().contains("begun"));
        // Perhaps it was switched after all.
        old.save("INBOX", "late, at the old location");
        fresh.save("INBOX", "early, at the new location");
        convert("--switch-cmd", "true", "--kick-cmd", "exit 4").mustEndWith(75);
        convert("--switch-cmd", "exit 5", "--kick-cmd", "true").mustEndWith(0);
        List<String> subjects =
                fresh.doveadm("fetch", "hdr.subject", "mailbox", "INBOX").lines();
        for (String subject : List.of("first", "late, at the old location", "early, at the new location")) {
            assertEquals(
                    1, subjects.stream().filter(line -> line.contains(subject)).count(), subject);
        }
        assertEquals(
                2,
                old.doveadm("fetch", "uid", "mailbox", "INBOX").lines().stream()
                        .filter(line -> line.startsWith("uid:"))
                        .count());
    }

    @Test
    void anAccountThatHoldsOtherMailIsNotWrittenOver() {
        old.save("INBOX", "mine");
        fresh.save("INBOX", "somebody's");
        convert().mustEndWith(66);
        assertEquals(
                1,
                fresh.doveadm("fetch", "uid", "mailbox", "INBOX").lines().stream()
                        .filter(line -> line.startsWith("uid:"))
                        .count());
    }

    /** Root's run, whose copies another process does as the owner of the mail: the result is one all the same. */
    @Test
    @Tag("F186")
    void aMailboxThatIsLeftOutStaysAwayAndTheResultIsOne() {
        old.save("INBOX", "first");
        old.doveadm("mailbox", "create", "Work", "Spam", "Spam/Old");
        old.save("Work", "second");
        old.save("Spam", "third");
        Ran ran = twinbox.runAsMyself(
                "convert",
                "--json",
                "--settle",
                "0",
                "-x",
                "Spam*",
                "--switch-cmd",
                "echo noise",
                old.location(),
                fresh.location());
        ran.mustEndWith(0);
        String json = ran.out().strip();
        Expect.that(json.startsWith("{\"command\":\"convert\"") && json.lines().count() == 1, ran::toString);
        for (String part : List.of(
                "\"excluded\":[\"Spam*\"]",
                "{\"step\":\"copy\",\"exit_code\":0",
                "\"results\":[{\"command\":\"backup\"",
                "{\"step\":\"merge\",\"exit_code\":0",
                "\"results\":[{\"command\":\"verify\"",
                "\"stage\":\"done\"")) {
            Expect.that(json.contains(part), () -> "no " + part + " in " + ran);
        }
        assertEquals(
                List.of("INBOX", "Work"),
                fresh.doveadm("mailbox", "list").lines().stream()
                        .filter(line -> !line.isEmpty())
                        .sorted()
                        .toList());
        fresh.mustBeSilent();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The mails that stay: which UID each has in which mailbox. */
    private static SortedMap<String, Long> keptUids(Account account) {
        SortedMap<String, Long> uids = new TreeMap<>();
        List<String> lines = account.copy()
                .doveadm("-f", "tab", "fetch", "mailbox uid hdr.x-twin", "all")
                .lines();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            if (cells.length == 3 && cells[2].startsWith(Storm.KEPT)) {
                uids.merge(cells[2] + " in " + cells[0], Long.parseLong(cells[1]), (one, two) -> -1L);
            }
        }
        long distinct = uids.keySet().stream()
                .map(mail -> mail.substring(0, mail.indexOf(" in ")))
                .distinct()
                .count();
        assertEquals(MAILS, distinct, () -> "mails that stay: " + uids);
        return uids;
    }
}
