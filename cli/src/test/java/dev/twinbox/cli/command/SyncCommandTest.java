package dev.twinbox.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.session.DeleteLimit;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.state.BoxState;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.state.SyncStateText;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxGuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sync} as a whole command line, with an engine that does as it is told. */
final class SyncCommandTest {
    private static final SyncState ONE = SyncState.EMPTY.with(new MailboxGuid(1, 2), new BoxState(3, 4, 5, 6, 7));
    private static final SyncState TWO = SyncState.EMPTY.with(new MailboxGuid(1, 2), new BoxState(3, 9, 9, 9, 9));
    private static final String TEXT_ONE = SyncStateText.encode(ONE);
    private static final String TEXT_TWO = SyncStateText.encode(TWO);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private CommandWorld world;

    @BeforeEach
    void begin() {
        world = new CommandWorld(folder);
    }

    /** {@code sync --from maildir:a OPTIONS maildir:b}. */
    private int sync(String... options) {
        List<String> words = new ArrayList<>(List.of("sync", "--from", "maildir:a"));
        words.addAll(List.of(options));
        words.add("maildir:b");
        return world.run(words.toArray(String[]::new));
    }

    private SyncOptions asked() {
        assertFalse(world.engine.asked.isEmpty(), world.err());
        return world.engine.asked.get(world.engine.asked.size() - 1);
    }

    private static Outcome ended(Status status, SyncState state) {
        return new Outcome(status, status == Status.DONE ? null : "because", List.of(), 0, state);
    }

    @Test
    void mergesQuietly() {
        assertEquals(0, sync());
        assertEquals("", world.out());
        assertEquals("", world.err());
        assertEquals(List.of("write " + folder + "/a", "write " + folder + "/b"), world.engine.opened);
        assertEquals(false, world.engine.oneWay);
        assertEquals(SyncType.CHANGED, asked().type());
        assertEquals(SyncState.EMPTY, asked().state());
        assertEquals(DeleteLimit.DEFAULT, asked().deleteLimit());
    }

    @Test
    void onlyReadsTheSourceOfAOneWaySync() {
        assertEquals(0, sync("-1", "-f"));
        assertEquals(List.of("read " + folder + "/a", "write " + folder + "/b"), world.engine.opened);
        assertEquals(true, world.engine.oneWay);
        assertEquals(SyncType.FULL, asked().type());
    }

    @Test
    void swapsTheAccountsWithReverse() {
        assertEquals(0, world.run("-o", "mail_location=maildir:a", "sync", "-1R", "maildir:b"));
        assertEquals(List.of("read " + folder + "/b", "write " + folder + "/a"), world.engine.opened);
        world.engine.opened.clear();
        assertEquals(0, sync("-R"), "two-way, --from is only one of the two");
        assertEquals(List.of("write " + folder + "/b", "write " + folder + "/a"), world.engine.opened);
        assertEquals(64, sync("-1", "-R"));
    }

    @Test
    void refusesAccountsThatLieInEachOther() throws IOException {
        Files.createDirectories(folder.resolve("a/sub"));
        Files.createSymbolicLink(folder.resolve("b"), folder.resolve("a"));
        assertEquals(75, sync());
        assertTrue(world.err().contains("are the same: "), world.err());
        assertEquals(75, world.run("sync", "-1", "--from", "maildir:a", "maildir:a/sub"));
        assertEquals(75, world.run("sync", "--from", "maildir:a/sub", "--json", "maildir:b"));
        assertTrue(
                world.out().startsWith("{\"command\":\"sync\",\"status\":\"failed\",\"exit_code\":75,"), world.out());
        assertTrue(world.engine.opened.isEmpty());
    }

