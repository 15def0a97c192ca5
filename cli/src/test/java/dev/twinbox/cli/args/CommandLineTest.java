package dev.twinbox.cli.args;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.exit.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandLineTest {
    private static CommandLine parse(String... words) throws Refusal {
        return CommandLine.parse(List.of(words), "twinbox");
    }

    private static CommandLine dsync(String... words) throws Refusal {
        return CommandLine.parse(List.of(words), "dsync");
    }

    private static Refusal refused(String... words) {
        return assertThrows(Refusal.class, () -> parse(words));
    }

    @Test
    void takesAllGlobalOptionsBeforeTheCommand() throws Refusal {
        CommandLine line =
                parse("-Dv", "-c", "f.conf", "-ok=v", "-o", "a=b=c", "-O", "-i", "two", "-k", "backup", "-f", "x");
        assertEquals(
                new GlobalOptions(
                        "f.conf",
                        List.of(new SettingArgument("k", "v"), new SettingArgument("a", "b=c")),
                        true,
                        true,
                        true,
                        "two",
                        true),
                line.global());
        assertEquals("backup", line.command());
        assertEquals(List.of("-f", "x"), line.words());
    }

    @Test
    void lettersMeanTheCommandsOptionsAfterTheCommandWord() throws Refusal {
        CommandLine line = parse("-O", "backup", "-O", "\\Seen", "-f", "-o");
        assertTrue(line.global().noConfigFile());
        assertEquals(List.of("-O", "\\Seen", "-f", "-o"), line.words());
    }

    @Test
    void endsGlobalOptionsAtTwoDashes() throws Refusal {
        assertEquals("-x", parse("-v", "--", "-x").command());
    }

    @Test
    void helpAndVersionNeedNoCommand() throws Refusal {
        assertEquals("help", parse("--help").command());
        assertEquals("version", parse("-v", "--version", "backup").command());
    }

    @Test
    void refusesWhatItDoesNotKnowWithUsage() {
        for (List<String> words : List.of(
                List.<String>of(),
                List.of("-Q"),
                List.of("-vQ"),
                List.of("--verb"),
                List.of("--help=yes"),
                List.of("-c"),
                List.of("-o", "novalue", "backup"),
                List.of("-o", "=v", "backup"),
                List.of("-u", "user", "backup"))) {
            assertEquals(64, refused(words.toArray(new String[0])).exitCode(), words.toString());
        }
    }

    @Test
    void underTheNameDsyncTakesTheCommandsOptionsBeforeTheCommandWord() throws Refusal {
        CommandLine line = dsync("-f", "-u", "alice", "-o", "k=v", "backup", "maildir:x");
        assertEquals("backup", line.command());
        assertEquals(List.of("-f", "-u", "alice", "maildir:x"), line.words());
        assertEquals(List.of(new SettingArgument("k", "v")), line.global().overrides());
        assertEquals(
                List.of("-f", "-u", "u", "LOC"),
                dsync("backup", "-f", "-u", "u", "LOC").words());
        assertEquals(
                List.of("-f", "-R", "-u", "u", "-m", "", "LOC"),
                dsync("-fRuu", "-m", "", "backup", "LOC").words());
        assertEquals("sync", dsync("mirror", "LOC").command());
        assertEquals("sync", dsync("sync", "LOC").command());
    }

    @Test
    void bareDsyncMissesItsCommandTemporarily() {
        assertEquals(75, assertThrows(Refusal.class, () -> dsync("-u", "u")).exitCode());
        assertEquals(
                64, assertThrows(Refusal.class, () -> dsync("-N", "backup")).exitCode());
    }
}
