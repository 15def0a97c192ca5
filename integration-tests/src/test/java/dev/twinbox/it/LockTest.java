package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Locks that Dovecot respects, held for other programs, and the one that keeps two runs off one account. */
class LockTest extends TwinboxTest {
    private static final String LOCK = "dovecot-uidlist.lock";
    private static final long PATIENCE_SECONDS = 60;

    private Account account() {
        Account account = Account.maildir(sandbox, "account");
        account.doveadm("mailbox", "create", "Work");
        for (int i = 1; i <= 3; i++) {
            account.save("INBOX", "Mail " + i);
            account.save("Work", "Work " + i);
        }
        account.doveadm("fetch", "uid", "all");
        return account;
    }

    /** Runs doveadm under the locks. */
    private Ran lockedDoveadm(Account account, String... arguments) {
        List<String> whole = account.doveadmCommand(arguments);
        List<Object> command = new ArrayList<>(List.of("lock", account.location(), "--"));
        command.addAll(whole.subList(whole.indexOf("--") + 1, whole.size()));
        return twinbox.with("HOME", account.home().toString())
                .with("USER", "user")
                .run(command.toArray());
    }

    private SortedSet<String> mails(Account account) {
        SortedSet<String> found = new TreeSet<>();
        for (String name : FileTree.of(sandbox, account.maildir()).names()) {
            if (name.matches("(.*/)?(cur|new)/.+")) {
                found.add(name);
            }
        }
        return found;
    }

    private void noLocks(Account account) {
        for (String name : FileTree.of(sandbox, account.home()).names()) {
            assertFalse(name.endsWith(".lock"), name);
        }
    }

