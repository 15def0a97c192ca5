package dev.twinbox.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.twinbox.engine.session.DeleteLimit;
import dev.twinbox.engine.session.MailFilter;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole command lines, with an engine that does as it is told. */
final class CommandsTest {
    private static final MailboxName WORK = FakeEngine.WORK;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private CommandWorld world;

    @SuppressWarnings("NullAway.Init")
    private FakeEngine engine;

    @SuppressWarnings("NullAway.Init")
    private ByteArrayOutputStream out;

    @SuppressWarnings("NullAway.Init")
    private ByteArrayOutputStream err;

    @SuppressWarnings("NullAway.Init")
    private Map<String, String> environment;

    @BeforeEach
    void begin() {
        world = new CommandWorld(folder);
        engine = world.engine;
        out = world.out;
        err = world.err;
        environment = world.environment;
    }

    private int run(String... words) {
        return world.run(words);
    }

    private String out() {
        return world.out();
    }

    private String err() {
        return world.err();
    }

    private SyncOptions asked() {
        assertFalse(engine.asked.isEmpty(), err());
        return engine.asked.get(engine.asked.size() - 1);
    }

    @Test
    void backsUpQuietly() {
        assertEquals(0, run("backup", "--from", "maildir:a", "maildir:b"));
        assertEquals("", out());
        assertEquals("", err());
        assertEquals(List.of("read " + folder + "/a", "write " + folder + "/b"), engine.opened);
        assertEquals(SyncType.CHANGED, asked().type());
        assertEquals("host.example", asked().hostname());
        assertEquals(DeleteLimit.DEFAULT, asked().deleteLimit());
        assertEquals(MailFilter.ALL, asked().mails());
    }

    @Test
    void turnsRoundWithReverse() {
        assertEquals(0, run("-o", "mail_location=maildir:own", "backup", "-fR", "maildir:other"));
        assertEquals(List.of("read " + folder + "/other", "write " + folder + "/own"), engine.opened);
        assertEquals(SyncType.FULL, asked().type());
        assertEquals(64, run("backup", "-R", "--from", "maildir:a", "maildir:b"));
    }

    @Test
    void takesTheSourceFromTheEnvironmentAndExpandsHome() {
        environment.put("TWINBOX_MAIL_LOCATION", "maildir:~/Maildir:LAYOUT=fs");
        environment.put("HOME", folder + "/home");
        assertEquals(0, run("backup", "maildir:~/replica"));
        assertEquals(List.of("read " + folder + "/home/Maildir", "write " + folder + "/home/replica"), engine.opened);
    }

    @Test
    void answersToTheNameDsync() {
        world.calledAs = "dsync";
        assertEquals(0, run("-f", "-u", "root", "-o", "mail_location=maildir:a", "backup", "maildir:b"));
        assertEquals(SyncType.FULL, asked().type());
        assertNull(engine.oneWay);
        for (String word : List.of("mirror", "sync")) {
            assertEquals(0, run("-f", "-R", "-u", "root", "-o", "mail_location=maildir:a", word, "maildir:b"), err());
            assertEquals(false, engine.oneWay);
            assertEquals("write " + folder + "/b", engine.opened.get(engine.opened.size() - 2));
        }
        assertEquals(64, run("-u", "root", "nonsense", "maildir:b"));
    }

    @Test
    void translatesMailboxNamesAndMasks() {
        assertEquals(
                0, run("backup", "--from", "maildir:a", "-m", "Work.A", "-x", "Spam.*", "-x", "\\Sent", "maildir:b"));
        assertEquals(Set.of(WORK), asked().mailboxes().only());
        assertEquals(
                List.of("Spam/*", "Sent", "Sent Messages"), asked().mailboxes().excluded());
        assertEquals(75, run("backup", "--from", "maildir:a", "-m", "..", "maildir:b"));
        assertNull(asked().allMails());
        assertEquals(0, run("sync", "--from", "maildir:a", "-a", "Virtual.All", "maildir:b"));
        assertEquals(MailboxName.parse("Virtual/All", '/'), asked().allMails());
        assertEquals(75, run("sync", "--from", "maildir:a", "-a", "..", "maildir:b"));
        assertTrue(err().contains("-a '..'"), err());
    }

