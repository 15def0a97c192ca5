package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damage and nonsense in files and arguments: a clear message, the exit code of the table, the rest of the account synced,
 * and nothing lost on either side.
 */
class BadInputTest extends TwinboxTest {
    private static final int DONE = 0;
    private static final int AGAIN = 2;
    private static final int DAMAGED = 65;
    private static final int NOT_FOUND = 68;
    private static final int NO_SPACE = 73;
    private static final int TEMPORARY = 75;
    private static final int NO_PERMISSION = 77;
    private static final int CONFIGURATION = 78;

    private static final String GARBAGE = "head -c 3000 /dev/urandom > \"$1\"";
    private static final String HALF = "truncate -s $(($(stat -c %s \"$1\") / 2)) \"$1\"";
    private static final String EMPTY = "truncate -s 0 \"$1\"";
    private static final String TEXT = "printf 'not what you expect\\n' > \"$1\"";

    /** The mail files of the source are all at the replica, and no others: whatever happened to UIDs and flags. */
    private void mustHoldTheSameMails(Account source, Account replica, Ran run) {
        assertEquals(Contents.of(source), Contents.of(replica), run::toString);
    }

    private static String damage(String kind) {
        return switch (kind) {
            case "garbage" -> GARBAGE;
            case "half" -> HALF;
            case "empty" -> EMPTY;
            default -> TEXT;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "dovecot-uidlist, garbage",
        "dovecot-uidlist, half",
        "dovecot-uidlist, empty",
        "dovecot-uidlist, text",
        "dovecot.index.log, garbage",
        "dovecot.index.log, half",
        "dovecot.index.log, empty",
        "dovecot.index.log, text",
        "dovecot.index, garbage",
        "dovecot.index, text",
        "dovecot-keywords, garbage",
        "dovecot-keywords, empty",
        "dovecot.mailbox.log, garbage",
        "subscriptions, garbage",
        "subscriptions, text"
    })
    @Tag("F182")
    void aDamagedControlFileAtTheSourceCostsNoMail(String file, String kind) {
        Account source = filled("source", 20);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        source.save("Work", "One more");
        AccountView.Box work = source.view().box("Work");
        sandbox.shell(damage(kind), source.maildir().resolve(file));
        FileTree before = FileTree.of(sandbox, source.home());
        Ran run = twinbox.backup(source, replica).mustEndWithOneOf(DONE, DAMAGED);
        before.mustStillBe(FileTree.of(sandbox, source.home()), "a backup of a damaged source");
        if (run.exit() == DAMAGED) {
            run.mustSay(file);
        }
        mustHoldTheSameMails(source, replica, run);
        assertEquals(work, replica.view().box("Work"), "the mailbox that is whole");
        replica.view().mustBeSilent();
    }

    @ParameterizedTest
    @CsvSource({
        "dovecot-uidlist, garbage",
        "dovecot-uidlist, half",
        "dovecot-uidlist, empty",
        "dovecot.index.log, garbage",
        "dovecot.index.log, half",
        "dovecot.index.log, empty",
        "dovecot.index, garbage",
        "dovecot-keywords, garbage",
        "dovecot.mailbox.log, garbage",
        "dovecot.list.index.log, garbage",
        "subscriptions, garbage",
        "dovecot-uidvalidity, garbage"
    })
    @Tag("F182")
    void aDamagedControlFileAtTheReplicaIsReplacedInOneRun(String file, String kind) {
        Account source = filled("source", 20);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        sandbox.shell(damage(kind), replica.maildir().resolve(file));
        oneRunMakesItTheSame(source, replica, "-f");
    }

    @Test
    @Tag("F182")
    void anUnreadableMailIsNamedAndTheRestArrives() {
        Account source = filled("source", 10);
        sandbox.shell("f=$(ls -d \"$1\"/cur/* \"$1\"/new/* | head -1); chmod 000 \"$f\"", source.maildir());
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica)
                .mustEndWithOneOf(NO_PERMISSION, DAMAGED, TEMPORARY)
                .mustSay("INBOX", "permission");
        AccountView view = replica.view().mustBeSilent();
        assertEquals(9, view.box("INBOX").mails().size());
        assertEquals(10, view.box("Work").mails().size());
        sandbox.shell("chmod 600 \"$1\"/cur/* \"$1\"/new/* 2>/dev/null || :", source.maildir());
        oneRunMakesItTheSame(source, replica);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cur", "new", "."})
    @Tag("F182")
    void anUnreadableMailboxIsNamedAndItsReplicaIsKept(String part) {
        Account source = filled("source", 10);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        AccountView before = replica.view();
        source.save("INBOX", "New");
        sandbox.shell(
                "chmod 000 \"$1\"",
                source.maildir().resolve(".Work").resolve(part).normalize());
        twinbox.backup(source, replica)
                .mustEndWithOneOf(NO_PERMISSION, TEMPORARY)
                .mustSay("Work", "permission");
        AccountView after = replica.view().mustBeSilent();
        assertEquals(before.box("Work"), after.box("Work"));
        assertEquals(11, after.box("INBOX").mails().size());
        sandbox.shell(
                "chmod 700 \"$1\"",
                source.maildir().resolve(".Work").resolve(part).normalize());
    }

