package dev.twinbox.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.transport.doveadm.DoveadmCommand;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code serve} runs for callers, and what it does not. */
class ServedRunTest {
    @TempDir
    private Path folder;

    private CommandWorld world;
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void setUp() {
        world = new CommandWorld(folder);
    }

    private ServedRun prepare(String name, List<String> words) throws Refusal {
        List<String> started = List.of(
                "-O",
                "-o",
                "mail_location=maildir:" + folder + "/mail/%u",
                "-o",
                "mail_home=" + folder + "/home",
                "-o",
                "twinbox_serve_destinations=maildir:" + folder
                        + "/copy/%u , tcps:backup.example.org:24245, ssh backup x,",
                "serve");
        Context context = world.context();
        Messages messages =
                new Messages(context.messages(), (level, text) -> heard.add(level + " " + text), false, true);
        return ServedRun.prepare(
                context,
                messages,
                CommandLine.parse(started, "twinbox"),
                "anna",
                DoveadmCommand.handedOver(false, true, "anna", name, words));
    }

    private String here(String text) {
        return text.replace("HERE", folder.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "backup, -u anna -- maildir:HERE/copy/anna",
        "backup, -uanna maildir:HERE/copy/anna",
        "backup, maildir:HERE/copy/%u",
        "sync, -s '' -m INBOX -x Trash -1 -- maildir:HERE/copy/anna",
        "sync, -u anna -R -f --max-delete 5 --json -- maildir:HERE/copy/anna",
    })
    void runsOnTheUsersStorageAndAnAllowedDestination(String name, String words) throws Exception {
        List<String> split = new ArrayList<>(List.of(here(words).split(" ")));
        split.replaceAll(word -> word.equals("''") ? "" : word);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        assertEquals(0, prepare(name, split).run(printed), heard::toString);
        // All paths that the engine was given are those of the settings, whatever the caller wrote.
        assertEquals(
                Set.of(folder + "/mail/anna", folder + "/copy/anna"),
                world.engine.opened.stream()
                        .map(path -> path.substring(path.indexOf(' ') + 1))
                        .collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "maildir:HERE/copy/bert | 77 | is not one of the twinbox_serve_destinations",
                "maildir:HERE/copy/anna:INDEX=/elsewhere | 77 | is not one of",
                "maildir:HERE/copy/../mail/bert | 77 | is not one of",
                "maildir:HERE/copy/%n | 77 | is not one of",
                "tcps:evil.example.org:24245 | 77 | is not one of",
                "tcp:backup.example.org:24245 | 77 | is not one of",
                "ssh evil x | 77 | a command as the destination is never run",
                "-- ssh backup x | 77 | a command as the destination is never run",
                "-r log maildir:HERE/copy/anna | 77 | -r would write a file here",
                "-rlog maildir:HERE/copy/anna | 77 | -r would write a file here",
                "--rawlog=log maildir:HERE/copy/anna | 77 | -r would write a file here",
                "-p mail_path=/x maildir:HERE/copy/anna | 77 | -p",
                "--from maildir:/x maildir:HERE/copy/anna | 77 | --from",
                "--no-userdb-lookup maildir:HERE/copy/anna | 77 | --no-userdb-lookup",
                "--state-file x maildir:HERE/copy/anna | 77 | --state-file",
                "-S /socket maildir:HERE/copy/anna | 77 | hands nothing on",
                "-u bert maildir:HERE/copy/anna | 64 | for user anna",
                "-u anna -u bert maildir:HERE/copy/anna | 64 | for user anna",
                "-u bert -u anna -u bert -- maildir:HERE/copy/anna | 64 | for user anna",
                "-A maildir:HERE/copy/anna | 64 | not in this version",
                "-F /etc/passwd maildir:HERE/copy/anna | 64 | not in this version",
                "-d | 64 | not in this version",
                "--help | 64 | help",
                "-u anna | 64 | missing destination",
                "--listen x maildir:HERE/copy/anna | 64 | unknown option",
                "-m | 64 | needs an argument",
            })
    void touchesNothingThatTheCallerChooses(String words, int code, String part) {
        Refusal refusal = assertThrows(
                Refusal.class, () -> prepare("sync", List.of(here(words).split(" "))));
        assertTrue(refusal.text().contains(part), refusal.text());
        assertEquals(code, refusal.exitCode(), refusal.text());
        assertEquals(List.of(), world.engine.opened);
    }

    @Test
    void aDestinationWithBlanksIsACommandEvenIfTheSettingsNameIt() {
        Refusal refusal = assertThrows(Refusal.class, () -> prepare("backup", List.of("ssh backup x")));
        assertEquals(77, refusal.exitCode());
        assertTrue(refusal.text().contains("a command"), refusal.text());
    }

    @Test
    void aRunWhoseCallerHasGoneBeforeItBeganDoesNotBegin() throws Exception {
        ServedRun run = prepare("backup", List.of("maildir:" + folder + "/copy/anna"));
        run.cancel();
        assertEquals(75, run.run(new ByteArrayOutputStream()));
        assertEquals(List.of(), world.engine.opened);
    }

    @Test
    void aRunThatIsOverInterruptsNobody() throws Exception {
        ServedRun run = prepare("backup", List.of("maildir:" + folder + "/copy/anna"));
        assertEquals(0, run.run(new ByteArrayOutputStream()));
        run.cancel();
        assertTrue(!Thread.interrupted());
    }

    @Test
    void whatItSaysIsForTheCallerAndWhatItPrints() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        prepare("sync", List.of("-s", "", "maildir:" + folder + "/copy/anna")).run(printed);
        assertTrue(printed.toString(StandardCharsets.UTF_8).endsWith("\n"), printed::toString);
        assertEquals("", world.out());
        assertTrue(heard.stream().anyMatch(line -> line.startsWith("INFO ")), heard::toString);
    }
}
