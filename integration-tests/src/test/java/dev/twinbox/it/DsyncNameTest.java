package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The command line of the oldest advice, {@code dsync -f -u USER backup maildir:LOC}, under the name dsync. */
class DsyncNameTest extends TwinboxTest {
    private Ran dsync(Account source, Object... arguments) {
        Path link = sandbox.path("dsync");
        sandbox.shell("ln -sf \"$1\" \"$2\"", twinbox.program(), link);
        return twinbox.with("HOME", source.home().toString())
                .with("MAIL", source.location())
                .with("TWINBOX_MAIL_LOCATION", source.location())
                .as(link.toString(), arguments);
    }

    @Test
    @Tag("F024")
    void theLineOfTheAdviceMirrorsTheAccount() {
        Account source = filled("source", 10);
        Account replica = Account.maildir(sandbox, "replica");
        dsync(
                        source,
                        "-o",
                        "mail_location=" + source.location(),
                        "-f",
                        "-u",
                        sandbox.owner(),
                        "backup",
                        replica.location())
                .mustEndWith(0);
        mustBeTheSame(source, replica, "dsync -f -u USER backup");
    }

    @Test
    @Tag("F024")
    @Tag("F025")
    void theSameLinePutsATouchedReplicaRight() {
        Account source = filled("source", 10);
        Account replica = Account.maildir(sandbox, "replica");
        String[] line = {"-f", "-u", sandbox.owner(), "backup", replica.location()};
        dsync(source, (Object[]) line).mustEndWith(0);
        mustBeTheSame(source, replica, "the first run");
        replica.save("INBOX", "Intruder");
        replica.doveadm("expunge", "mailbox", "INBOX", "uid", "2");
        dsync(source, (Object[]) line).mustEndWith(0);
        mustBeTheSame(source, replica, "the second run");
    }

    @Test
    @Tag("F024")
    void theBareNameSaysWhatItMisses() {
        Account source = filled("source", 1);
        assertEquals(
                "", dsync(source).mustEndWithOneOf(64, 75).mustSay("backup").out());
    }
}