    @Test
    @Tag("F182")
    void linksAndSpecialFilesAreNeitherFollowedNorWaitedFor() {
        Account source = filled("source", 5);
        sandbox.file("secret", "Subject: secret\n\nnot part of the account\n".getBytes(StandardCharsets.UTF_8));
        sandbox.shell(
                "cd \"$1\"; ln -s /nowhere cur/1700000001.dangling.host:2,S; ln -s \"$2\" cur/1700000002.link.host:2,S;"
                        + " mkfifo cur/1700000003.fifo.host:2,S; mkdir cur/1700000004.dir.host:2,S;"
                        + " mkdir -p ../outside/cur ../outside/new ../outside/tmp; cp \"$2\" ../outside/cur/1700000005.out.host;"
                        + " ln -s ../outside .Linked",
                source.maildir(),
                sandbox.path("secret"));
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica).mustEndWithOneOf(DONE, DAMAGED);
        SortedMap<String, Integer> at = Contents.of(replica);
        String secret = sandbox.asUser("sha256sum", sandbox.path("secret").toString())
                .out()
                .substring(0, 64);
        assertFalse(at.containsKey(secret), "a link was followed out of the account");
        assertEquals(10, at.values().stream().mapToInt(Integer::intValue).sum());
        Ran special = sandbox.asMyself("find", replica.home().toString(), "-not", "-type", "f", "-not", "-type", "d");
        assertEquals("", special.out());
        replica.view().mustBeSilent();
    }

    @Test
    @Tag("F182")
    void namesWithControlCharactersReachNeitherTheTerminalNorHarmTheRest() {
        Account source = filled("source", 5);
        sandbox.shell(
                "cd \"$1\"; n=$(printf '1700000001.M1.ho\\033[31mst\\001:2,S'); printf 'Subject: a\\n\\nb\\n' > \"cur/$n\";"
                        + " n=$(printf '1700000002.M1.ho\\nst:2,S'); printf 'Subject: c\\n\\nd\\n' > \"cur/$n\";"
                        + " n=$(printf '1700000003.M1.\\377\\376:2,S'); printf 'Subject: e\\n\\nf\\n' > \"cur/$n\";"
                        + " mkdir -p \"$(printf '.bad\\033name\\r')/cur\" \"$(printf '.\\377\\376')/cur\"",
                source.maildir());
        Account replica = Account.maildir(sandbox, "replica");
        Ran run = twinbox.run("-v", "backup", "--from", source.location(), replica.location())
                .mustEndWithOneOf(DONE, DAMAGED);
        assertFalse(run.err().contains("\u001b") || run.out().contains("\u001b"), "an escape sequence was printed");
        AccountView view = replica.view();
        assertEquals(5, view.box("Work").mails().size());
        assertTrue(view.box("INBOX").mails().size() >= 5);
    }

    @Test
    @Tag("F182")
    void theLongestNamesAreMirrored() {
        Account source = filled("source", 3);
        sandbox.shell(
                "cd \"$1\"; n=$(printf '%0240d' 1); printf 'Subject: a\\n\\nb\\n' > \"cur/17$n:2,FS\";"
                        + " n=$(printf '%0253d' 1); printf 'Subject: c\\n\\nd\\n' > \"new/17$n\"",
                source.maildir());
        source.doveadm("mailbox", "create", "x".repeat(200));
        source.save("x".repeat(200), "Deep");
        Account replica = Account.maildir(sandbox, "replica");
        Ran run = twinbox.backup(source, replica).mustEndWithOneOf(DONE, DAMAGED);
        mustHoldTheSameMails(source, replica, run);
        replica.view().mustBeSilent();
    }

    @Test
    @Tag("F160")
    void aMailboxNameTooLongForAnyStorageIsAnsweredClearly() {
        Account source = filled("source", 1);
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.run("backup", "-m", "y".repeat(300), "--from", source.location(), replica.location())
                .mustEndWithOneOf(DONE, DAMAGED, NOT_FOUND, TEMPORARY);
    }

    @Test
    @Tag("F182")
    void datesInTheFutureAndBefore1970AreKept() {
        Account source = filled("source", 4);
        sandbox.shell(
                "cd \"$1\"; set -- $(ls -d cur/* new/* 2>/dev/null); touch -d '2105-06-07 08:09:10 UTC' \"$1\";"
                        + " touch -d '1960-01-02 03:04:05 UTC' \"$2\"; touch -d '1970-01-01 00:00:00 UTC' \"$3\"",
                source.maildir());
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
    }

    @Test
    @Tag("F182")
    void aDestinationThatIsAFileIsLeftAlone() {
        Account source = filled("source", 2);
        var file = sandbox.file("destination", "precious".getBytes(StandardCharsets.UTF_8));
        twinbox.run("backup", "--from", source.location(), "maildir:" + file)
                .mustEndWithOneOf(DAMAGED, NO_SPACE, TEMPORARY, NO_PERMISSION, CONFIGURATION)
                .mustSay(file.toString());
        assertEquals("precious", sandbox.asUser("cat", file.toString()).out());
    }

    @Test
    @Tag("F182")
    void aDestinationWithoutPermissionIsNamed() {
        Account source = filled("source", 2);
        var closed = sandbox.directory("closed");
        sandbox.shell("chmod 500 \"$1\"", closed);
        twinbox.run("backup", "--from", source.location(), "maildir:" + closed.resolve("replica"))
                .mustEndWith(NO_PERMISSION)
                .mustSay("closed", "permission");
    }

    @Test
    @Tag("F182")
    void aFullFileSystemIsReportedAndTheNextRunCompletes() {
        assumeTrue(Sandbox.isRoot(), "needs root to mount");
        Account source = filled("source", 300);
        Account replica = Account.maildir(sandbox, "replica");
        String at = replica.home().toString();
        Ran mount = sandbox.asMyself("mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", at);
        assumeTrue(mount.exit() == 0, () -> "no mounts here: " + mount.err());
        try {
            sandbox.asMyself("chown", sandbox.owner(), at).mustEndWith(0);
            twinbox.backup(source, replica).mustEndWith(NO_SPACE).mustSay("space");
            sandbox.asMyself("mount", "-o", "remount,size=100m", at).mustEndWith(0);
            oneRunMakesItTheSame(source, replica);
        } finally {
            sandbox.asMyself("umount", at).mustEndWith(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense:/tmp/x", "maildir", "maildir:", "imapc:~/mdbox", "$(touch x)", "%{", "a;b"})
    @Tag("F193")
    void destinationsThatAreNoneAreRefusedWithoutRunningAnything(String destination) {
        Account source = filled("source", 1);
        twinbox.run("backup", "--from", source.location(), destination)
                .mustEndWithOneOf(64, DAMAGED, NOT_FOUND, TEMPORARY, CONFIGURATION);
        assertFalse(FileTree.of(sandbox, sandbox.root()).names().contains("x"));
    }

    @Test
    @Tag("F022")
    void aStaleLockDoesNotStopARunAndALiveOneIsRespected() {
        Account source = filled("source", 3);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        source.save("INBOX", "New");
        String host = sandbox.asUser("uname", "-n").out().trim();
        byte[] dead = ("2147480000:" + host).getBytes(StandardCharsets.UTF_8);
        var lock = sandbox.file("replica/Maildir/dovecot-uidlist.lock", dead);
        sandbox.shell("touch -d '1 minute ago' \"$1\"", lock);
        oneRunMakesItTheSame(source, replica);
        source.save("INBOX", "Newer");
        String me = Long.toString(ProcessHandle.current().pid());
        sandbox.file("replica/Maildir/dovecot-uidlist.lock", (me + ":" + host).getBytes(StandardCharsets.UTF_8));
        twinbox.run("-o", "mail_max_lock_timeout=1s", "sync", "--from", source.location(), replica.location())
                .mustEndWith(TEMPORARY)
                .mustSay("dovecot-uidlist.lock is held by process " + me + ":" + host);
    }

    /** Names of Maildir files have 26 letters for keywords; Dovecot keeps the others in its index. */
    @Test
    void moreKeywordsThanAMaildirHasLettersForAreMerged() {
        Account source = filled("source", 2);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        for (int i = 0; i < 40; i++) {
            Account side = i % 2 == 0 ? source : replica;
            side.doveadm("flags", "add", "keyword" + i, "mailbox", "INBOX", "uid", Integer.toString(1 + i % 4 / 2));
        }
        twinbox.sync(source, replica).mustEndWith(DONE).mustSay("keywords have no letter left in Maildir file names");
        mustHoldTheSameMails(source, replica, twinbox.sync(source, replica).mustEndWith(DONE));
    }

    @Test
    @Tag("F012")
    @Tag("F015")
    void temporaryFilesAndLocksNeverTravel() {
        Account source = filled("source", 3);
        sandbox.file("source/Maildir/tmp/1700000001.half.host", "Subject: half".getBytes(StandardCharsets.UTF_8));
        sandbox.file("source/Maildir/dovecot-uidlist.lock", new byte[0]);
        sandbox.file("source/Maildir/.Work/anything.lock", new byte[0]);
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica).mustEndWithOneOf(DONE, AGAIN);
        for (String name : FileTree.of(sandbox, replica.home()).names()) {
            assertFalse(name.endsWith(".lock") || name.contains("half"), name);
        }
    }
}
