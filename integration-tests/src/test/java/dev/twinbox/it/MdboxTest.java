package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mdbox accounts, written by a Dovecot and by Twinbox, each judged by the other. */
class MdboxTest extends TwinboxTest {
    private static final String MDBOX = "mdbox:~/mdbox";

    /** What Dovecot sees afterwards is the same, mail by mail; the second account is used on, and mirrored over again. */
    @ParameterizedTest
    @CsvSource({
        "maildir:~/Maildir, mdbox:~/mdbox",
        "mdbox:~/mdbox, maildir:~/Maildir",
        "mdbox:~/mdbox, mdbox:~/mdbox",
        "mdbox:~/mdbox:INDEX=~/index:CONTROL=~/control, mdbox:~/mdbox:DIRNAME=mails",
        "maildir:~/Maildir:LAYOUT=fs, mdbox:~/mdbox:INDEX=~/index:CONTROL=~/control:UTF-8"
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
        Account replica = Account.at(sandbox, "replica", MDBOX);
        twinbox.backup(source, replica).mustEndWith(0);
        AccountView before = replica.view().mustBeSilent();
        Account checked = replica.copy("checked");
        checked.doveadm("force-resync", "*");
        before.mustEqual(AccountView.take(checked), "after force-resync", AccountView.Aspect.MODSEQ);
        for (String line : checked.log()) {
            assertTrue(line.endsWith("rebuilding indexes") || line.contains("fscking index file"), line);
        }
        replica.save("INBOX", "One more");
        replica.doveadm("flags", "add", "\\Flagged fresh", "mailbox", "INBOX", "1:2");
        replica.doveadm("expunge", "mailbox", "INBOX", "1");
        replica.mustBeSilent();
        oneRunMakesItTheSame(source, replica);
    }

    @Test
    void aRunThatPurgesFreesWhatWasExpunged() {
        Account source = Account.maildir(sandbox, "source");
        Account replica = Account.at(sandbox, "replica", MDBOX);
        for (String subject : new String[] {"stays", "goes"}) {
            source.save("INBOX", subject);
        }
        oneRunMakesItTheSame(source, replica);
        source.doveadm("expunge", "mailbox", "INBOX", "subject", "goes");
        oneRunMakesItTheSame(source, replica, "--allow-delete");
        assertEquals("1", stored(replica, "Subject: goes"), "kept until somebody purges");
        oneRunMakesItTheSame(source, replica, "-P");
        assertEquals("0", stored(replica, "Subject: goes"));
        assertEquals("1", stored(replica, "Subject: stays"));
        replica.doveadm("purge");
        replica.mustBeSilent();
    }

    /** In how many lines of the storage a text stands. */
    private String stored(Account account, String text) {
        return sandbox.shell(
                        "cat \"$1\"/storage/m.* | grep -ac \"" + text + "\" || true",
                        account.home().resolve("mdbox"))
                .out()
                .strip();
    }

    @Test
    void accountsAreMerged() {
        Account left = filled("left", 8);
        Account right = Account.at(sandbox, "right", MDBOX);
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
        Account source = Account.at(sandbox, "source", MDBOX + ":ALT=" + sandbox.directory("alt"));
        for (int i = 1; i <= 4; i++) {
            source.save("INBOX", "Mail " + i);
        }
        source.doveadm("altmove", "mailbox", "INBOX", "uid", "2:3");
        Account replica = Account.at(sandbox, "replica", "maildir:~/Maildir");
        oneRunMakesItTheSame(source, replica);
        Account back = Account.at(sandbox, "back", MDBOX + ":ALT=" + sandbox.directory("alt-back"));
        oneRunMakesItTheSame(source, back);
        source.doveadm("expunge", "mailbox", "INBOX", "uid", "2");
        back.doveadm("altmove", "all");
        source.doveadm("flags", "add", "\\Seen", "mailbox", "INBOX", "all");
        oneRunMakesItTheSame(source, back);
        back.doveadm("altmove", "-r", "all");
        oneRunMakesItTheSame(source, back);
    }

    @Test
    void compressedMailsAreGivenOutPlain() {
        Account source = Account.at(sandbox, "source", MDBOX);
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

    /** Copies share what is stored, with us as with Dovecot. */
    @Test
    void copiesWithinTheAccountShareWhatIsStored() {
        Account left = Account.at(sandbox, "left", MDBOX);
        Account right = Account.at(sandbox, "right", MDBOX);
        left.doveadm("mailbox", "create", "Archive");
        for (int i = 1; i <= 4; i++) {
            left.save("INBOX", "Mail " + i);
        }
        twinbox.sync(left, right).mustEndWith(0);
        left.doveadm("copy", "Archive", "mailbox", "INBOX", "uid", "1:3");
        left.doveadm("move", "Archive", "mailbox", "INBOX", "uid", "4");
        String files = sandbox.shell("ls \"$1\"/mdbox/storage | grep -c '^m'", right.home())
                .out();
        twinbox.sync(left, right).mustEndWith(0);
        left.view().mustBeSilent().mustEqual(right.view().mustBeSilent(), "after the copies");
        assertEquals(
                files,
                sandbox.shell("ls \"$1\"/mdbox/storage | grep -c '^m'", right.home())
                        .out());
        right.doveadm("expunge", "mailbox", "INBOX", "uid", "1:2");
        right.doveadm("purge");
        twinbox.sync(left, right).mustEndWith(0);
        left.view().mustBeSilent().mustEqual(right.view().mustBeSilent(), "after the purge");
    }

    /** The map is gone: mails are found without it, and that it is gone is told. */
    @Test
    void mailsOfALostMapArriveAndAreTold() {
        Account source = Account.at(sandbox, "source", MDBOX);
        for (int i = 1; i <= 3; i++) {
            source.save("INBOX", "Mail " + i);
        }
        sandbox.shell("rm \"$1\"/mdbox/storage/dovecot.map.index*", source.home());
        Account replica = Account.at(sandbox, "replica", "maildir:~/Maildir");
        Ran ran = twinbox.backup(source, replica);
        assertTrue(ran.err().contains("force-resync"), ran.err());
        assertEquals(3, replica.view().mustBeSilent().mails());
    }
}