    @Test
    void aSpecialUseStandsForTheMailboxesThatHaveIt() {
        assertEquals(0, run("backup", "--from", "maildir:a", "-m", "\\Sent", "maildir:b"));
        assertEquals(
                Set.of(MailboxName.parse("Sent", '/'), MailboxName.parse("Sent Messages", '/')),
                asked().mailboxes().only());
        String mine = "mailbox/Gesendet/special_use=\\Sent";
        assertEquals(0, run("-o", mine, "backup", "--from", "maildir:a", "-m", "\\sent", "maildir:b"));
        assertEquals(
                Set.of(MailboxName.parse("Gesendet", '/')), asked().mailboxes().only());
        err.reset();
        assertEquals(0, run("-o", mine, "backup", "--from", "maildir:a", "-m", "\\Trash", "maildir:b"));
        assertEquals(Set.of(), asked().mailboxes().only());
        assertEquals("twinbox(me): Warning: -m \\Trash: there is no such mailbox\n", err());
    }

    @Test
    void saysThatAnUnknownNamespaceIsNotOne() {
        assertEquals(0, run("backup", "--from", "maildir:a", "-n", "", "maildir:b"));
        assertEquals("", err());
        assertEquals(0, run("sync", "--from", "maildir:a", "-n", "Shared/", "maildir:b"));
        assertTrue(err().contains("Warning: -n Shared/: no such namespace"), err());
        assertEquals(75, run("sync", "--from", "maildir:a", "-N", "maildir:b"));
        assertTrue(err().contains("-N is only for a remote destination"), err());
    }

    @Test
    void warnsOfAnUnknownMailboxAndSucceedsAsDsyncDoes() {
        assertEquals(0, run("backup", "--from", "maildir:a", "-m", "None", "maildir:b"));
        assertEquals("twinbox(me): Warning: -m None: there is no such mailbox\n", err());
        engine.outcome = new Outcome(
                Status.DONE, null, List.of(new MailboxResult(WORK, Status.DONE, "", true, 0, 0, 0, 0, 0)), 0);
        err.reset();
        assertEquals(0, run("backup", "--from", "maildir:a", "-m", "Work.A", "maildir:b"));
        assertEquals("", err());
    }

    /** The own account is opened first; then there is nobody to speak with. */
    @Test
    void saysThatTheOtherEndCannotBeReached() throws IOException {
        assertEquals(75, run("backup", "--from", "maildir:a", "/no/such/command", "x"));
        assertTrue(err().contains("cannot run '/no/such/command'"), err());
        assertEquals(75, run("-o", "dsync_remote_cmd=/no/such/ssh %{host}", "backup", "--from", "maildir:a", "host"));
        assertEquals(75, run("backup", "--from", "maildir:a", "tcp:127.0.0.1:1"));
        assertTrue(err().contains("127.0.0.1:1"), err());
        assertEquals("", out());
    }

    @Test
    void refusesWhatItCannotMeanWithDoveadmsExitCodes() throws IOException {
        String[] from = {"backup", "--from", "maildir:a"};
        assertEquals(64, run(from));
        assertEquals(64, run());
        assertEquals(64, run("mirror", "maildir:b"));
        assertEquals(64, run(from[0], from[1], from[2], "-1", "maildir:b"));
        assertEquals(64, run(from[0], from[1], from[2], "-A", "maildir:b"));
        assertEquals(64, run(from[0], from[1], from[2], "maildir:b", "-f"));
        assertEquals(75, run(from[0], from[1], from[2], "-N", "maildir:b"));
        assertEquals(75, run(from[0], from[1], from[2], "remote:-host"));
        assertEquals(75, run(from[0], from[1], from[2], "imapc:b"));
        assertEquals(64, run("status", "-N", "maildir:a"));
        assertEquals(78, run("-O", "backup", "maildir:b"));
        assertEquals(78, run("-o", "lock_method=flock", "backup", "--from", "maildir:a", "maildir:b"));
        assertEquals(67, run("-o", "mail_location=maildir:~/M", "backup", "-u", "no.such.user", "maildir:b"));
        assertTrue(engine.opened.isEmpty(), engine.opened.toString());
        assertEquals("", out());
        assertEquals(0, run(from[0], from[1], from[2], "maildir:b", "dsync-server"));
    }

