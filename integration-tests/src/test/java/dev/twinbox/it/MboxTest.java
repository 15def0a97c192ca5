package dev.twinbox.it;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

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

    @TestFactory
    @Tag("F170")
    Stream<DynamicTest> mailThatADovecotServesIsMirroredIntoAnMbox() {
        return elsewhere(Sandbox::create, MBOX);
    }

    @TestFactory
    @Tag("F170")
    Stream<DynamicTest> mailThatADovecot24ServesIsMirroredIntoAnMbox() {
        return elsewhere(Sandbox::createNewer, "mbox:~/mbox");
    }

    private static Stream<DynamicTest> elsewhere(Supplier<Sandbox> sandboxes, String location) {
        return Stream.of(BothEnds.Role.values())
                .map(role -> DynamicTest.dynamicTest(role.toString(), () -> {
                    try (Sandbox sandbox = sandboxes.get()) {
                        mirrorFromElsewhere(sandbox, location, role);
                    }
                }));
    }

    /** The Dovecot is called, or calls; then both are used, and the mirror is put right. */
    private static void mirrorFromElsewhere(Sandbox sandbox, String location, BothEnds.Role role) {
        Twinbox twinbox = new Twinbox(sandbox);
        Account source = Account.maildir(sandbox, "source");
        source.doveadm("mailbox", "create", "-s", "Work");
        try (ImapSession imap = source.imap()) {
            for (int i = 1; i <= 20; i++) {
                String flags = i % 2 == 0 ? "\\Seen" : "to-do";
                imap.append("INBOX", flags, "06-Jan-2025 08:00:00 +0000", Mails.simple("Mail " + i));
                imap.append("Work", flags, "07-Jan-2025 08:00:00 +0000", Mails.simple("From here " + i));
            }
            imap.append(
                    "INBOX",
                    "",
                    "06-Jan-2025 08:00:00 +0000",
                    "X-Odd: no header that counts\r\n\r\nFrom the body\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        source.doveadm("expunge", "mailbox", "Work", "uid", "3:5");
        Account replica = Account.at(sandbox, "replica", location);
        mirror(twinbox, role, source, replica).mustEndWith(0);
        mustLookTheSame(source, replica, "after the first run");
        replica.mustBeSilent();
        Account checked = replica.copy("checked");
        checked.doveadm("force-resync", "*");
        mustLookTheSame(source, checked, "after force-resync");
        checked.mustBeSilent();
        FileTree before = FileTree.of(sandbox, replica.home());
        mirror(twinbox, role, source, replica).mustEndWith(0);
        mirror(twinbox, role, source, replica, "-f").mustEndWith(0);
        before.mustStillBe(FileTree.of(sandbox, replica.home()), "a run with nothing to do");

        source.save("INBOX", "One more");
        try (ImapSession imap = source.imap()) {
            imap.select("Work");
            imap.must("STORE 1:2 +FLAGS (\\Flagged fresh)");
        }
        source.doveadm("expunge", "mailbox", "INBOX", "2");
        replica.save("Work", "The replica's own");
        replica.doveadm("expunge", "mailbox", "INBOX", "5");
        mirror(twinbox, role, source, replica, "-f").mustEndWith(0);
        mustLookTheSame(source, replica, "after both were used");
        replica.mustBeSilent();
    }

    private static Ran mirror(Twinbox twinbox, BothEnds.Role role, Account source, Account replica, String... more) {
        boolean calls = role == BothEnds.Role.TWINBOX_BEGINS;
        List<String> words = new ArrayList<>(calls ? List.of("backup", "-R") : List.of("backup"));
        words.addAll(List.of(more));
        Account left = calls ? replica : source;
        Account right = calls ? source : replica;
        return new BothEnds(twinbox, left, right, BothEnds.Settings.NONE).run(role, words);
    }

    /** What it cannot hold is said by a run whose source is elsewhere as by one whose source is here. */
    @Test
    @Tag("F170")
    void whatAnMboxCannotHoldIsSaidWhereverTheSourceIs() {
        Account source = filled("source", 3);
        source.doveadm("mailbox", "create", "Work/Below");
        source.save("Work/Below", "A mail in a mailbox below another");
        Account here = Account.at(sandbox, "here", MBOX);
        Ran local = twinbox.backup(source, here);
        local.mustSay("Work/Below");
        for (List<String> server : List.of(
                source.nestedDoveadmCommand("dsync-server"),
                twinbox.nestedCommand("-O", "-o", "mail_location=" + source.location(), "dsync-server"))) {
            Account there = Account.at(sandbox, "there" + server.size(), MBOX);
            List<Object> words =
                    new ArrayList<>(List.of("-O", "-o", "mail_location=" + there.location(), "backup", "-R"));
            words.addAll(server);
            twinbox.run(words.toArray()).mustEndWith(local.exit()).mustSay("Work/Below");
            Expect.equal(seen(here), seen(there), () -> "mails from elsewhere, called by " + server);
            there.mustBeSilent();
        }
    }

    @Test
    @Tag("F170")
    void mailThatATwinboxServesIsMirroredIntoAnMbox() {
        Account source = filled("source", 20);
        Account replica = Account.at(sandbox, "replica", MBOX);
        List<Object> words =
                new ArrayList<>(List.of("-O", "-o", "mail_location=" + replica.location(), "backup", "-R", "-f"));
        words.addAll(twinbox.nestedCommand("-O", "-o", "mail_location=" + source.location(), "dsync-server"));
        for (int round = 0; round < 2; round++) {
            twinbox.run(words.toArray()).mustEndWith(0);
            mustLookTheSame(source, replica, "pulled, round " + round);
            source.save("INBOX", "Round " + round);
            source.doveadm("expunge", "mailbox", "Work", "1");
        }
        words.clear();
        words.addAll(List.of("-O", "-o", "mail_location=" + source.location(), "backup"));
        words.addAll(twinbox.nestedCommand("-O", "-o", "mail_location=" + replica.location(), "dsync-server"));
        twinbox.run(words.toArray()).mustEndWith(0);
        mustLookTheSame(source, replica, "pushed");
        twinbox.verify(source, replica).mustEndWith(0);
        replica.mustBeSilent();
    }
}