    private static void end(long pid) throws Exception {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isPresent()) {
            process.get().onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    @Tag("F020")
    void dovecotChangesNoFileWhileTheLocksAreHeldAndGoesOnAfterwards() {
        Account account = account();
        SortedSet<String> before = mails(account);
        String[] patience = {"-o", "mail_max_lock_timeout=1s"};
        for (String[] change : new String[][] {
            {"flags", "add", "\\Flagged", "mailbox", "INBOX", "uid", "1"},
            {"expunge", "mailbox", "Work", "uid", "2"}
        }) {
            List<String> words = new ArrayList<>(Arrays.asList(patience));
            words.addAll(List.of(change));
            lockedDoveadm(account, words.toArray(new String[0]));
            assertEquals(before, mails(account), String.join(" ", change));
            noLocks(account);
        }
        account.doveadm("fetch", "uid", "all");
        assertNotEquals(before, mails(account));
        assertEquals(5, mails(account).size());
        account.doveadm("flags", "add", "\\Answered", "mailbox", "INBOX", "uid", "2");
        assertTrue(mails(account).toString().contains(":2,R"), mails(account).toString());
    }

    @Test
    void theExitCodeIsTheCommandsAndAllMailboxesAreLocked() {
        Account account = account();
        Ran run = twinbox.run(
                "lock",
                account.location(),
                "--",
                "sh",
                "-c",
                "cd \"$0\"; ls " + LOCK + " .Work/" + LOCK + "; exit 9",
                account.maildir());
        run.mustEndWith(9);
        assertEquals(
                new TreeSet<>(List.of(LOCK, ".Work/" + LOCK)),
                new TreeSet<>(List.of(run.out().strip().split("\n"))));
        noLocks(account);
        twinbox.run("lock", "-m", "None", account.location(), "--", "true").mustEndWith(68);
    }

    /** A subscription of a mailbox that is no more, and a folder that is none, are in nobody's way. */
    @ParameterizedTest
    @ValueSource(strings = {"maildir:~/Maildir:LAYOUT=fs", "maildir:~/Maildir:LAYOUT=index:CONTROL=~/control"})
    @Tag("F020")
    void everyMailboxIsLockedWhereverItLies(String location) {
        Account account = Account.at(sandbox, "account", location);
        account.doveadm("mailbox", "create", "-s", "Work", "Archive/2024");
        account.doveadm("mailbox", "subscribe", "None");
        account.save("INBOX", "Mail");
        account.save("Work", "Mail");
        Ran run = twinbox.run(
                "lock", account.location(), "--", "find", account.home().toString(), "-name", LOCK);
        run.mustEndWith(0);
        assertEquals(3, run.out().strip().split("\n").length, run.toString());
        SortedSet<String> before = mails(account);
        lockedDoveadm(
                account, "-o", "mail_max_lock_timeout=1s", "flags", "add", "\\Flagged", "mailbox", "Work", "uid", "1");
        assertEquals(before, mails(account));
        account.doveadm("fetch", "uid", "all");
        assertNotEquals(before, mails(account));
        Ran one = twinbox.run(
                "lock",
                "-m",
                "Archive/2024",
                account.location(),
                "--",
                "find",
                account.home().toString(),
                "-name",
                LOCK);
        assertEquals(1, one.out().strip().split("\n").length, one.toString());
        twinbox.run("lock", "-m", "None", account.location(), "--", "true").mustEndWith(68);
        noLocks(account);
    }

    @Test
    void aKilledHolderLeavesNothingStuck() {
        Account account = account();
        twinbox.run("lock", account.location(), "--", "sh", "-c", "kill -9 $PPID");
        assertTrue(mailsLocked(account));
        account.doveadm("flags", "add", "\\Flagged", "mailbox", "INBOX", "uid", "1");
        assertTrue(mails(account).toString().contains(":2,F"), mails(account).toString());
    }

    private boolean mailsLocked(Account account) {
        return FileTree.of(sandbox, account.maildir()).names().contains(LOCK);
    }

    @Test
    void sigtermEndsTheCommandAndReleases() {
        Account account = account();
        Ran run = twinbox.run("lock", account.location(), "--", "sh", "-c", "kill $PPID; exec sleep 3600");
        assertNotEquals(0, run.exit());
        noLocks(account);
    }

    @Test
    @Tag("F021")
    void maildirlockHoldsInTheBackgroundUntilItIsEnded() throws Exception {
        Account account = account();
        Ran run = twinbox.run("maildirlock", account.maildir(), "10").mustEndWith(0);
        long pid = Long.parseLong(run.out().trim());
        assertTrue(ProcessHandle.of(pid).isPresent());
        twinbox.run("maildirlock", account.maildir(), "0").mustEndWith(75).mustSay("is held by process " + pid + ":");
        sandbox.asMyself("kill", Long.toString(pid)).mustEndWith(0);
        end(pid);
        noLocks(account);
        long next = Long.parseLong(
                twinbox.run("maildirlock", account.maildir(), "10").out().trim());
        sandbox.asMyself("kill", "-9", Long.toString(next)).mustEndWith(0);
        end(next);
        account.doveadm("flags", "add", "\\Flagged", "mailbox", "INBOX", "uid", "1");
        assertTrue(mails(account).toString().contains(":2,F"), mails(account).toString());
        twinbox.run("maildirlock", account.home().resolve("nowhere"), "0").mustEndWith(68);
    }

    @Test
    void twoRunsDoNotWriteOneAccountAtOnce() throws IOException {
        Account source = account();
        Account replica = Account.maildir(sandbox, "replica");
        sandbox.directory("replica/Maildir");
        Path file = sandbox.file(
                "replica/Maildir/twinbox.lock", "4711:elsewhere.example".getBytes(StandardCharsets.US_ASCII));
        FileTree before = FileTree.of(sandbox, replica.home());
        try (FileChannel other = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock held = other.lock()) {
            assertTrue(held.isValid());
            twinbox.backup(source, replica)
                    .mustEndWith(75)
                    .mustSay("another Twinbox run writes to", "4711:elsewhere.example", "run again");
            before.mustStillBe(FileTree.of(sandbox, replica.home()), "a run beside another");
        }
        // The other one is gone, its file is not.
        oneRunMakesItTheSame(source, replica);
        assertFalse(Files.exists(file));
        anotherRunWritesNothing(source, replica);
    }

    /** The kernel frees the lock of a dead process; the file it leaves keeps nobody out. */
    @Test
    void aMailboxThatAnotherSyncWorksOnIsLeftToItAsLongAsItLives() throws IOException {
        Account source = account();
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.sync(source, replica).mustEndWith(0);
        source.save("INBOX", "New");
        source.save("Work", "New, too");
        Path file = sandbox.file("replica/Maildir/.Work/.dovecot-box-sync.lock", new byte[0]);
        Object[] command = {"-o", "mail_max_lock_timeout=1s", "sync", "--from", source.location(), replica.location()};
        try (FileChannel other = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock held = other.lock()) {
            assertTrue(held.isValid());
            twinbox.run(command)
                    .mustEndWith(75)
                    .mustSay(
                            "Failed to lock mailbox Work for dsyncing: Couldn't lock ",
                            ".dovecot-box-sync.lock: Timed out after 1 seconds",
                            "held by process " + ProcessHandle.current().pid(),
                            "another dsync or Twinbox works on it: run again when it is done");
            // Nothing else had to wait for it.
            assertEquals(4, replica.view().box("INBOX").mails().size());
            assertEquals(3, replica.view().box("Work").mails().size());
        }
        twinbox.run(command).mustEndWith(0);
        assertFalse(Files.exists(file));
        mustBeTheSame(source, replica, "a run after the other one");
    }

    @Test
    void subscriptionsThatAnotherProcessWritesAreLeftToItAsLongAsItLives() {
        Account source = account();
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("mailbox", "subscribe", "Work");
        String host = sandbox.asUser("uname", "-n").out().trim();
        String me = ProcessHandle.current().pid() + ":" + host;
        Path lock = sandbox.file("replica/Maildir/subscriptions.lock", me.getBytes(StandardCharsets.US_ASCII));
        twinbox.run("-o", "mail_max_lock_timeout=1s", "backup", "--from", source.location(), replica.location())
                .mustEndWith(75)
                .mustSay("subscriptions.lock is held by process " + me);
        assertTrue(Files.exists(lock));
        sandbox.file("replica/Maildir/subscriptions.lock", ("2147480000:" + host).getBytes(StandardCharsets.US_ASCII));
        twinbox.backup(source, replica).mustEndWith(0);
        assertFalse(Files.exists(lock));
        mustBeTheSame(source, replica, "a run after the other one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4711:elsewhere.example"})
    @Tag("F159")
    void aUsersLockKeepsOthersOutAsLongAsItsHolderLives(String note) throws IOException {
        Account source = account();
        Account replica = Account.maildir(sandbox, "replica");
        Path file = sandbox.file(".dovecot-sync.lock", note.getBytes(StandardCharsets.US_ASCII));
        Object[] command = {"sync", "-l", "1", "--from", source.location(), replica.location()};
        String holder = note.isEmpty() ? Long.toString(ProcessHandle.current().pid()) : note;
        try (FileChannel other = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock held = other.lock()) {
            assertTrue(held.isValid());
            twinbox.run(command)
                    .mustEndWith(75)
                    .mustSay(
                            "Couldn't lock",
                            ".dovecot-sync.lock: Timed out after 1 seconds",
                            "held by process " + holder,
                            "run again later");
        }
        assertFalse(Files.exists(replica.home().resolve("Maildir")));
        // The holder is dead, the file is still there.
        twinbox.run(command).mustEndWith(0);
        assertFalse(Files.exists(file));
    }
}
