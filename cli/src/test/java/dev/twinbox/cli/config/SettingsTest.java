package dev.twinbox.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.cli.args.GlobalOptions;
import dev.twinbox.cli.args.SettingArgument;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.run.SystemClock;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
    private static final Disk DISK = new RealDisk(new SystemClock());

    @TempDir
    Path folder;

    private static GlobalOptions options(
            @Nullable String file, boolean none, @Nullable String instance, String... pairs) {
        List<SettingArgument> overrides = new java.util.ArrayList<>();
        for (String pair : pairs) {
            overrides.add(
                    new SettingArgument(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1)));
        }
        return new GlobalOptions(file, overrides, none, false, false, instance, false);
    }

    private Settings load(GlobalOptions options, Map<String, String> environment) throws Refusal {
        return Settings.load(options, environment, folder.toString(), DISK);
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    @Tag("F132")
    void optionsBeatTheEnvironmentWhichBeatsTheFile() throws Refusal, IOException {
        write("t.conf", "mail_path = file\nmail_home = file\nmail_driver = file\n");
        Map<String, String> environment = Map.of("TWINBOX_MAIL_HOME", "env", "TWINBOX_MAIL_DRIVER", "env");
        Settings settings = load(options("t.conf", false, null, "mail_driver=x", "mail_driver=option"), environment);
        assertEquals("file", settings.get("mail_path"));
        assertEquals("env", settings.get("mail_home"));
        assertEquals("option", settings.get("mail_driver"));
        assertEquals(List.of("mail_path=file"), settings.fromFile());
    }

    @Test
    void readsTheFileOfTheUsualPlaceUnlessToldNotTo() throws Refusal, IOException {
        write("home/.config/twinbox/twinbox.conf", "mail_path = a");
        write("home/.config/twinbox/twinbox-two.conf", "mail_path = b");
        write("other.conf", "mail_path = c");
        Map<String, String> home = Map.of("HOME", folder + "/home");
        assertEquals("a", load(options(null, false, null), home).get("mail_path"));
        assertEquals("b", load(options(null, false, "two"), home).get("mail_path"));
        assertNull(load(options(null, true, null), home).get("mail_path"));
        Map<String, String> asked = Map.of("HOME", folder + "/home", "TWINBOX_CONFIG", folder + "/other.conf");
        assertEquals("c", load(options(null, false, null), asked).get("mail_path"));
        assertEquals("c", load(options("other.conf", false, null), home).get("mail_path"));
        assertEquals(
                78,
                assertThrows(Refusal.class, () -> load(options(null, false, "none"), home))
                        .exitCode());
    }

    @Test
    void refusesAFileThatWasAskedForAndCannotBeRead() {
        assertEquals(
                78,
                assertThrows(Refusal.class, () -> load(options("none.conf", false, null), Map.of()))
                        .exitCode());
        assertEquals(
                78,
                assertThrows(Refusal.class, () -> load(options(".", false, null), Map.of()))
                        .exitCode());
    }

    @Test
    void passesOverAUsualPlaceThatMayNotBeReadButNotAFileThatWasAskedFor() throws Refusal, IOException {
        write("home/.config/twinbox/twinbox.conf", "mail_path = a");
        write("asked.conf", "mail_path = b");
        Disk locked = new FaultDisk(DISK).before((operation, path) -> {
            if (path.toString().startsWith(folder.toString())) {
                throw new AccessDeniedException(path.toString());
            }
        });
        Map<String, String> home = Map.of("HOME", folder + "/home");
        Settings settings = Settings.load(options(null, false, null), home, folder.toString(), locked);
        assertNull(settings.get("mail_path"));
        assertEquals(List.of(folder + "/home/.config/twinbox/twinbox.conf"), settings.passedOver());
        GlobalOptions asked = options("asked.conf", false, null);
        Refusal refusal = assertThrows(Refusal.class, () -> Settings.load(asked, home, folder.toString(), locked));
        assertEquals(78, refusal.exitCode());
        assertEquals("settings file asked.conf cannot be read: permission denied", refusal.text());
    }

    @Test
    void understandsCommentsQuotesAndRepeatedNames() throws Refusal, IOException {
        write("t.conf", """
                # comment
                  mail_path=  /a b/c   # more
                mail_home = "/x # y"   # quoted
                \tmail_driver = one
                mail_driver = two
                mail_fsync =
                mail_index_path = /a#b
                dovecot_config_version = 2.4.0
                """);
        Settings settings = load(options("t.conf", false, null), Map.of());
        assertEquals("/a b/c", settings.get("mail_path"));
        assertEquals("/x # y", settings.get("mail_home"));
        assertEquals("two", settings.get("mail_driver"));
        assertEquals("", settings.get("mail_fsync"));
        assertEquals("/a#b", settings.get("mail_index_path"));
        assertEquals(List.of("t.conf:8: dovecot_config_version"), settings.unknownInFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"protocol imap {", "= x", "word", "mail_path = \"a", "mail_path = \"a\" b"})
    void refusesLinesThatAreNoSettingAndSaysWhere(String line) throws IOException {
        write("t.conf", "\n" + line + "\n");
        Refusal refusal = assertThrows(Refusal.class, () -> load(options("t.conf", false, null), Map.of()));
        assertEquals(78, refusal.exitCode());
        assertEquals("t.conf:2", refusal.text().substring(0, 8));
    }

    @Test
    void tellsWhichOptionsMeanNothing() throws Refusal {
        Settings settings = load(options(null, true, null, "mail_locaton=x", "plugin/quota=y"), Map.of());
        assertEquals(List.of("mail_locaton", "plugin/quota"), settings.unknownOptions());
    }

    @Test
    void anotherLocationInheritsNothingAboutItsLayout() throws Refusal {
        Settings settings = load(
                options(null, true, null, "mail_index_path=/i", "mail_fsync=never", "lock_method=fcntl"), Map.of());
        Settings other = settings.forOtherLocation(List.of(new SettingArgument("mailbox_list_layout", "fs")));
        assertNull(other.get("mail_index_path"));
        assertEquals("never", other.get("mail_fsync"));
        assertEquals("fs", other.get("mailbox_list_layout"));
    }

    @Test
    void knowsSpecialUseFromSettingsOrAsInDovecotsExample() throws Refusal {
        assertEquals(List.of("Trash"), load(options(null, true, null), Map.of()).specialUse("\\trash"));
        Settings own = load(
                options(
                        null,
                        true,
                        null,
                        "namespace/inbox/mailbox/Papierkorb/special_use=\\Trash",
                        "mailbox/X/special_use=\\Junk"),
                Map.of());
        assertEquals(List.of("Papierkorb"), own.specialUse("\\Trash"));
        assertEquals(List.of(), own.specialUse("\\Sent"));
    }
}
