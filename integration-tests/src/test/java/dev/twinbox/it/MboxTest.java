package dev.twinbox.it;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mbox accounts, written by a Dovecot and by Twinbox, each judged by the other. An mbox keeps no GUIDs and no modseqs. */
class MboxTest extends TwinboxTest {
    private static final String MBOX = "mbox:~/mail:INBOX=~/inbox";

    /** What a client sees that an mbox can keep. */
    private static List<String> seen(Account account) {
        return account
                .copy()
                .doveadm("-f", "tab", "fetch", "mailbox uid flags date.received.unixtime", "all")
                .lines()
                .stream()
                .map(MboxTest::ordered)
                .sorted()
                .toList();
    }

    /** The line with its flags, but for {@code \\Recent}, in order. */
    private static String ordered(String line) {
        String[] cells = line.split("\t", -1);
        if (cells.length < 3) {
            return line;
        }
        TreeSet<String> flags = new TreeSet<>(List.of(cells[2].split(" ")));
        flags.remove("\\Recent");
        cells[2] = String.join(" ", flags);
        return String.join("\t", cells);
    }

    private static List<String> numbers(Account account) {
        return account.copy().doveadm("mailbox", "status", "messages uidvalidity uidnext", "*").lines().stream()
                .sorted()
                .toList();
    }

    private static void mustLookTheSame(Account source, Account other, String when) {
        Expect.equal(seen(source), seen(other), () -> "mails " + when);
        Expect.equal(numbers(source), numbers(other), () -> "numbers " + when);
    }

    @Test
    @Tag("F170")
    void aMaildirIsConvertedIntoAnMboxThatDovecotGoesOnWith() {
        Account source = filled("source", 20);
        source.save("INBOX", "From someone\n\nFrom the body");
        source.doveadm("expunge", "mailbox", "Work", "uid", "3:5");
        source.doveadm("mailbox", "status", "all", "*");
        Account replica = Account.at(sandbox, "replica", MBOX);
        twinbox.run("convert", source.location(), replica.location()).mustEndWith(0);
        mustLookTheSame(source, replica, "after convert");
        twinbox.run("verify", "--contained", "--from", source.location(), replica.location())
                .mustEndWith(0);

        Account checked = replica.copy("checked");
        checked.doveadm("force-resync", "*");
        mustLookTheSame(source, checked, "after force-resync");
        checked.mustBeSilent();

        replica.save("INBOX", "One more");
        replica.doveadm("flags", "add", "\\Flagged fresh", "mailbox", "INBOX", "1:2");
        replica.doveadm("expunge", "mailbox", "INBOX", "1");
        replica.mustBeSilent();
        twinbox.run("sync", "--from", source.location(), replica.location()).mustEndWith(0);
        mustLookTheSame(source, replica, "after both were used");
        replica.mustBeSilent();
    }

    @Test
    @Tag("F170")
    void anMboxThatHoldsOtherMailIsNeitherConvertedIntoNorEmptied() {
        Account source = filled("source", 3);
        Account other = Account.at(sandbox, "other", MBOX);
        other.save("INBOX", "somebody's");
        List<String> before = seen(other);
        twinbox.run("convert", source.location(), other.location()).mustEndWith(66);
        twinbox.backup(source, other, "--max-delete", "0").mustEndWith(66);
        Expect.equal(before, seen(other), () -> "mails that were there");
        twinbox.backup(source, other).mustEndWith(0);
        mustLookTheSame(source, other, "after backup");
        other.mustBeSilent();
    }

    @Test
    @Tag("F170")
    void anMboxInUseIsMirroredIntoEveryOtherFormat() {
        Account source = Account.at(sandbox, "source", MBOX);
        RandomLife life = new RandomLife(3).live(source, 100);
        for (String format : List.of("maildir:~/Maildir", "sdbox:~/sdbox", "mdbox:~/mdbox")) {
            Account replica = Account.at(sandbox, format.substring(0, format.indexOf(':')), format);
            twinbox.backup(source, replica).mustEndWith(0);
            mustLookTheSame(source, replica, "in " + format);
            replica.mustBeSilent();
            twinbox.verify(source, replica).mustEndWith(0);
            life.live(source, 20);
            twinbox.backup(source, replica, "--allow-delete").mustEndWith(0);
            mustLookTheSame(source, replica, "in " + format + " later");
        }
    }
}
