package dev.twinbox.cli.args;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.session.DeleteLimit;
import dev.twinbox.protocol.item.MailboxGuid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of dovecot-compatibility, section E1, and our own. */
final class CommandParserTest {
    private static final String GUID = "0123456789abcdef0123456789abcdef";
    private static final long NOW = 1_700_000_000;

    private static final Clock CLOCK = new Clock() {
        @Override
        public long epochMillis() {
            return NOW * 1000;
        }

        @Override
        public long monotonicNanos() {
            return 0;
        }

        @Override
        public void sleepMillis(long millis) {
            throw new AssertionError("nobody waits here");
        }
    };

    private static CommandOptions backup(String... words) throws Refusal {
        return CommandParser.backup(List.of(words), CLOCK);
    }

    private static CommandOptions sync(String... words) throws Refusal {
        return CommandParser.sync(List.of(words), CLOCK);
    }

    private static Refusal refusedBySync(String... words) {
        return assertThrows(Refusal.class, () -> sync(words), () -> Arrays.toString(words));
    }

    private static Refusal refused(String... words) {
        return assertThrows(
                Refusal.class, () -> CommandParser.backup(List.of(words), CLOCK), () -> Arrays.toString(words));
    }

    /** Short name, long name, an argument or null, what it is read into, what it must be there. */
    static List<Arguments> takenOptions() {
        return List.of(
                row("-u", "--user", "alice", CommandOptions::user, "alice"),
                row("-f", "--full-sync", null, CommandOptions::full, true),
                row("-R", "--reverse-sync", null, CommandOptions::reverse, true),
                row("-m", "--mailbox", "Work/A", CommandOptions::mailbox, "Work/A"),
                row("-m", "--mailbox", "", CommandOptions::noMailSync, true),
                row("-g", "--mailbox-guid", GUID, CommandOptions::mailboxGuid, MailboxGuid.parse(GUID)),
                row("-g", "--mailbox-guid", "", CommandOptions::noMailSync, true),
                row("-n", "--namespace", "", CommandOptions::namespaces, List.of("")),
                row("-N", "--all-namespaces", null, CommandOptions::allNamespaces, true),
                row("-x", "--exclude-mailbox", "\\Trash", CommandOptions::excluded, List.of("\\Trash")),
                row("-l", "--lock-timeout", "30", CommandOptions::lockTimeoutSeconds, 30L),
                row("-P", "--purge-remote", null, CommandOptions::purgeRemote, true),
                row("-a", "--all-mailbox", "All", CommandOptions::allMailbox, "All"),
                row("-T", "--timeout", "600", CommandOptions::words, List.of("END")),
                row(
                        "-p",
                        "--destination-option",
                        "a=b",
                        CommandOptions::destinationSettings,
                        List.of(new SettingArgument("a", "b"))),
                row("-t", "--sync-since-time", "7 days", o -> o.mails().since(), NOW - 7 * 86_400),
                row("-e", "--sync-until-time", "1600000000", o -> o.mails().until(), 1_600_000_000L),
                row("-O", "--sync-flags", "-\\seen", o -> o.mails().flag(), "-\\Seen"),
                row("-I", "--sync-max-size", "10K", o -> o.mails().maxSize(), 10_240L),
                row("-s", "--state", "AQAAAHm4+Jk=", o -> o.sync().state(), "AQAAAHm4+Jk="),
                row("-s", "--state", "", o -> o.sync().state(), ""),
                row(null, "--no-userdb-lookup", null, CommandOptions::noUserLookup, true),
                row(null, "--from", "maildir:a", CommandOptions::from, "maildir:a"),
                row(null, "--dry-run", null, CommandOptions::dryRun, true),
                row(null, "--json", null, CommandOptions::json, true),
                row(null, "--progress", "always", CommandOptions::progress, ProgressMode.ALWAYS),
                row(null, "--max-delete", "7", CommandOptions::deleteLimit, DeleteLimit.ofMails(7)),
                row(null, "--max-delete", "20%", CommandOptions::deleteLimit, DeleteLimit.ofPercent(20)),
                row(null, "--allow-delete", null, CommandOptions::deleteLimit, DeleteLimit.OFF),
                row(null, "--help", null, CommandOptions::help, true));
    }

    private static Arguments row(
            @Nullable String shortName,
            String longName,
            @Nullable String argument,
            Function<CommandOptions, @Nullable Object> field,
            Object value) {
        return Arguments.of(shortName, longName, argument, field, value);
    }

    /** What {@code sync} takes: all that {@code backup} does, and these. */
    static List<Arguments> takenBySync() {
        List<Arguments> rows = new ArrayList<>(takenOptions());
        rows.add(row("-1", "--oneway-sync", null, o -> o.sync().oneWay(), true));
        rows.add(row(null, "--state-file", "f", o -> o.sync().stateFile(), "f"));
        rows.add(row(null, "--until-clean", "5", o -> o.sync().runsMax(), 5));
        return rows;
    }

