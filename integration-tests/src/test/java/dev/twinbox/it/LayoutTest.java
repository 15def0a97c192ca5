package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maildirs laid out in other ways, by Dovecot's settings or by programs that know nothing of Dovecot. */
class LayoutTest extends TwinboxTest {
    @ParameterizedTest
    @CsvSource({
        "maildir:~/Maildir, maildir:~/Maildir:LAYOUT=fs",
        "maildir:~/Maildir:LAYOUT=fs, maildir:~/Maildir",
        "maildir:~/Maildir:LAYOUT=fs, maildir:~/Maildir:LAYOUT=fs",
        "maildir:~/Maildir:UTF-8, maildir:~/Maildir",
        "maildir:~/Maildir:INDEX=~/index:CONTROL=~/control, maildir:~/Maildir",
        "maildir:~/Maildir, maildir:~/Maildir:INDEX=~/index:CONTROL=~/control",
        "maildir:~/Maildir:INBOX=~/Maildir/.INBOX, maildir:~/Maildir",
        "maildir:~/Maildir, maildir:~/Maildir:INBOX=~/Maildir/.INBOX",
        "maildir:~/Maildir, sdbox:~/sdbox:LAYOUT=index",
        "sdbox:~/sdbox:LAYOUT=index, maildir:~/Maildir:LAYOUT=index",
        "maildir:~/Maildir:LAYOUT=index:INDEX=~/index:CONTROL=~/control, mdbox:~/mdbox:LAYOUT=index",
        "mdbox:~/mdbox:LAYOUT=index, sdbox:~/sdbox",
        "maildir:~/Maildir:LAYOUT=index:INBOX=~/elsewhere, sdbox:~/sdbox:LAYOUT=index:INBOX=~/elsewhere"
    })
    @Tag("F214")
    void oneLayoutIsMirroredIntoAnother(String from, String to) {
        mirror(this, from, to);
    }

    /** The one layout is made into the other, used there, and put right again. */
    static void mirror(TwinboxTest proof, String from, String to) {
        RandomLife life = new RandomLife(5);
        Account source = Account.at(proof.sandbox, "source", from);
        life.live(source, 150);
        Account replica = Account.at(proof.sandbox, "replica", to);
        proof.oneRunMakesItTheSame(source, replica);
        proof.anotherRunWritesNothing(source, replica);
        new RandomLife(6).live(replica, 40);
        replica.mustBeSilent();
        life.live(source, 40);
        proof.oneRunMakesItTheSame(source, replica, "--allow-delete");
        proof.anotherRunWritesNothing(source, replica);
    }

    @Test
    @Tag("F157")
    void theSpellingOfDovecot24IsUnderstoodToo() {
        Account source = filled("source", 5);
        Account replica = Account.at(sandbox, "replica", "maildir:~/Maildir:LAYOUT=fs");
        twinbox.run(
                        "-o",
                        "mail_driver=maildir",
                        "-o",
                        "mail_path=" + source.maildir(),
                        "backup",
                        "-p",
                        "mailbox_list_layout=fs",
                        "maildir:" + replica.maildir())
                .mustEndWith(0);
        source.view().mustEqual(replica.view().mustBeSilent(), "2.4 spelling");
    }

    /** What qmail, Courier, mbsync and mutt leave: no Dovecot file anywhere; Dovecot adopts a copy for comparison. */
    @ParameterizedTest
    @CsvSource({
        "qmail, 1700000001.4242.host.example.org, 1700000002.4243.host.example.org:2&RS",
        "courier, '1700000001.M204018P4242V0000000000000801I00000000002A1B2C_0.host.example.org,S=%d',"
                + " '1700000002.M1P1V01I02_0.host,S=%d:2&S'",
        "mbsync, '1700000001.4242_1.host,U=1', '1700000002.4242_2.host,U=2:2&FS'",
        "mutt, 1700000001.R5577006791947779410.host, 1700000002.R8674665223082153551.host:2&PS",
        "exim, '1700000001.H204018P4242.host,S=%d', '1700000002.H204019P4242.host,S=%d:2&T'",
        "version 1, 1700000001.4242.host, '1700000002.4243.host:1&F'",
        "odd, 'no-digits_at+all', '1700000002.x:2&SZq'"
    })
    @Tag("F215")
    @Tag("F216")
    void aMaildirWithoutDovecotFilesIsMirrored(String program, String fresh, String seen) {
        Account source = Account.maildir(sandbox, "source");
        sandbox.shell(
                "mkdir -p \"$1\"/cur \"$1\"/new \"$1\"/tmp \"$1\"/.Lists/cur \"$1\"/.Lists/new \"$1\"/.Lists/tmp",
                source.maildir());
        drop("source/Maildir/new/", fresh, program + " new");
        drop("source/Maildir/cur/", seen, program + " seen");
        drop("source/Maildir/.Lists/cur/", seen, program + " in Lists");
        sandbox.shell("touch -d '2024-02-29 12:34:56 UTC' \"$1\"/cur/*", source.maildir());
        Account adopted = source.copy("adopted");
        AccountView expected = adopted.view();
        Account replica = Account.maildir(sandbox, "replica");
        FileTree before = FileTree.of(sandbox, source.home());
        twinbox.backup(source, replica).mustEndWith(0);
        before.mustStillBe(FileTree.of(sandbox, source.home()), "a backup of a plain Maildir");
        AccountView actual = replica.view().mustBeSilent();
        assertEquals(
                java.util.List.of(),
                expected
                        .differences(
                                actual,
                                AccountView.Aspect.MODSEQ,
                                AccountView.Aspect.RECENT,
                                AccountView.Aspect.MAILBOX_GUID)
                        .stream()
                        .filter(line -> !line.contains("uidvalidity"))
                        .toList());
        anotherRunWritesNothing(source, replica);
        twinbox.verify(source, replica).mustEndWith(0);
    }

    private void drop(String directory, String name, String text) {
        byte[] mail = Mails.simple(text);
        sandbox.file(directory + name.replace("%d", String.valueOf(mail.length)).replace('&', ','), mail);
    }
}
