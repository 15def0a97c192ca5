package dev.twinbox.it;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs that would destroy mail stop with 66 before the first write, and say what they saw. */
class GuardTest extends TwinboxTest {
    private static final int REFUSED = 66;

    private Ran mustRefuse(Account destination, Object... arguments) {
        FileTree before = FileTree.of(sandbox, destination.home());
        Ran ran = twinbox.run(arguments);
        before.mustStillBe(FileTree.of(sandbox, destination.home()), "a refused run");
        return ran.mustEndWith(REFUSED).mustSay("--allow-delete");
    }

    @Test
    @Tag("F185")
    void theConversionExampleOfTheManualIsStopped() {
        Account account = filled("user", 30);
        Account.at(sandbox, "user", "maildir:~/to-be").doveadm("mailbox", "create", "Drafts");
        mustRefuse(
                        account,
                        "-o",
                        "mail_home=" + account.home(),
                        "-o",
                        "mail_location=maildir:~/to-be",
                        "backup",
                        "-u",
                        "user",
                        "maildir:~/Maildir")
                .mustSay("-R", "60");
    }

    @Test
    @Tag("F185")
    void aSourceThatDoesNotExistIsNeverTakenForAnEmptyOne() {
        Account account = filled("user", 30);
        mustRefuse(
                        account,
                        "-o",
                        "mail_home=" + account.home(),
                        "-o",
                        "mail_location=maildir:~/not-there",
                        "backup",
                        "-u",
                        "user",
                        "maildir:~/Maildir")
                .mustSay("-R");
    }

    @Test
    void aMissingSourceIsRefusedWithFromToo() {
        Account account = filled("user", 5);
        mustRefuse(account, "backup", "--from", "maildir:" + sandbox.path("nowhere"), account.location());
    }

    @Test
    void anEmptySourceIsRefusedEvenForFewMails() {
        Account account = filled("user", 2);
        Account empty = Account.maildir(sandbox, "empty");
        empty.doveadm("mailbox", "create", "Work");
        empty.doveadm("mailbox", "status", "all", "*");
        mustRefuse(account, "backup", "--from", empty.location(), account.location());
    }

    @Test
    void moreDeletesThanTheDefaultAllowsAreRefused() {
        Account source = filled("source", 80);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("expunge", "mailbox", "INBOX", "all");
        source.doveadm("expunge", "mailbox", "Work", "uid", "1:30");
        mustRefuse(replica, "backup", "--from", source.location(), replica.location())
                .mustSay("110", "160");
    }

    @Test
    void fewerDeletesThanTheDefaultGoThrough() {
        Account source = filled("source", 60);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("expunge", "mailbox", "INBOX", "all");
        oneRunMakesItTheSame(source, replica);
    }

    @Test
    void theLimitCanBeSetAsANumberOrAPercentage() {
        Account source = filled("source", 10);
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("expunge", "mailbox", "INBOX", "uid", "1:4");
        String from = source.location();
        String to = replica.location();
        mustRefuse(replica, "backup", "--max-delete", "3", "--from", from, to);
        mustRefuse(replica, "backup", "--max-delete", "10%", "--from", from, to);
        mustRefuse(replica, "backup", "--max-delete=0", "--from", from, to);
        oneRunMakesItTheSame(source, replica, "--max-delete", "4");
    }

    @Test
    void withTheOverrideItDoesWhatWasAskedFor() {
        Account replica = filled("replica", 10);
        Account empty = Account.maildir(sandbox, "empty");
        empty.doveadm("mailbox", "create", "Work");
        empty.doveadm("mailbox", "status", "all", "*");
        oneRunMakesItTheSame(empty, replica, "--allow-delete");
    }

    @Test
    @Tag("F154")
    void reversedItFillsTheEmptyConfiguredStorage() {
        Account old = filled("user", 10);
        Account configured = Account.at(sandbox, "user", "maildir:~/new");
        String home = "mail_home=" + old.home();
        twinbox.run("-o", home, "-o", "mail_location=maildir:~/new", "backup", "-R", "-u", "user", "maildir:~/Maildir")
                .mustEndWith(0);
        mustBeTheSame(old, configured, "backup -R");
    }

    @Test
    void sourceAndDestinationThatAreTheSameAreRefused() {
        Account account = filled("user", 3);
        FileTree before = FileTree.of(sandbox, account.home());
        twinbox.backup(account, account).mustEndWithOneOf(64, 65, 66, 75, 78);
        twinbox.run("backup", "--from", account.location(), "maildir:" + account.maildir() + "/.Work")
                .mustEndWithOneOf(64, 65, 66, 75, 78);
        before.mustStillBe(FileTree.of(sandbox, account.home()), "a refused run");
    }
}