    @Test
    void runsACommandUnderTheLocksAndGivesItsExitCode() throws IOException {
        Files.createDirectories(folder.resolve("a/cur"));
        Files.createDirectories(folder.resolve("a/.Work/cur"));
        String look =
                "test -e \"$0/a/dovecot-uidlist.lock\" && test ! -e \"$0/a/.Work/dovecot-uidlist.lock\" && exit 7";
        assertEquals(7, run("lock", "-m", "INBOX", "maildir:a", "--", "sh", "-c", look, folder.toString()), err());
        assertEquals("", err());
        assertFalse(Files.exists(folder.resolve("a/dovecot-uidlist.lock")));
        assertEquals(0, run("lock", "-m", "INBOX", "-m", "Work", "maildir:a", "--", "true"), err());
    }

    @Test
    void runsNothingWithoutAllTheLocks() throws IOException {
        Files.createDirectories(folder.resolve("a/cur"));
        String touch = folder.resolve("ran").toString();
        Path lock = folder.resolve("a/dovecot-uidlist.lock");
        Files.writeString(lock, "1:another.example");
        assertEquals(75, run("lock", "-m", "INBOX", "-l", "0", "maildir:a", "--", "touch", touch));
        assertTrue(err().contains("dovecot-uidlist.lock is held by process 1:another.example"), err());
        assertTrue(Files.exists(lock));
        Files.delete(lock);
        assertEquals(68, run("lock", "-m", "INBOX", "-m", "None", "maildir:a", "--", "touch", touch));
        assertFalse(Files.exists(Path.of(touch)));
        assertEquals(68, run("lock", "-m", "INBOX", "maildir:a", "--", "/no/such/program"));
        assertFalse(Files.exists(lock));
    }

    @Test
    void refusesLockCommandsThatSayTooLittle() {
        assertEquals(64, run("lock"));
        assertEquals(64, run("lock", "maildir:a", "true"));
        assertEquals(64, run("lock", "maildir:a", "--"));
        assertEquals(64, run("lock", "--", "true"));
        assertEquals(64, run("lock", "-f", "maildir:a", "--", "true"));
        assertEquals(75, run("lock", "-l", "soon", "maildir:a", "--", "true"));
        assertEquals(64, run("maildirlock", "/a"));
        assertEquals(64, run("maildirlock", "/a", "-1"));
        assertEquals(64, run("maildirlock", "/a", "1", "2"));
        assertEquals(68, run("maildirlock", "none", "1"));
        assertEquals(78, run("maildirlock", ".", "1"));
        assertEquals(75, run("maildirlock", "", "1"));
        assertEquals(0, run("lock", "--help"));
        assertEquals(0, run("maildirlock", "--help"));
        assertEquals(0, run("help", "lock"));
    }