    @Test
    void beginsAndGoesOnWithAStateString() {
        world.engine.outcome = ended(Status.DONE, ONE);
        assertEquals(0, sync("-s", ""));
        assertEquals(SyncType.CHANGED, asked().type());
        assertEquals(TEXT_ONE + "\n", world.out());
        world.out.reset();
        world.engine.outcome = ended(Status.DONE, TWO);
        assertEquals(0, sync("-s", TEXT_ONE));
        assertEquals(SyncType.STATE, asked().type());
        assertEquals(ONE, asked().state());
        assertEquals(TEXT_TWO + "\n", world.out());
        assertEquals(0, sync("-f", "-s", TEXT_ONE));
        assertEquals(SyncType.FULL, asked().type());
        assertEquals("", world.err());
    }

    @Test
    void fallsBackToAFullRunWhenTheStateIsBroken() {
        world.engine.outcome = ended(Status.DONE, ONE);
        assertEquals(0, sync("-s", "not a state"));
        assertEquals(SyncType.FULL, asked().type());
        assertEquals(SyncState.EMPTY, asked().state());
        assertEquals(
                "twinbox(me): Warning: Saved sync state is invalid, falling back to full sync: Invalid base64 data\n",
                world.err());
        assertEquals(TEXT_ONE + "\n", world.out());
    }

    @Test
    void printsAnEmptyLineWhenTheNextRunMustBeAFirstOne() {
        world.engine.outcome = ended(Status.CHANGED, SyncState.EMPTY);
        assertEquals(2, sync("-s", TEXT_ONE));
        assertEquals("\n", world.out());
        assertEquals(
                "twinbox(me): Warning: Mailbox changes caused a desync. You may want to run twinbox sync again:"
                        + " because\n",
                world.err());
    }

    @Test
    void printsTheOldStateAfterAFailure() {
        world.engine.outcome = ended(Status.TEMPORARY, TWO);
        assertEquals(75, sync("-s", TEXT_ONE));
        assertEquals(TEXT_ONE + "\n", world.out());
    }

    @Test
    void keepsTheStateInAFile() throws IOException {
        Path file = folder.resolve("state");
        world.engine.outcome = ended(Status.DONE, ONE);
        assertEquals(0, sync("--state-file", "state"));
        assertEquals(SyncType.CHANGED, asked().type());
        assertEquals(TEXT_ONE + "\n", Files.readString(file));
        world.engine.outcome = ended(Status.CHANGED, TWO);
        assertEquals(2, sync("--state-file", file.toString()));
        assertEquals(SyncType.STATE, asked().type());
        assertEquals(ONE, asked().state());
        assertEquals(TEXT_TWO + "\n", Files.readString(file));
        assertEquals("", world.out());
    }

    @Test
    void leavesTheStateFileAloneUnlessTheRunSucceeded() throws IOException {
        Path file = folder.resolve("state");
        Files.writeString(file, TEXT_ONE);
        for (Status status : Status.values()) {
            if (status.compareTo(Status.CHANGED) > 0) {
                world.engine.outcome = ended(status, TWO);
                assertEquals(status.exitCode(), sync("--state-file", "state"));
                assertEquals(TEXT_ONE, Files.readString(file), status.toString());
            }
        }
        world.engine.outcome = ended(Status.DONE, TWO);
        assertEquals(0, sync("--dry-run", "--state-file", "state"));
        assertEquals(TEXT_ONE, Files.readString(file));
    }

    @Test
    void runsInFullWhenTheStateFileIsBrokenAndMendsIt() throws IOException {
        Path file = folder.resolve("state");
        Files.writeString(file, "# somebody else's file\n");
        world.engine.outcome = ended(Status.DONE, ONE);
        assertEquals(0, sync("--state-file", "state"));
        assertEquals(SyncType.FULL, asked().type());
        assertTrue(world.err().contains("Saved sync state in " + file + " is invalid, falling back to"), world.err());
        assertEquals(TEXT_ONE + "\n", Files.readString(file));
    }

    @Test
    void refusesAStateFileThatIsNoFile() throws IOException {
        Files.createDirectory(folder.resolve("dir"));
        int code = sync("--state-file", "dir");
        assertEquals(75, code, world.err());
        assertTrue(world.err().contains("cannot read the state file dir"), world.err());
        assertTrue(world.engine.asked.isEmpty());
    }

