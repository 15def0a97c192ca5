package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sdbox accounts, written by a Dovecot and by Twinbox, each judged by the other. */
class SdboxTest extends TwinboxTest {
    private static final String SDBOX = "sdbox:~/sdbox";

    /** What Dovecot sees afterwards is the same, mail by mail; the second account is used on, and mirrored over again. */
    @ParameterizedTest
    @CsvSource({
        "maildir:~/Maildir, sdbox:~/sdbox",
        "sdbox:~/sdbox, maildir:~/Maildir",
        "sdbox:~/sdbox, sdbox:~/sdbox",
        "sdbox:~/sdbox:INDEX=~/index:CONTROL=~/control, sdbox:~/sdbox:DIRNAME=mails",
        "maildir:~/Maildir:LAYOUT=fs, sdbox:~/sdbox:INDEX=~/index:CONTROL=~/control:UTF-8"
    })
    void accountsAreMirrored(String from, String to) {
        Account source = Account.at(sandbox, "source", from);
        new RandomLife(5).live(source, 80);
        Account replica = Account.at(sandbox, "replica", to);
        oneRunMakesItTheSame(source, replica);
        anotherRunWritesNothing(source, replica);
        replica.save("INBOX", "Surplus");
        oneRunMakesItTheSame(source, replica);
        new RandomLife(6).live(source, 30);
        oneRunMakesItTheSame(source, replica);
    }

    /** Whatever Dovecot would repair is repaired by this; modseqs it counts anew, as in accounts of its own. */
    @Test
    void dovecotHasNothingToRepairAndGoesOn() {
        Account source = filled("source", 7);
        Account replica = Account.at(sandbox, "replica", SDBOX);
        twinbox.backup(source, replica).mustEndWith(0);
        AccountView before = replica.view().mustBeSilent();
        Account checked = replica.copy("checked");
        checked.doveadm("force-resync", "*");
        before.mustEqual(AccountView.take(checked), "after force-resync", AccountView.Aspect.MODSEQ);
        for (String line : checked.log()) {
            assertTrue(line.endsWith("Rebuilding index"), line);
        }
        replica.save("INBOX", "One more");
        replica.doveadm("flags", "add", "\\Flagged fresh", "mailbox", "INBOX", "1:2");
        replica.doveadm("expunge", "mailbox", "INBOX", "1");
        replica.mustBeSilent();
        oneRunMakesItTheSame(source, replica);
    }

    @Test
    void accountsAreMerged() {
        Account left = filled("left", 8);
        Account right = Account.at(sandbox, "right", SDBOX);
        twinbox.sync(left, right).mustEndWith(0);
        left.view().mustEqual(right.view().mustBeSilent(), "first merge");
        new RandomLife(9).live(left, 40);
        new RandomLife(10).live(right, 40);
        twinbox.sync(left, right).mustEndWith(0);
        left.view().mustBeSilent().mustEqual(right.view().mustBeSilent(), "second merge");
        twinbox.verify(left, right).mustEndWith(0);
    }

    @Test
    void mailsInTheAlternativeStorageAreRead() {
        Account source = Account.at(sandbox, "source", SDBOX + ":ALT=" + sandbox.directory("alt"));
        for (int i = 1; i <= 4; i++) {
            source.save("INBOX", "Mail " + i);
        }
        source.doveadm("altmove", "mailbox", "INBOX", "uid", "2:3");
        Account replica = Account.at(sandbox, "replica", "maildir:~/Maildir");
        oneRunMakesItTheSame(source, replica);
        Account back = Account.at(sandbox, "back", SDBOX + ":ALT=" + sandbox.directory("alt-back"));
        oneRunMakesItTheSame(source, back);
        source.doveadm("expunge", "mailbox", "INBOX", "uid", "2");
        back.doveadm("altmove", "all");
        source.doveadm("flags", "add", "\\Seen", "mailbox", "INBOX", "all");
        oneRunMakesItTheSame(source, back);
        back.doveadm("altmove", "-r", "all");
        oneRunMakesItTheSame(source, back);
    }

    @Test
    void aMailboxThatIsDeletedTakesItsMailsInTheAlternativeStorageAlong() {
        Path alt = sandbox.directory("alt");
        Account source = Account.maildir(sandbox, "source");
        Account replica = Account.at(sandbox, "replica", SDBOX + ":ALT=" + alt);
        source.doveadm("mailbox", "create", "Old");
        source.save("INBOX", "Stays");
        source.save("Old", "Goes");
        oneRunMakesItTheSame(source, replica);
        replica.doveadm("altmove", "all");
        source.doveadm("mailbox", "delete", "Old");
        oneRunMakesItTheSame(source, replica, "--allow-delete");
        assertEquals(
                "mailboxes/INBOX/dbox-Mails/u.1",
                sandbox.shell("cd \"$1\"; find * -name 'u.*'", alt).out().strip());
        source.doveadm("mailbox", "create", "Old");
        oneRunMakesItTheSame(source, replica, "--allow-delete");
    }

    @Test
    void compressedMailsAreGivenOutPlain() {
        Account source = Account.at(sandbox, "source", SDBOX);
        for (String method : new String[] {"gz", "zstd"}) {
            source.doveadm(
                            Mails.simple("Long " + "text ".repeat(500)),
                            "-o",
                            "mail_plugins=zlib",
                            "-o",
                            "plugin/zlib_save=" + method,
                            "save",
                            "-m",
                            "INBOX")
                    .mustEndWith(0);
        }
        source.save("INBOX", "Plain");
        Account replica = Account.at(sandbox, "replica", "maildir:~/Maildir");
        twinbox.backup(source, replica).mustEndWith(0);
        AccountView view = replica.view().mustBeSilent();
        assertEquals(3, view.mails());
        String text = replica.doveadm("fetch", "text", "mailbox", "INBOX", "uid", "1:2")
                .out();
        assertEquals(2, text.split("\nLong text", -1).length - 1, text);
    }

    /** All index files are gone: what Dovecot shows is an empty mailbox; what is there is brought over all the same. */
    @Test
    void mailsOfALostIndexArriveAndAreTold() {
        Account source = Account.at(sandbox, "source", SDBOX);
        for (int i = 1; i <= 3; i++) {
            source.save("INBOX", "Mail " + i);
        }
        sandbox.shell("rm \"$1\"/sdbox/mailboxes/INBOX/dbox-Mails/dovecot.index*", source.home());
        Account replica = Account.at(sandbox, "replica", "maildir:~/Maildir");
        Ran ran = twinbox.backup(source, replica);
        assertTrue(ran.exit() != 0, ran.toString());
        assertTrue(ran.err().contains("force-resync"), ran.err());
        assertEquals(3, replica.view().mustBeSilent().mails());
    }
}
