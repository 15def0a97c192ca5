package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The first two commands of a newcomer, and that a real Dovecot takes the replica as its own. */
class SampleAccountTest extends TwinboxTest {
    @Test
    @Tag("F005")
    void dovecotListsTheSampleAccountOfAFreshCloneWithoutALogLine() {
        Account account = sample("clone");
        AccountView view = account.view().mustBeSilent();
        assertEquals(
                Set.of("INBOX", "Archive", "Archive/2024", "Entwürfe", "R&D", "Sent Items"),
                view.boxes().keySet());
        assertEquals(33, view.mails());
        assertTrue(view.subscriptions().contains("Lists/gone"));
    }

    @Test
    @Tag("F005")
    void theSampleAccountIsMirroredExactly() {
        Account source = sample("source");
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
    }

    @Test
    @Tag("F005")
    @Tag("F312")
    void aSecondRunWritesNoByte() {
        Account source = sample("source");
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica).mustEndWith(0);
        anotherRunWritesNothing(source, replica);
        anotherRunWritesNothing(source, replica, "-f");
    }

    @Test
    void aSecondRunWritesNothingEvenAfterDovecotLookedAtTheReplica() {
        Account source = sample("source");
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica).mustEndWith(0);
        AccountView.take(replica).mustBeSilent();
        anotherRunWritesNothing(source, replica);
    }

    /** What Java makes at run time (for lambdas, streams, records' own equals) costs such a run up to a third of its time. */
    @Test
    void aRunWithNothingToDoHasNoClassMadeForIt() {
        Account source = Account.maildir(sandbox, "source");
        source.save("INBOX", "one");
        source.doveadm("mailbox", "create", "Work");
        source.save("Work", "two");
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica).mustEndWith(0);
        Path log = sandbox.path("classes.log");
        Twinbox telling = twinbox.with("TWINBOX_JAVA_OPTS", "-Xlog:class+load:file=" + log);
        telling.backup(source, replica).mustEndWith(0);
        nothingWasMade(log);
        twinbox.sync(source, replica).mustEndWith(0);
        telling.sync(source, replica).mustEndWith(0);
        nothingWasMade(log);
    }

    private void nothingWasMade(Path log) {
        String lines = sandbox.shell("cat \"$1\"", log).out();
        assertTrue(lines.contains("dev.twinbox.engine.session.SessionScript"), lines);
        List<String> made = new ArrayList<>();
        for (String line : lines.split("\n", -1)) {
            if (line.contains("$$Lambda") || line.contains("LambdaForm$MH") || line.contains(" java.util.stream.")) {
                made.add(line);
            }
        }
        assertEquals(List.of(), made);
    }

    @Test
    void noTemporaryFileOrLockStaysBehind() {
        Account source = sample("source");
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica).mustEndWith(0);
        for (String name : FileTree.of(sandbox, replica.home()).names()) {
            assertTrue(!name.endsWith(".lock") && !name.matches("(.*/)?tmp/.+"), name);
        }
    }

    @Test
    void filesAreForTheUserAlone() {
        Account source = sample("source");
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica).mustEndWith(0);
        FileTree.shapeOf(sandbox, replica.maildir())
                .entries()
                .forEach((name, shape) -> assertTrue(
                        shape.startsWith("d mode 700")
                                || shape.startsWith("f mode 600")
                                || shape.startsWith("f mode 4"),
                        name + ": " + shape));
    }

    @Test
    void aNewcomerMirrorsItToTheHome() {
        Account home = Account.at(sandbox, "newcomer", "maildir:~/replica");
        Twinbox mine = twinbox.with("HOME", home.home().toString());
        Object sample = "maildir:" + Twinbox.repository().resolve("docs/examples/Maildir");
        mine.run("backup", "--from", sample, "maildir:~/replica").mustEndWith(0);
        mine.run("verify", "--from", sample, "maildir:~/replica").mustEndWith(0);
        assertEquals(33, home.view().mustBeSilent().mails());
    }

    @Test
    @Tag("F106")
    void dovecotCanGoOnUsingTheReplicaAndTheNextRunPutsItRight() {
        Account source = sample("source");
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica).mustEndWith(0);

        replica.save("INBOX", "Only at the replica");
        replica.save("Archive/2024", "Only there too");
        replica.doveadm("flags", "add", "\\Flagged urgent", "mailbox", "INBOX", "uid", "1:4");
        replica.doveadm("flags", "remove", "\\Seen", "mailbox", "Sent Items", "all");
        replica.doveadm("expunge", "mailbox", "Archive/2024", "uid", "2:3");
        replica.doveadm("move", "R&D", "mailbox", "Archive", "uid", "1");
        replica.mustBeSilent();

        oneRunMakesItTheSame(source, replica);
    }

    @Test
    @Tag("F004")
    void changesAtTheSourceArriveOneByOne() {
        Account source = sample("source");
        Account replica = Account.maildir(sandbox, "replica");
        oneRunMakesItTheSame(source, replica);
        source.save("INBOX", "New");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("flags", "add", "\\Seen newkeyword", "mailbox", "INBOX", "uid", "7:9");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("expunge", "mailbox", "Archive/2024", "uid", "4:5");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("mailbox", "rename", "Archive/2024", "Archive/Old year");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("mailbox", "delete", "R&D");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("mailbox", "subscribe", "INBOX");
        source.doveadm("mailbox", "unsubscribe", "Sent Items");
        oneRunMakesItTheSame(source, replica);
    }
}
