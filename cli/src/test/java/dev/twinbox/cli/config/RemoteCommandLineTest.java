package dev.twinbox.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.cli.args.GlobalOptions;
import dev.twinbox.cli.args.SettingArgument;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.run.SystemClock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** dsync_remote_cmd, by the reference's section 8. */
@Tag("F171")
final class RemoteCommandLineTest {
    private static List<String> words(String setting, String user, String login, String host) throws Refusal {
        List<SettingArgument> settings =
                setting.isEmpty() ? List.of() : List.of(new SettingArgument("dsync_remote_cmd", setting));
        return RemoteCommandLine.of(
                Settings.load(
                        new GlobalOptions(null, settings, true, false, false, null, false),
                        Map.of(),
                        "/cwd",
                        new RealDisk(new SystemClock())),
                user,
                login,
                host);
    }

    @Test
    void theUsualOneIsSsh() throws Refusal {
        assertEquals(
                List.of("ssh", "-lroot", "mx", "doveadm", "dsync-server", "-uann"), words("", "ann", "root", "mx"));
    }

    @Test
    void wordsWhoseVariablesAreEmptyGo() throws Refusal {
        assertEquals(List.of("ssh", "mx", "doveadm", "dsync-server", "-uann"), words("", "ann", "", "mx"));
        assertEquals(List.of("ssh", "mx", "doveadm", "dsync-server"), words("", "", "", "mx"));
    }

    @Test
    void bothSpellingsOfVariablesAreReplaced() throws Refusal {
        assertEquals(List.of("run", "mx", "-u", "ann", "ann"), words("run %{host} -u %u  %{user}", "ann", "", "mx"));
    }

    /** A name with a blank in it stays one word: nothing goes through a shell. */
    @Test
    void aValueIsNeverSplit() throws Refusal {
        assertEquals(List.of("run", "-ua b; rm x"), words("run -u%u", "a b; rm x", "", "mx"));
    }

    @Test
    void anEmptyOneIsRefused() {
        assertEquals(
                78,
                assertThrows(Refusal.class, () -> words(" ", "ann", "", "mx")).exitCode());
    }
}
