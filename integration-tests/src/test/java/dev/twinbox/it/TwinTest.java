package dev.twinbox.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two Twinboxes, each a process of its own, that speak Twinbox's own protocol. */
class TwinTest extends TwinboxTest {
    private static final String OWN = "is spoken with in Twinbox's own protocol";

    private List<Object> words(Account own, String... words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-v", "-D", "-o", "mail_location=" + own.location()));
        all.addAll(Arrays.asList(words));
        return all;
    }

    private List<String> server(Account account) {
        return twinbox.nestedCommand("-O", "-o", "mail_location=" + account.location(), "dsync-server");
    }

    private Ran run(Account own, Account other, String... words) {
        List<Object> all = words(own, words);
        all.addAll(server(other));
        return twinbox.run(all.toArray());
    }

    @Test
    @Tag("F166")
    void aMirrorGoesBothWays() {
        Account source = filled("source", 20);
        Account pushed = Account.maildir(sandbox, "pushed");
        run(source, pushed, "backup").mustEndWith(0).mustSay(OWN);
        mustBeTheSame(source, pushed, "a push");
        Account pulled = Account.maildir(sandbox, "pulled");
        run(pulled, source, "backup", "-R").mustEndWith(0).mustSay(OWN);
        mustBeTheSame(source, pulled, "a pull");
        for (Account replica : List.of(pushed, pulled)) {
            FileTree before = FileTree.of(sandbox, replica.home());
            run(source, replica, "backup").mustEndWith(0);
            before.mustStillBe(FileTree.of(sandbox, replica.home()), "a run with nothing to do");
        }
        source.doveadm("expunge", "mailbox", "Work", "1:5");
        source.doveadm("flags", "add", "\\Flagged", "mailbox", "INBOX", "1:3");
        run(source, pushed, "backup").mustEndWith(0);
        run(pulled, source, "backup", "-R", "-f").mustEndWith(0);
        mustBeTheSame(source, pushed, "a push of changes");
        mustBeTheSame(source, pulled, "a full pull of changes");
    }

    /** While one body is read the mails of fifteen other mailboxes wait, more than a megabyte in each. */
    @Test
    @Tag("F166")
    void manyMailboxesWithLargeMailsAreUnderWayAtOnce() {
        Account source = Bench.source(sandbox, new BenchAccount("large", 96, 16, 900_000, 0.2, 0));
        Account replica = Account.maildir(sandbox, "replica");
        run(source, replica, "backup", "-T", "60").mustEndWith(0).mustSay(OWN);
        twinbox.verify(source, replica).mustEndWith(0);
    }

    @Test
    @Tag("F166")
    void whatBothSidesDidIsMerged() {
        Account left = filled("left", 5);
        Account right = Account.maildir(sandbox, "right");
        run(left, right, "sync").mustEndWith(0).mustSay(OWN);
        left.save("INBOX", "New at the left");
        left.doveadm("expunge", "mailbox", "Work", "1");
        right.save("Work", "New at the right");
        right.doveadm("flags", "add", "\\Flagged", "mailbox", "INBOX", "2");
        right.doveadm("mailbox", "create", "-s", "Made/Below");
        run(left, right, "sync").mustEndWith(0);
        mustBeTheSame(left, right, "a merge");
        right.save("INBOX", "The destination's own");
        left.save("INBOX", "For both");
        run(left, right, "sync", "-1").mustEndWith(0);
        for (String subject : List.of("own", "both")) {
            String found = right.doveadm("search", "mailbox", "INBOX", "subject", subject)
                    .out();
            Expect.equal(1L, found.lines().count(), () -> "mails with " + subject + " after sync -1");
        }
    }

    /** Without the option the mails of a mirror that somebody emptied would go at the other end, too. */
    @Test
    @Tag("F154")
    void theDeleteGuardStandsAtTheOtherEnd() {
        Account source = filled("source", 10);
        Account replica = Account.maildir(sandbox, "replica");
        run(source, replica, "backup").mustEndWith(0);
        AccountView before = replica.view();
        source.doveadm("expunge", "mailbox", "INBOX", "all");
        Ran stopped = run(source, replica, "backup", "--max-delete", "1").mustEndWith(66);
        before.mustEqual(replica.view(), "the run that was stopped");
        mustSayOnce(stopped);
        FileTree kept = FileTree.of(sandbox, replica.home());
        mustSayOnce(run(replica, source, "backup", "-R", "--max-delete", "1").mustEndWith(66));
        kept.mustStillBe(FileTree.of(sandbox, replica.home()), "the pull that was stopped");
        run(source, replica, "backup", "--allow-delete").mustEndWith(0);
        mustBeTheSame(source, replica, "the run that was allowed to delete");
    }

    /** The other end's messages come out where ours do; only one of the two is to tell. */
    private static void mustSayOnce(Ran stopped) {
        List<String> errors =
                stopped.err().lines().filter(line -> line.contains(" Error: ")).toList();
        Expect.equal(1, errors.size(), stopped::toString);
        Expect.that(errors.get(0).contains("--allow-delete"), stopped::toString);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("F173")
    void theSamePortServesDsyncAndTwinboxesOwnProtocol(boolean encrypted) {
        Account source = filled("source", 10);
        Account replica = Account.maildir(sandbox, "replica");
        var certificate = NetworkPeer.Certificate.make(sandbox, twinbox, "good");
        try (NetworkPeer peer = NetworkPeer.twinbox(twinbox, replica, certificate)) {
            for (String protocol : List.of("auto", "dsync", "twinbox")) {
                List<Object> all = words(source, "-o", "mail_home=" + source.home());
                all.addAll(List.of("-o", "doveadm_password=" + NetworkPeer.PASSWORD));
                all.addAll(List.of("-o", "twinbox_fingerprint=" + certificate.fingerprint()));
                all.addAll(List.of("backup", "-u", "user", "--protocol", protocol));
                all.add(encrypted ? peer.encrypted() : peer.plain());
                Ran ran = twinbox.run(all.toArray()).mustEndWith(0);
                Expect.equal(!protocol.equals("dsync"), ran.err().contains(OWN), ran::toString);
            }
        }
        mustBeTheSame(source, replica, "three runs over the network");
    }

    @Test
    @Tag("F173")
    void aDovecotIsSpokenWithInDsync() {
        Account source = filled("source", 3);
        Account replica = Account.maildir(sandbox, "replica");
        List<Object> all = words(source, "backup", "--allow-delete");
        all.addAll(replica.nestedDoveadmCommand("dsync-server"));
        twinbox.run(all.toArray()).mustEndWith(0).mustSay("is spoken with in dsync");
        all = words(source, "backup", "--protocol", "twinbox");
        all.addAll(replica.nestedDoveadmCommand("dsync-server"));
        twinbox.run(all.toArray()).mustEndWith(75).mustSay("does not speak Twinbox's own protocol");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--protocol=smoke", "--limit-rate=3", "--limit-mails=0", "--limit-rate=fast"})
    void aWrongWordIsRefused(String option) {
        Account source = Account.maildir(sandbox, "source");
        twinbox.run("-o", "mail_location=" + source.location(), "backup", option, "tcp:localhost")
                .mustEndWithOneOf(64, 75)
                .mustSay(option.substring(0, option.indexOf('=')));
    }
}