    @Test
    void runsAgainUntilNothingChangedMeanwhile() {
        world.engine.outcomes.add(ended(Status.CHANGED, ONE));
        world.engine.outcomes.add(ended(Status.CHANGED, SyncState.EMPTY));
        world.engine.outcomes.add(ended(Status.DONE, TWO));
        long before = world.clock.monotonicNanos();
        assertEquals(0, sync("--until-clean", "9", "-s", ""));
        assertEquals(3, world.engine.asked.size());
        assertEquals(SyncType.CHANGED, world.engine.asked.get(0).type());
        assertEquals(ONE, world.engine.asked.get(1).state());
        assertEquals(SyncType.CHANGED, world.engine.asked.get(2).type());
        assertEquals(2 * SyncCommand.PAUSE_MILLIS * 1_000_000, world.clock.monotonicNanos() - before);
        assertEquals(2, world.err().lines().count(), world.err());
        assertEquals(TEXT_TWO + "\n", world.out());
    }

    @Test
    void endsWithTheResultOfTheLastRun() {
        world.engine.outcome = ended(Status.CHANGED, ONE);
        assertEquals(2, sync("--until-clean", "3"));
        assertEquals(3, world.engine.asked.size());
        world.engine.asked.clear();
        world.engine.outcomes.add(ended(Status.CHANGED, ONE));
        world.engine.outcomes.add(ended(Status.NO_SPACE, ONE));
        assertEquals(73, sync("--until-clean", "3"));
        assertEquals(2, world.engine.asked.size());
        world.engine.asked.clear();
        assertEquals(2, sync("--until-clean", "3", "--dry-run"));
        assertEquals(1, world.engine.asked.size());
    }