    @Test
    void refusesAccountsThatLieInEachOther() throws IOException {
        Files.createDirectories(folder.resolve("a/sub"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("a"));
        for (String destination : List.of(
                "maildir:a",
                "maildir:link",
                "maildir:a/x",
                "maildir:link/x/y",
                "maildir:" + folder,
                "maildir:b:INDEX=a",
                "maildir:b:CONTROL=link/sub")) {
            assertEquals(75, run("backup", "--from", "maildir:a", destination), destination);
        }
        assertEquals(0, run("backup", "--from", "maildir:a", "maildir:ab"));
        assertTrue(err().contains("source and destination are the same"), err());
    }

    @Test
    void printsThePlanOfADryRun() {
        engine.eventful = true;
        engine.outcome = new Outcome(
                Status.DONE, null, List.of(new MailboxResult(WORK, Status.DONE, "synced", false, 1, 2, 3, 4, 500)), 1);
        assertEquals(0, run("backup", "--from", "maildir:a", "--dry-run", "-l", "1", "maildir:b"));
        assertEquals("""
                Work/A: create mailbox GUID 00000000000000010000000000000002 UIDVALIDITY 5
                Work/A: expunge UID 3 GUID g3: not at the source
                Work/A: update UID 4 flags (\\Seen Todo): flags differ
                Work/A: renumber UID 5 to UID 7 flags (): other UID
                Work/A: copy UID 4 to UID 8 flags (): copy
                Work/A: save UID 9 GUID g9 flags (\\Flagged Todo): new
                total: 1 mailboxes, 0 unchanged; 1 changes to the mailbox tree; 1 saved (500 bytes), 2 expunged, \
                3 with other flags, 4 renumbered
                """, out());
        assertEquals("twinbox(me): Warning: Mailbox Work/A: odd \\x1b[0m\n", err());
        assertEquals(List.of("read " + folder + "/a", "read " + folder + "/b"), engine.opened);
        assertFalse(Files.exists(folder.resolve(".dovecot-sync.lock")));
    }

    @Test
    void printsOneResultObject() {
        engine.eventful = true;
        engine.outcome = new Outcome(
                Status.CHANGED,
                "INBOX changed",
                List.of(new MailboxResult(WORK, Status.CHANGED, "why", false, 1, 2, 3, 4, 500)),
                1);
        assertEquals(2, run("backup", "--from", "maildir:a", "--json", "maildir:b"));
        assertEquals(
                "{'command':'backup','user':'me','source':'maildir:a','destination':'maildir:b','dry_run':false,"
                        + "'status':'changed','exit_code':2,'retryable':true,'reason':'INBOX changed','mailboxes':["
                        + "{'mailbox':'Work/A','status':'changed','reason':'why','retryable':true,'skipped':false,'saved':1,'expunged':2,"
                        + "'flagged':3,'renumbered':4,'bytes':500}],'totals':{'mailboxes':1,'skipped':0,"
                        + "'tree_changes':1,'saved':1,'expunged':2,'flagged':3,'renumbered':4,'bytes':500},"
                        + "'duration_ms':0}\n",
                out().replace('"', '\''));
        assertTrue(err().contains("Warning: the source changed during the run"), err());
    }

    @Test
    void putsTheStepsOfADryRunIntoTheResultObject() {
        engine.eventful = true;
        assertEquals(0, run("backup", "--from", "maildir:a", "--json", "--dry-run", "maildir:b"));
        String json = out().replace('"', '\'');
        assertTrue(
                json.contains("'dry_run':true,'plan':[{'mailbox':'Work/A','step':'create mailbox',"
                        + "'guid':'00000000000000010000000000000002','uid_validity':5},{'mailbox':'Work/A',"
                        + "'step':'expunge','uid':3,'guid':'g3','reason':'not at the source'},"),
                json);
        assertTrue(json.contains("],'status':'done','exit_code':0,'retryable':false,'reason':null,"), json);
    }

    @Test
    void saysInTheResultObjectWhyItDidNotBegin() {
        assertEquals(75, run("backup", "--from", "maildir:a", "--json", "maildir:a"));
        String json = out().replace('"', '\'');
        assertTrue(json.startsWith("{'command':'backup','status':'failed','exit_code':75,'retryable':true,"), json);
        assertEquals(1, json.lines().count());
    }

    @Test
    void passesEveryStatusOnAsExitCode() {
        for (Status status : Status.values()) {
            engine.outcome = new Outcome(status, "because", List.of(), 0);
            err.reset();
            assertEquals(status.exitCode(), run("backup", "--from", "maildir:a", "maildir:b"));
            assertEquals(status != Status.DONE, err().contains("because"), status + ": " + err());
        }
    }

    @Test
    void endsTemporarilyWhenInterrupted() {
        engine.interrupted = true;
        assertEquals(75, run("backup", "--from", "maildir:a", "--json", "--dry-run", "maildir:b"));
        assertTrue(err().contains("Error: interrupted"), err());
        assertTrue(out().contains("\"plan\":[],\"status\":\"failed\",\"exit_code\":75"), out());
    }

    @Test
    void holdsTheUsersLockDuringTheRunOnly() {
        environment.put("HOME", folder.toString());
        assertEquals(0, run("-D", "backup", "--from", "maildir:a", "-l", "1", "maildir:b"));
        assertTrue(err().contains("holding " + folder + "/.dovecot-sync.lock"), err());
        assertFalse(Files.exists(folder.resolve(".dovecot-sync.lock")));
    }

    @Test
    void remarksOnSettingsThatMeanNothing() {
        assertEquals(0, run("-o", "mail_locaton=x", "backup", "--from", "maildir:a", "-p", "nope=1", "maildir:b"));
        assertEquals("""
                twinbox(me): Warning: -o mail_locaton: this setting means nothing to Twinbox
                twinbox(me): Warning: -p nope: this setting means nothing to Twinbox
                """, err());
    }

    @Test
    void appliesDestinationSettingsToTheDestinationOnly() {
        assertEquals(
                75,
                run("backup", "--from", "maildir:a", "-p", "mail_index_path=a/i", "maildir:b"),
                "the destination's index would lie inside the source");
    }

    @Test
    void comparesAndListsAccounts() throws IOException {
        assertEquals(68, run("verify", "--from", "maildir:a", "maildir:b"), "there is nothing yet");
        assertEquals(68, run("status", "--json", "maildir:a"));
        engine.account.client().create(MailboxName.INBOX, new MailboxGuid(1, 2), 5);
        engine.account.client().deliver(MailboxName.INBOX, new MailGuid("g1"), new byte[] {'x'}, 1000);
        out.reset();
        assertEquals(0, run("verify", "--from", "maildir:a", "maildir:b"));
        assertEquals("same: 1 mailboxes, 1 mails, 1 bytes compared\n", out());
        out.reset();
        assertEquals(0, run("verify", "--from", "maildir:a", "--json", "maildir:b"));
        assertTrue(out().contains("\"status\":\"same\",\"exit_code\":0"), out());
        out.reset();
        assertEquals(0, run("status", "maildir:a"));
        assertTrue(out().contains("highestmodseq"), out());
        assertTrue(out().lines().anyMatch(line -> line.endsWith("INBOX")), out());
        out.reset();
        assertEquals(0, run("-o", "mail_location=maildir:a", "status", "--json"));
        assertTrue(out().contains("\"mailbox\":\"INBOX\",\"messages\":1,"), out());
    }

    @Test
    void helpsOnStandardOutput() {
        for (String[] words : List.of(
                new String[] {"help"},
                new String[] {"--help"},
                new String[] {"help", "backup"},
                new String[] {"help", "sync"},
                new String[] {"sync", "--help"},
                new String[] {"backup", "--help"},
                new String[] {"verify", "--help"},
                new String[] {"status", "--help"},
                new String[] {"--version"})) {
            out.reset();
            assertEquals(0, run(words));
            assertTrue(out().contains("winbox"), out());
            assertFalse(out().contains("${"), out());
        }
        assertEquals(64, run("help", "nonsense"));
        assertEquals("twinbox: Error: there is no help on 'nonsense': try twinbox help\n", err());
    }

    @Test
    void aConversionLeavesOutWhatItIsTold() throws IOException {
        engine.account.client().create(MailboxName.INBOX, new MailboxGuid(1, 2), 5);
        String[] words = {
            "convert", "--settle", "0", "-x", "Spam.*", "-x", "\\Trash", "--switch-cmd", "true", "maildir:a", "mdbox:b"
        };
        assertEquals(0, run(words), err());
        assertEquals(2, engine.asked.size(), "a copy and a merge");
        for (SyncOptions copied : engine.asked) {
            assertEquals(List.of("Spam/*", "Trash"), copied.mailboxes().excluded());
        }
        out.reset();
        assertEquals(0, run("convert", "--status", "maildir:a", "mdbox:b"), err());
        assertTrue(out().contains("excluded: Spam.*\nexcluded: \\Trash\n"), out());
        // A mailbox that was left out so far would now be looked for, and not found.
        assertEquals(64, run("convert", "--switched", "maildir:a", "mdbox:b"));
        assertTrue(err().contains("without Spam.*, \\Trash"), err());
    }

    @Test
    void aConversionIsOneResultWithThoseOfItsSteps() throws IOException {
        engine.account.client().create(MailboxName.INBOX, new MailboxGuid(1, 2), 5);
        engine.outcome = new Outcome(
                Status.DONE, null, List.of(new MailboxResult(WORK, Status.DONE, "", false, 1, 0, 0, 0, 10)), 0);
        String[] words = {
            "convert",
            "--json",
            "--settle",
            "0",
            "--switch-cmd",
            "echo noise",
            "--kick-cmd",
            "exit 9",
            "maildir:a",
            "mbox:b"
        };
        assertEquals(75, run(words), err());
        assertEquals(1, out().lines().count(), out());
        assertEquals(
                "{\"command\":\"convert\",\"user\":\"me\",\"from\":\"maildir:a\",\"to\":\"mbox:b\",\"excluded\":[],\"losses\":[",
                out().substring(0, out().indexOf("\"an mbox")));
        assertValid(out());
        assertTrue(
                out().contains("\"steps\":[{\"step\":\"copy\",\"exit_code\":0,\"duration_ms\":0,\"results\":["
                        + "{\"command\":\"backup\",\"user\":\"me\""),
                out());
        assertTrue(out().contains("{\"step\":\"switch\",\"exit_code\":0,\"duration_ms\":0,\"results\":[]}"), out());
        assertTrue(
                out().endsWith(
                                "{\"step\":\"kick\",\"exit_code\":9,\"duration_ms\":0,\"results\":[]}],\"stage\":\"kick\","
                                        + "\"copies\":1,\"last_copy_seconds\":0,\"status\":\"failed\",\"exit_code\":75,\"retryable\":true,"
                                        + "\"reason\":\"the command that ends sessions ended with 9: not going on; mend it and run this"
                                        + " again\",\"duration_ms\":0}\n"),
                out());
        out.reset();
        assertEquals(0, run("convert", "--json", "--settle", "0", "--kick-cmd", "true", "maildir:a", "mbox:b"), err());
        assertValid(out());
        assertTrue(out().contains("\"step\":\"merge\",\"exit_code\":0"), out());
        assertTrue(
                out().contains("\"stage\":\"done\",\"copies\":1,\"last_copy_seconds\":0,\"status\":\"done\""), out());
        out.reset();
        assertEquals(0, run("convert", "--status", "--json", "maildir:a", "mbox:b"), err());
        assertValid(out());
        assertTrue(out().contains("\"stage\":\"done\""), out());
        assertTrue(out().contains("\"status\":\"done\",\"exit_code\":0"), out());
    }

    @Test
    void aConversionThatCannotBeginSaysSoAsAResult() throws IOException {
        assertEquals(68, run("convert", "--status", "--json", "maildir:a", "mbox:b"));
        assertValid(out());
        assertTrue(out().contains("\"exit_code\":68"), out());
        out.reset();
        assertEquals(75, run("convert", "--json", "maildir:a", "nonsense:b"));
        assertValid(out());
        out.reset();
        engine.interrupted = true;
        assertEquals(75, run("convert", "--json", "maildir:a", "mbox:b"));
        assertValid(out());
        assertTrue(out().contains("\"step\":\"copy\",\"exit_code\":75"), out());
        assertTrue(out().contains("\"stage\":\"copy\",\"copies\":0"), out());
    }

    private static void assertValid(String json) throws IOException {
        assertEquals(1, json.lines().count(), json);
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            parser.skipChildren();
            assertNull(parser.nextToken());
        }
    }
}
