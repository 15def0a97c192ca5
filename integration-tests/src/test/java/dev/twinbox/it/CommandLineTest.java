package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What options do to a whole run. How they are spelled is tested beside the parser. */
class CommandLineTest extends TwinboxTest {
    @Test
    void aDryRunPrintsThePlanAndChangesNothing() {
        Account source = filled("source", 4);
        Account replica = Account.maildir(sandbox, "replica");
        FileTree before = FileTree.of(sandbox, replica.home());
        String plan =
                twinbox.backup(source, replica, "--dry-run").mustEndWith(0).out();
        assertTrue(plan.contains("Work") && plan.contains("INBOX"), plan);
        before.mustStillBe(FileTree.of(sandbox, replica.home()), "a dry run");
        oneRunMakesItTheSame(source, replica);
        source.doveadm("expunge", "mailbox", "Work", "uid", "2");
        FileTree mirrored = FileTree.of(sandbox, replica.home());
        assertTrue(twinbox.backup(source, replica, "--dry-run")
                .mustEndWith(0)
                .out()
                .contains("Work"));
        mirrored.mustStillBe(FileTree.of(sandbox, replica.home()), "a dry run");
    }

    @Test
    @Tag("F314")
    void theJsonResultIsOneObjectOnStdout() {
        Account source = filled("source", 4);
        Account replica = Account.maildir(sandbox, "replica");
        String json =
                twinbox.backup(source, replica, "--json").mustEndWith(0).out().strip();
        assertTrue(json.startsWith("{") && json.endsWith("}"), json);
        assertTrue(json.contains("\"Work\""), json);
        assertFalse(json.contains("Mail 1"), "content of mails has no place in a result");
    }

    @Test
    @Tag("F160")
    void onlyTheGivenMailboxIsMirrored() {
        Account source = filled("source", 4);
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica, "-m", "Work").mustEndWith(0);
        AccountView view = replica.view().mustBeSilent();
        assertEquals(4, view.box("Work").mails().size());
        assertEquals(4, view.mails());
    }

    @Test
    @Tag("F169")
    void excludedMailboxesStayAsTheyAre() {
        Account source = filled("source", 4);
        source.doveadm("mailbox", "create", "Spam", "Spam/Old");
        source.save("Spam/Old", "Buy");
        Account replica = Account.maildir(sandbox, "replica");
        twinbox.backup(source, replica, "-x", "Spam*").mustEndWith(0);
        assertEquals(Set.of("INBOX", "Work"), replica.view().boxes().keySet());
        replica.doveadm("mailbox", "create", "Spam");
        replica.save("Spam", "Mine");
        twinbox.backup(source, replica, "-x", "Spam*").mustEndWith(0);
        assertEquals(1, replica.view().box("Spam").mails().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "--no-such-option", "-Z"})
    @Tag("F102")
    void unknownOptionsEndWith64(String option) {
        Account source = filled("source", 1);
        twinbox.backup(source, source, option).mustEndWith(64);
    }

    @Test
    void aHomeThatMayNotBeReadStopsNobodyWhoNamesBothLocations() {
        Account source = filled("source", 2);
        Account replica = Account.maildir(sandbox, "replica");
        String closed = sandbox.directory("closed").toString();
        sandbox.shell("mkdir -p \"$1/.config/twinbox\"; chmod 000 \"$1\"", closed);
        twinbox.with("HOME", closed)
                .backup(source, replica)
                .mustEndWith(0)
                .mustSay(closed + "/.config/twinbox/twinbox.conf may not be read");
        assertEquals(4, replica.view().mustBeSilent().mails());
    }

    @Test
    void verifyFindsEachKindOfDifference() {
        Account source = filled("source", 5);
        Account replica = source.copy("replica");
        twinbox.verify(source, replica).mustEndWith(0);
        replica.doveadm("flags", "add", "\\Flagged", "mailbox", "INBOX", "uid", "1");
        assertTrue(twinbox.verify(source, replica).mustEndWith(2).out().contains("INBOX"));
        Account other = source.copy("other");
        sandbox.shell(
                "f=$(ls -d \"$1\"/.Work/cur/* | head -1); printf x | dd of=\"$f\" conv=notrunc 2>/dev/null",
                other.maildir());
        assertTrue(twinbox.verify(source, other).mustEndWith(2).out().contains("Work"));
    }

    @Test
    void statusTellsWhatDovecotTells() {
        Account account = sample("account");
        account.doveadm("mailbox", "status", "all", "*");
        String status = twinbox.run("status", account.location()).mustEndWith(0).out();
        account.view().boxes().forEach((name, box) -> {
            assertTrue(status.contains(box.status().get("guid") + ""), () -> name + " in " + status);
            assertTrue(status.contains(box.status().get("uidvalidity") + ""), () -> name + " in " + status);
        });
    }
}
