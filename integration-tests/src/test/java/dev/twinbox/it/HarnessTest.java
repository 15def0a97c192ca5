package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.it.AccountView.Aspect;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The measuring instruments themselves: what they must see, and that they see equal where Dovecot made it equal. */
class HarnessTest {
    private final Sandbox sandbox = Sandbox.create();

    @AfterEach
    void cleanUp() {
        sandbox.close();
    }

    @Test
    void anAccountMirroredByDovecotItselfLooksTheSame() {
        Account source = Account.maildir(sandbox, "source");
        new RandomLife(7).live(source, 300);
        assertTrue(source.view().mails() > 20, "a life leaves mails");
        Account replica = Account.maildir(sandbox, "replica");
        source.copy().doveadm("backup", replica.location());
        source.view().mustEqual(replica.view(), "after doveadm backup", Aspect.RECENT, Aspect.MODSEQ);
        replica.mustBeSilent();
    }

    @Test
    void everyKindOfDifferenceIsSeen() {
        Account one = Account.maildir(sandbox, "one");
        one.save("INBOX", "First");
        one.doveadm("mailbox", "create", "-s", "Work");
        one.view().mustEqual(one.view(), "without a change");
        Account two = one.copy("two");
        two.doveadm("flags", "add", "\\Seen to-do", "mailbox", "INBOX", "all");
        two.doveadm("mailbox", "unsubscribe", "Work");
        two.doveadm("mailbox", "create", "Play");
        two.save("Work", "Second");
        List<String> differences = one.view().differences(two.view());
        String all = String.join("\n", differences);
        for (String expected : List.of(
                "subscriptions",
                "Play: is too much",
                "INBOX UID 1 flags: [] -> [\\Seen, to-do]",
                "INBOX UID 1 modseq",
                "Work UID 1: is too much",
                "Work uidnext: 1 -> 2")) {
            assertTrue(all.contains(expected), () -> expected + " in\n" + all);
        }
    }

    @Test
    void lookingAtAnAccountDoesNotDisturbIt() {
        Account account = Account.maildir(sandbox, "account");
        account.save("INBOX", "First");
        FileTree before = FileTree.of(sandbox, account.home());
        account.view();
        before.mustStillBe(FileTree.of(sandbox, account.home()), "a view");
    }

    @Test
    void complaintsOfDovecotAreKept() {
        Account account = Account.maildir(sandbox, "account");
        account.save("INBOX", "First");
        sandbox.shell("printf 'garbage\\n' > \"$1/dovecot-uidlist\"", account.maildir());
        account.tryDoveadm("mailbox", "status", "all", "*");
        assertFalse(account.log().isEmpty());
        assertEquals(1, account.view().mails());
    }
}