    @Test
    void writesAResultObjectForEachRun() {
        world.engine.outcomes.add(ended(Status.CHANGED, ONE));
        assertEquals(0, sync("--until-clean", "3", "--json"));
        List<String> lines = world.out().lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(0).contains("\"run\":1,"), lines.get(0));
        assertTrue(lines.get(0).contains("\"exit_code\":2,\"retryable\":true"), lines.get(0));
        assertTrue(lines.get(1).contains("\"run\":2,"), lines.get(1));
        assertTrue(lines.get(1).contains("\"exit_code\":0,"), lines.get(1));
    }

    @Test
    void saysWhichAccountAStepIsFor() {
        world.engine.eventful = true;
        assertEquals(0, sync("--dry-run"));
        assertEquals("""
                maildir:b: Work/A: create mailbox GUID 00000000000000010000000000000002 UIDVALIDITY 5
                maildir:b: Work/A: expunge UID 3 GUID g3: not at the source
                maildir:b: Work/A: update UID 4 flags (\\Seen Todo): flags differ
                maildir:b: Work/A: renumber UID 5 to UID 7 flags (): other UID
                maildir:b: Work/A: copy UID 4 to UID 8 flags (): copy
                maildir:b: Work/A: save UID 9 GUID g9 flags (\\Flagged Todo): new
                maildir:a: Work/A: update UID 4 flags (\\Seen): set at the other side
                maildir:a: total: 1 mailboxes, 0 unchanged; 0 changes to the mailbox tree; 0 saved (0 bytes), \
                0 expunged, 1 with other flags, 0 renumbered
                maildir:b: total: 1 mailboxes, 0 unchanged; 1 changes to the mailbox tree; 1 saved (5 bytes), \
                0 expunged, 1 with other flags, 0 renumbered
                """, world.out());
        assertEquals("twinbox(me): Warning: maildir:b: Mailbox Work/A: odd \\x1b[0m\n", world.err());
        assertEquals(List.of("read " + folder + "/a", "read " + folder + "/b"), world.engine.opened);
    }

    @Test
    void saysInTheResultObjectWhichAccountItIsAbout() {
        world.engine.eventful = true;
        assertEquals(0, sync("--json", "--dry-run", "-1"));
        String json = world.out().replace('"', '\'');
        assertTrue(
                json.startsWith("{'command':'sync','user':'me','first':'maildir:a','second':'maildir:b','one_way':true,"
                        + "'dry_run':true,'plan':[{'account':'maildir:b','mailbox':'Work/A','step':'create mailbox',"),
                json);
        assertTrue(json.contains("{'account':'maildir:a','mailbox':'Work/A','step':'update','uid':4,"), json);
        assertTrue(
                json.contains("'mailboxes':[{'account':'maildir:a','mailbox':'Work/A','status':'done',"
                        + "'reason':'merged','retryable':false,'skipped':false,'saved':0,'expunged':0,'flagged':1,"
                        + "'renumbered':0,'bytes':0},{'account':'maildir:b','mailbox':'Work/A',"),
                json);
        assertTrue(
                json.contains("'accounts':[{'account':'maildir:a','mailboxes':1,'skipped':0,'tree_changes':0,"), json);
        assertTrue(
                json.contains("'totals':{'mailboxes':1,'skipped':0,'tree_changes':1,'saved':1,'expunged':0,"
                        + "'flagged':2,"),
                json);
    }

    @Test
    void warnsOfAMailboxThatNeitherSideHas() {
        assertEquals(0, sync("-m", "None"));
        assertEquals("twinbox(me): Warning: -m None: there is no such mailbox\n", world.err());
        world.err.reset();
        world.engine.eventful = true;
        assertEquals(0, sync("-m", "Work.A"));
        assertFalse(world.err().contains("no such mailbox"), world.err());
    }

    @Test
    void explainsOptionsWithoutEffectWhenAsked() {
        assertEquals(0, sync("-P", "-a", "All"));
        assertEquals("", world.err());
        assertEquals(0, world.run("-v", "sync", "-P", "-a", "All", "--from", "maildir:a", "maildir:b"));
        assertFalse(world.err().contains("-a"), world.err());
        assertEquals(0, world.run("-v", "backup", "-a", "All", "--from", "maildir:a", "maildir:b"));
        assertTrue(world.err().contains("Info: -a All: not searched"), world.err());
    }

    @Test
    void refusesWhatItCannotMeanWithDoveadmsExitCodes() {
        assertEquals(64, world.run("sync"));
        assertEquals(64, sync("-s", "", "--state-file", "x"));
        assertEquals(64, sync("-s", "", "--json"));
        assertEquals(64, sync("-d"));
        assertEquals(75, sync("-N"));
        assertEquals(75, sync("-g", "abc"));
        assertEquals(64, world.run("backup", "-1", "--from", "maildir:a", "maildir:b"));
        assertEquals("", world.out());
        assertTrue(world.engine.opened.isEmpty());
    }

    @Test
    void passesEveryStatusOnAsExitCode() {
        for (Status status : Status.values()) {
            world.err.reset();
            world.engine.outcome = ended(status, ONE);
            assertEquals(status.exitCode(), sync());
            assertEquals(status != Status.DONE, world.err().contains("because"), status + ": " + world.err());
        }
    }

    @Test
    void endsInOrderWhenInterrupted() {
        world.engine.interrupted = true;
        assertEquals(75, sync("--json", "--until-clean", "3"));
        assertTrue(world.err().contains("Error: interrupted"), world.err());
        assertTrue(world.out().contains("\"status\":\"failed\",\"exit_code\":75"), world.out());
        assertEquals(1, world.engine.asked.size());
    }

    @Test
    void holdsTheUsersLockOverAllRuns() {
        world.environment.put("HOME", folder.toString());
        world.engine.outcome = ended(Status.CHANGED, ONE);
        assertEquals(2, world.run("-D", "sync", "--from", "maildir:a", "-l", "1", "--until-clean", "2", "maildir:b"));
        assertEquals(1, world.err().split("holding " + folder + "/.dovecot-sync.lock", -1).length - 1, world.err());
        assertFalse(Files.exists(folder.resolve(".dovecot-sync.lock")));
    }
}
