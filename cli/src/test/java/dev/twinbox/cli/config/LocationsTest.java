package dev.twinbox.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.args.GlobalOptions;
import dev.twinbox.cli.args.SettingArgument;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountLocation.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Locations in the spelling of Dovecot 2.3 and 2.4 (dovecot-compatibility, sections E2 and E4). */
final class LocationsTest {
    private static final Disk DISK = new RealDisk(new SystemClock());
    private static final User BOB = new User("bob", "/home/bob");
    private static final Locations LOCATIONS = new Locations(BOB, "/cwd", DISK);

    private static Settings settings(String... pairs) throws Refusal {
        List<SettingArgument> arguments = new ArrayList<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            arguments.add(new SettingArgument(pair.substring(0, equals), pair.substring(equals + 1)));
        }
        return Settings.load(
                new GlobalOptions(null, arguments, true, false, false, null, false), Map.of(), "/cwd", DISK);
    }

    private static Location parse(String text) throws Refusal {
        return LOCATIONS.parse(text, settings());
    }

    @ParameterizedTest
    @CsvSource({
        "maildir:/a/b, /a/b",
        "maildir:/a//b/, /a/b",
        "maildir:~/Maildir, /home/bob/Maildir",
        "maildir:~, /home/bob",
        "maildir:%h/%u, /home/bob/bob",
        "maildir:rel/x, /cwd/rel/x",
        "maildir:./x, /cwd/x",
        "maildir:../x, /x",
        "maildir:/a::b, /a:b",
        "maildir:/ü ~, /ü ~"
    })
    void findsTheRoot(String text, String root) throws Refusal {
        Location location = parse(text);
        assertEquals(AccountLocation.of(DiskPath.of(root)), location.account());
        assertEquals(text, location.text());
        assertEquals(Durability.DURABLE, location.durability());
    }

    @Test
    void takesEveryKeyOfTheOldSpelling() throws Refusal {
        AccountLocation expected = new AccountLocation(
                DiskPath.of("/m"),
                Layout.FS,
                DiskPath.of("/c"),
                DiskPath.of("/home/bob/i"),
                DiskPath.of("/inbox"),
                "mBoX",
                true,
                '/');
        assertEquals(
                expected,
                parse("maildir:/m:LAYOUT=fs:CONTROL=/c:INDEX=~/i:INBOX=/inbox:DIRNAME=mBoX:UTF-8")
                        .account());
        assertEquals(
                expected,
                LOCATIONS
                        .ofSettings(settings(
                                "mail_driver=maildir",
                                "mail_path=/m",
                                "mailbox_list_layout=fs",
                                "mail_control_path=/c",
                                "mail_index_path=~/i",
                                "mail_inbox_path=/inbox",
                                "mailbox_directory_name=mBoX",
                                "mailbox_list_utf8=yes"))
                        .account());
        assertEquals(
                expected,
                LOCATIONS
                        .ofSettings(settings(
                                "mail_location=maildir:/m:LAYOUT=FS:CONTROL=/c:INDEX=%h/i:INBOX=/inbox",
                                "mailbox_directory_name=mBoX", "mailbox_list_utf8=yes"))
                        .account());
    }

    @Test
    void aKeyOfTheLocationBeatsASetting() throws Refusal {
        AccountLocation location = LOCATIONS
                .parse("maildir:/m:LAYOUT=maildir++:INDEX=/a", settings("mailbox_list_layout=fs", "mail_index_path=/b"))
                .account();
        assertEquals(Layout.MAILDIR_PLUS_PLUS, location.layout());
        assertEquals(DiskPath.of("/a"), location.index());
        assertNull(location.control());
    }

    @Test
    void remarksOnKeysWithoutEffect() throws Refusal {
        Location location = parse("maildir:/m:ALT=/x:VOLATILEDIR=/y:SUBSCRIPTIONS=subscriptions:");
        assertEquals(2, location.remarks().size());
        assertEquals(List.of(DiskPath.of("/m")), location.folders());
    }

    /** As in Dovecot 2.3.19 and 2.4.1. */
    @ParameterizedTest
    @ValueSource(strings = {"maildir", "sdbox", "mdbox"})
    void whereMailboxesAreListedInboxIsOneOfThem(String driver) throws Refusal {
        Location location = parse(driver + ":/m:LAYOUT=index:INBOX=/inbox");
        assertNull(location.account().inbox());
        assertEquals(1, location.remarks().size());
        assertEquals(
                location.account(),
                LOCATIONS
                        .parse(driver + ":/m", settings("mailbox_list_layout=index", "mail_inbox_path=/inbox"))
                        .account());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "imapc:/m",
                "mdbox:/m:LAYOUT=maildir++",
                "nonsense:x",
                "maildir:",
                "maildir:/",
                "/just/a/path",
                "",
                ":x",
                "host.example.org",
                "maildir:/m:LAYOUT=nonsense",
                "maildir:/m:INDEX=MEMORY",
                "maildir:/m:SUBSCRIPTIONS=subs",
                "maildir:/m:NOSUCH=1",
                "maildir:~alice/Maildir",
                "maildir:/a\uFFFDb"
            })
    void answersWhatItCannotOpenAsDovecot24Does(String text) {
        Refusal refusal = assertThrows(Refusal.class, () -> parse(text));
        assertEquals(75, refusal.exitCode());
        assertTrue(refusal.text().contains("'" + text + "'"), refusal.text());
    }

    @Test
    void namesWhatIsSupported() {
        assertTrue(assertThrows(Refusal.class, () -> parse("imapc:/m")).text().contains("maildir:PATH"));
    }

    @Test
    void refusesSettingsThatCannotBeHonoured() throws Refusal {
        for (String pair :
                List.of("lock_method=flock", "lock_method=dotlock", "mail_fsync=sometimes", "separator=ab")) {
            Settings settings = settings(pair);
            assertEquals(
                    78,
                    assertThrows(Refusal.class, () -> LOCATIONS.parse("maildir:/m", settings))
                            .exitCode(),
                    pair);
        }
        assertEquals(
                Durability.NEVER,
                LOCATIONS.parse("maildir:/m", settings("mail_fsync=never")).durability());
        assertEquals(
                '/',
                LOCATIONS.parse("maildir:/m", settings("separator=/")).account().separator());
    }

    @Test
    void needsASourceFromSomewhere() throws Refusal {
        for (Settings settings : List.of(
                settings(),
                settings("mail_driver=maildir"),
                settings("mail_path=/m"),
                settings("mail_location=maildir:/m", "mail_driver=maildir", "mail_path=/n"))) {
            assertEquals(
                    78,
                    assertThrows(Refusal.class, () -> LOCATIONS.ofSettings(settings))
                            .exitCode());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "30, 30000",
        "30 secs, 30000",
        "1min, 60000",
        "2 mins, 120000",
        "2 hours, 122000",
        "0, 122000",
        "0 secs, 122000"
    })
    void theWaitForALockIsBoundedByItsSetting(String setting, long millis) throws Refusal {
        Settings settings = settings("mail_max_lock_timeout=" + setting);
        assertEquals(millis, LOCATIONS.parse("maildir:/m", settings).lockWaitMillis());
        assertEquals(
                millis,
                LOCATIONS
                        .parse("maildir:/m", settings.forOtherLocation(List.of()))
                        .lockWaitMillis());
        assertEquals(122_000, parse("maildir:/m").lockWaitMillis());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "3 moons", "-1", "99999999999999999999"})
    void aWaitThatIsNoTimeIsRefused(String setting) throws Refusal {
        Settings settings = settings("mail_max_lock_timeout=" + setting);
        Refusal refusal = assertThrows(Refusal.class, () -> LOCATIONS.parse("maildir:/m", settings));
        assertEquals(78, refusal.exitCode());
    }

    @Test
    void theSpellingOfTheHigherLayerCounts() throws Refusal {
        Settings settings = Settings.load(
                new GlobalOptions(
                        null,
                        List.of(new SettingArgument("mail_location", "maildir:/option")),
                        true,
                        false,
                        false,
                        null,
                        false),
                Map.of("TWINBOX_MAIL_DRIVER", "maildir", "TWINBOX_MAIL_PATH", "/env"),
                "/cwd",
                DISK);
        assertEquals(
                DiskPath.of("/option"), LOCATIONS.ofSettings(settings).account().root());
    }

    @Test
    void goesUpFromWhereALinkLeads(@TempDir Path folder) throws IOException, Refusal {
        Path real = folder.toRealPath();
        Files.createDirectories(real.resolve("a/b"));
        Files.createSymbolicLink(real.resolve("link"), real.resolve("a/b"));
        assertEquals(
                DiskPath.of(real + "/a/x"),
                parse("maildir:" + real + "/link/../x").account().root());
    }

    @Test
    void findsUsersAndTheirHomes() throws Refusal {
        Map<String, String> environment = Map.of("USER", "carol", "HOME", "/home/carol");
        assertEquals(new User("carol", "/home/carol"), Users.resolve(null, false, settings(), environment, DISK));
        assertEquals(new User("root", "/root"), Users.resolve("root", false, settings(), environment, DISK));
        assertEquals(
                new User("no.such.user", null), Users.resolve("no.such.user", false, settings(), environment, DISK));
        assertEquals(
                new User("x@d.org", "/v/d.org/x"),
                Users.resolve("x@d.org", false, settings("mail_home=/v/%d/%n"), environment, DISK));
        assertEquals(new User("carol", "/home/carol"), Users.resolve(null, true, settings(), environment, DISK));
        assertEquals(
                75,
                assertThrows(Refusal.class, () -> Users.resolve(null, true, settings(), Map.of(), DISK))
                        .exitCode());
        for (String mask : List.of("*", "a?", "")) {
            assertEquals(
                    64,
                    assertThrows(Refusal.class, () -> Users.resolve(mask, false, settings(), environment, DISK))
                            .exitCode());
        }
        assertEquals(
                78,
                assertThrows(
                                Refusal.class,
                                () -> Users.resolve("u", false, settings("mail_home=rel"), environment, DISK))
                        .exitCode());
    }

    @Test
    void readsLinesOfPasswd() {
        assertEquals(
                new Passwd.Entry("bob", 1000, 100, "/home/bob"),
                Passwd.parse("bob:x:1000:100:Bob, B.:/home/bob:/bin/sh"));
        assertNull(Passwd.parse("# comment"));
        assertNull(Passwd.parse("+nis::::::"));
        assertNull(Passwd.parse("bob:x:1000"));
    }

    @Test
    void attributesLieWhereTheSettingOrTheLocationSays() throws Refusal {
        assertNull(parse("maildir:/m").account().attributes());
        assertEquals(
                DiskPath.of("/home/bob/dovecot-attributes"),
                LOCATIONS
                        .ofSettings(
                                settings("mail_location=maildir:~/M", "mail_attribute_dict=file:%h/dovecot-attributes"))
                        .account()
                        .attributes());
        assertEquals(
                DiskPath.of("/home/bob/a"),
                LOCATIONS
                        .parse("maildir:/m:ATTRIBUTES=~/a", settings("mail_attribute_dict=file:/b"))
                        .account()
                        .attributes());
        assertNull(LOCATIONS
                .parse("maildir:/m", settings("mail_attribute_dict="))
                .account()
                .attributes());
        assertNull(LOCATIONS
                .parse("maildir:/m", settings("mail_attribute_dict=file:/b").forOtherLocation(List.of()))
                .account()
                .attributes());
        for (String other : List.of("proxy::x", "file", "file:")) {
            assertThrows(Refusal.class, () -> LOCATIONS.parse("maildir:/m", settings("mail_attribute_dict=" + other)));
        }
    }
}
