package dev.twinbox.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.exit.Refusal;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the words after the options lead to, by the table of dovecot-compatibility, section E2. */
@Tag("F171")
@Tag("F175")
final class DestinationTest {
    private static Target of(String... words) throws Refusal {
        return Destination.of(List.of(words), "backup");
    }

    @ParameterizedTest
    @ValueSource(strings = {"maildir:~/replica", "maildir:/a b", "mdbox:x", "imapc:"})
    void lettersAndAColonAreALocation(String word) throws Refusal {
        assertEquals(new Target.Local(word), of(word));
        assertEquals(new Target.Local(word), of(word, "dsync-server"));
    }

    @Test
    void severalWordsAreACommandAsItStands() throws Refusal {
        Target.Command command = (Target.Command) of("ssh", "-l", "root", "mx", "doveadm", "dsync-server");
        assertEquals(List.of("ssh", "-l", "root", "mx", "doveadm", "dsync-server"), command.words());
    }

    @Test
    void aCommandGetsTheWordItLacks() throws Refusal {
        assertEquals(
                List.of("doveadm", "-c", "x.conf", "dsync-server"),
                ((Target.Command) of("doveadm", "-c", "x.conf")).words());
        assertEquals(List.of("/bin/relay", "dsync-server"), ((Target.Command) of("/bin/relay")).words());
        assertEquals(List.of("ssh", "mx", "dsync-server"), ((Target.Command) of("ssh  mx")).words());
    }

    @ParameterizedTest
    @CsvSource({
        "mx.example.org, '', mx.example.org, false",
        "ann@mx.example.org, ann, mx.example.org, false",
        "ann@example.org@mx, ann@example.org, mx, false",
        "remote:mx, '', mx, false",
        "remote:root@mx, root, mx, false",
        "remoteprefix:root@mx, root, mx, true"
    })
    void aBareWordIsAHost(String word, String login, String host, boolean prefixed) throws Refusal {
        assertEquals(new Target.Host(word, login, host, prefixed), of(word));
    }

    @Test
    void serversAreCalledWithOrWithoutTls() throws Refusal {
        assertEquals(new Target.Server("tcp:mx:24245", "mx:24245", false), of("tcp:mx:24245"));
        assertEquals(new Target.Server("tcps:mx", "mx", true), of("tcps:mx"));
    }

    /** It would be an option of the command that leads there. */
    @ParameterizedTest
    @ValueSource(strings = {"-oProxyCommand=x", "remote:-oProxyCommand=x", "remote:", "ann@", "remote:ann@-x"})
    void aHostThatIsNoneIsRefused(String word) {
        assertEquals(75, assertThrows(Refusal.class, () -> of(word)).exitCode());
    }

    @Test
    void nothingIsAMistake() {
        assertEquals(64, assertThrows(Refusal.class, () -> of()).exitCode());
        assertEquals(64, assertThrows(Refusal.class, () -> of(" ")).exitCode());
    }

    @Test
    void optionsComeBeforeALocation() {
        Refusal refusal = assertThrows(Refusal.class, () -> of("maildir:x", "-f"));
        assertEquals(64, refusal.exitCode());
        assertTrue(refusal.text().contains("options come before"), refusal.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".hidden", "a/b", "../x", "a*", "b?", "a\nb", "a\u0000b"})
    void namesThatWouldLeadElsewhereAreNoUsers(String user) {
        assertEquals(false, ServeCommand.isSafe(user));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann", "ann@example.org", "ann+x@example.org", "ä"})
    void otherNamesMayBe(String user) {
        assertTrue(ServeCommand.isSafe(user));
    }
}