    @ParameterizedTest
    @MethodSource("takenBySync")
    @Tag("F101")
    void syncTakesEveryOptionByAllItsSpellings(
            @Nullable String shortName,
            String longName,
            @Nullable String argument,
            Function<CommandOptions, @Nullable Object> field,
            Object value)
            throws Refusal {
        checkSpellings(CommandParser::sync, shortName, longName, argument, field, value);
    }

    @ParameterizedTest
    @MethodSource("takenOptions")
    void takesEveryOptionByAllItsSpellings(
            @Nullable String shortName,
            String longName,
            @Nullable String argument,
            Function<CommandOptions, @Nullable Object> field,
            Object value)
            throws Refusal {
        checkSpellings(CommandParser::backup, shortName, longName, argument, field, value);
    }

    private interface Parser {
        CommandOptions parse(List<String> words, Clock clock) throws Refusal;
    }

    private static void checkSpellings(
            Parser parser,
            @Nullable String shortName,
            String longName,
            @Nullable String argument,
            Function<CommandOptions, @Nullable Object> field,
            Object value)
            throws Refusal {
        Object before = field.apply(parser.parse(List.of("END"), CLOCK));
        assertTrue(value.equals(List.of("END")) || !Objects.equals(before, value), "the default tells nothing");
        if (argument == null) {
            assertEquals(value, field.apply(parser.parse(List.of(longName, "END"), CLOCK)));
            assertEquals(
                    64,
                    assertThrows(Refusal.class, () -> parser.parse(List.of(longName + "=x", "END"), CLOCK))
                            .exitCode());
        } else {
            assertEquals(value, field.apply(parser.parse(List.of(longName, argument, "END"), CLOCK)));
            assertEquals(value, field.apply(parser.parse(List.of(longName + "=" + argument, "END"), CLOCK)));
            assertEquals(
                    64,
                    assertThrows(Refusal.class, () -> parser.parse(List.of(longName), CLOCK))
                            .exitCode());
        }
        if (shortName == null) {
            return;
        }
        if (argument == null) {
            assertEquals(value, field.apply(parser.parse(List.of(shortName, "END"), CLOCK)));
            assertEquals(value, field.apply(parser.parse(List.of("-f" + shortName.charAt(1), "END"), CLOCK)));
            return;
        }
        assertEquals(value, field.apply(parser.parse(List.of(shortName, argument, "END"), CLOCK)));
        if (!argument.isEmpty()) {
            assertEquals(
                    value, field.apply(parser.parse(List.of("-f" + shortName.charAt(1) + argument, "END"), CLOCK)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-A",
                "--all-users",
                "-F x",
                "--user-file x",
                "-d",
                "--default-destination",
                "-U",
                "--replicator-notify",
                "-E",
                "--legacy-dsync"
            })
    void namesTheOptionsOfLaterVersions(String words) {
        Refusal refusal = refused((words + " END").split(" "));
        assertEquals(64, refusal.exitCode());
        assertTrue(refusal.text().contains(words.split(" ")[0]), refusal.text());
        assertTrue(refusal.text().contains("not in this version"), refusal.text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "-z",
                "--oneway-sync",
                "-1R",
                "--state-file",
                "--until-clean",
                "--full",
                "--userx",
                "--user-",
                "-f1"
            })
    void refusesUnknownOptions(String word) {
        assertEquals(64, refused(word, "END").exitCode());
    }

    @Test
    void printsEitherTheStateOrTheResult() {
        assertEquals(64, refused("-s", "", "--json", "END").exitCode());
    }

    @Test
    void stopsAtTheFirstWordThatIsNoOption() throws Refusal {
        CommandOptions options = backup("-f", "maildir:x", "-R", "--json");
        assertEquals(List.of("maildir:x", "-R", "--json"), options.words());
        assertFalse(options.reverse());
        assertEquals(List.of("-f"), backup("--", "-f").words());
        assertEquals(List.of("-"), backup("-").words());
        assertEquals(List.of("-R"), backup("-f", "--", "-R").words());
    }

    @Test
    void takesAnArgumentThatLooksLikeAnOption() {
        assertEquals(64, refused("-O", "-1", "-1").exitCode());
        assertThrows(Refusal.class, () -> backup("-u"));
    }

    @Test
    void takesANegatedKeywordThatLooksLikeAnOption() throws Refusal {
        assertEquals("-1", backup("-O", "-1", "END").mails().flag());
        assertEquals("-f", backup("-u", "-f", "END").user());
        assertEquals("=x", backup("-u=x", "END").user());
    }

    @Test
    void keepsTheLastOfARepeatedOptionAndAllOfALists() throws Refusal {
        CommandOptions options =
                backup("-ua", "-ub", "-x", "A*", "-xB", "-n", "", "-n", "x/", "-p", "k=1", "-p", "k=2");
        assertEquals("b", options.user());
        assertEquals(List.of("A*", "B"), options.excluded());
        assertEquals(List.of("", "x/"), options.namespaces());
        assertEquals(2, options.destinationSettings().size());
        assertNull(backup("-m", "A", "-m", "", "END").mailbox());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-g abc",
                "-g 0123456789abcdef0123456789abcdeg",
                "-I x",
                "-I 10%",
                "-I -1",
                "-O \\Bogus",
                "-O -",
                "-t yesterday",
                "-e 2024-1-5",
                "-l x",
                "-T x",
                "-t 2024-01-05 -e 2024-01-02"
            })
    void answersBadArgumentsAsDoveadmDoes(String words) {
        assertEquals(75, refused((words + " END").split(" ")).exitCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--max-delete=x", "--max-delete=101%", "--max-delete=-1", "--max-delete=%", "--progress=x", "-px"
            })
    void answersBadArgumentsOfOurOwnWithUsage(String word) {
        assertEquals(64, refused(word, "END").exitCode());
    }

    @Test
    void refusesAnEmptyFlagAndSeveral() {
        assertEquals(75, refused("-O", "", "END").exitCode());
        assertEquals(75, refused("-O", "\\Seen \\Deleted", "END").exitCode());
        assertEquals(75, refused("-O", "a b", "END").exitCode());
    }

    @Test
    void allowsTheSameTimeForBothEnds() throws Refusal {
        assertEquals(backup("-t", "5", "-e", "5", "END").mails().since(), 5);
    }

    @Test
    void otherCommandsTakeOnlyTheirOwnOptions() throws Refusal {
        assertEquals(
                "a",
                CommandParser.verify(List.of("--from", "a", "--json", "-u", "x", "B"), CLOCK)
                        .from());
        assertEquals("x", CommandParser.status(List.of("-u", "x", "B"), CLOCK).user());
        assertEquals(
                List.of("Archive/"),
                CommandParser.verify(List.of("-n", "Archive/", "B"), CLOCK).namespaces());
        assertTrue(CommandParser.status(List.of("-N"), CLOCK).allNamespaces());
        assertEquals(
                64,
                assertThrows(Refusal.class, () -> CommandParser.status(List.of("-f", "B"), CLOCK))
                        .exitCode());
        assertEquals(
                64,
                assertThrows(Refusal.class, () -> CommandParser.verify(List.of("--dry-run", "B"), CLOCK))
                        .exitCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--until-clean=0",
                "--until-clean=-1",
                "--until-clean=x",
                "--until-clean=1001",
                "--state-file=",
                "-s x --state-file=f",
                "-s x --json",
                "-1R --from=maildir:a",
                "-A",
                "-F x",
                "-d",
                "-U",
                "-E",
                "-z",
                "--mirror"
            })
    void syncRefusesWhatMakesNoSense(String words) {
        assertEquals(64, refusedBySync((words + " END").split(" ")).exitCode());
    }

    @Test
    void syncAnswersBadArgumentsAsDoveadmDoes() {
        assertEquals(75, refusedBySync("-g", "abc", "END").exitCode());
        assertEquals(
                75, refusedBySync("-t", "2024-01-05", "-e", "2024-01-02", "END").exitCode());
    }

    @Test
    void syncReadsGroupedLetters() throws Refusal {
        CommandOptions options = sync("-1fRPl5", "-s", "", "-m", "", "END");
        assertTrue(options.sync().oneWay() && options.full() && options.reverse() && options.noMailSync());
        assertEquals(5, options.lockTimeoutSeconds());
        assertEquals("", options.sync().state());
        assertEquals(List.of("END"), options.words());
        assertEquals(SyncChoices.NONE, sync("END").sync());
        assertEquals("-1", sync("-s", "-1", "END").sync().state());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-S x -u anna -fR --mailbox=A -x B -x C maildir:/d | -u anna -f -R -m A -x B -x C -- maildir:/d",
                "--socket-path=x --dry-run --max-delete 5% --progress always d | --dry-run --max-delete 5% -- d",
                "-Sx -1 -- ssh host | -1 -- ssh host",
            })
    void writesOptionsForAnotherProcess(String words, String told) throws Refusal {
        assertEquals(List.of(told.split(" ")), CommandParser.forServer("sync", List.of(words.split(" "))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--from maildir:/x", "--state-file x", "--no-userdb-lookup"})
    void handsNothingOverThatIsAboutThisMachine(String words) {
        Refusal refusal = assertThrows(
                Refusal.class, () -> CommandParser.forServer("sync", List.of(("-S x " + words + " d").split(" "))));
        assertEquals(64, refusal.exitCode());
        assertTrue(refusal.text().contains(words.split(" ")[0]), refusal.text());
    }
}
