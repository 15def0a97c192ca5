package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A mail whose file is lost is not an expunged mail: no run takes the copy away that somebody else still has. */
class UnreadableMailTest extends TwinboxTest {
    private final Account source = Account.at(sandbox, "source", "sdbox:~/sdbox");
    private final Account replica = Account.maildir(sandbox, "replica");

    @BeforeEach
    void threeMailsOfWhichOneLosesItsFile() {
        for (String subject : List.of("one", "two", "three")) {
            source.save("INBOX", subject);
        }
        oneRunMakesItTheSame(source, replica);
        sandbox.shell("rm \"$1\"/mailboxes/INBOX/dbox-Mails/u.2", source.home().resolve("sdbox"));
        source.save("INBOX", "four");
    }

    private static List<String> subjects(Account account) {
        return account.copy().doveadm("fetch", "hdr.subject", "mailbox", "INBOX").lines().stream()
                .filter(line -> line.startsWith("hdr.subject: "))
                .map(line -> line.substring("hdr.subject: ".length()))
                .toList();
    }

    @Test
    void aMirrorLeavesTheMailboxAlone() {
        Ran run = twinbox.backup(source, replica, "--allow-delete").mustEndWith(65);
        run.mustSay("UID 2", "force-resync");
        assertEquals(List.of("one", "two", "three"), subjects(replica));
    }

    @Test
    void aMergeLeavesTheMailboxAlone() {
        twinbox.run("sync", "--allow-delete", "--from", source.location(), replica.location())
                .mustEndWith(65);
        assertEquals(List.of("one", "two", "three"), subjects(replica));
        twinbox.run("sync", "-1", "--allow-delete", "--from", source.location(), replica.location())
                .mustEndWith(65);
        assertTrue(subjects(replica).contains("two"));
    }

    @Test
    void whatCanBeReadGoesWhereNothingCanBeLost() {
        Account fresh = Account.at(sandbox, "fresh", "mdbox:~/mdbox");
        twinbox.backup(source, fresh).mustEndWith(65);
        assertEquals(List.of("one", "three", "four"), subjects(fresh));
    }
}
