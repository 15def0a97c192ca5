package dev.twinbox.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.args.GlobalOptions;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.RealDisk;
import dev.twinbox.engine.run.SystemClock;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Namespaces of settings files, as Dovecot 2.3 and 2.4 write them. */
final class NamespacesTest {
    private static final Disk DISK = new RealDisk(new SystemClock());

    private static final String OLDER = """
            # 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf
            mail_location = maildir:/m
            passdb {
              driver = pam
            }
            namespace archive {
              location = mdbox:/archive
              prefix = Archive/
              separator = /
            }
            namespace compat {
              alias_for =
              hidden = yes
              list = no
              prefix = Mail/
              separator = /
            }
            namespace inbox {
              inbox = yes
              location =
              mailbox Trash {
                special_use = \\Trash
              }
              prefix =
              separator = /
            }
            namespace shared {
              location = maildir:%%h/Maildir
              prefix = shared/%%u/
              separator = /
              type = shared
            }
            namespace virtual {
              hidden = yes
              list = yes
              location = virtual:/v
              prefix = Virtual/
              separator = /
            }
            service imap-login {
              inet_listener imap {
                port = 0
              }
            }
            """;

    private static final String NEWER = """
            dovecot_config_version = 2.4.1
            mail_driver = maildir
            mail_path = /m
            mail_index_path = /i
            namespace archive {
              mail_driver = mdbox
              mail_path = /archive
              mail_index_path =
              prefix = Archive/
              namespace_separator = /
              mailbox Old {
                special_use = "\\\\Archive"
              }
            }
            namespace inbox {
              inbox = yes
              separator = /
            }
            """;

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();

    private Settings settings(String text) throws Refusal, IOException {
        Files.writeString(folder.resolve("dovecot.conf"), text);
        GlobalOptions options = new GlobalOptions("dovecot.conf", List.of(), false, false, false, null, false);
        return Settings.load(options, Map.of(), folder.toString(), DISK);
    }

    private Location location(String text) throws Refusal, IOException {
        return new Locations(new User("bob", "/home/bob"), "/", DISK).ofSettings(settings(text));
    }

    private List<String> chosen(String text, boolean all, String... prefixes) throws Refusal, IOException {
        List<String> found = new ArrayList<>();
        Location own = new NamespaceChoice(List.of(prefixes), all).of(location(text), warnings::add);
        for (NamespaceLocation namespace : own.namespaces()) {
            Location at = namespace.location();
            if (namespace.chosen()) {
                found.add(namespace.prefix() + " at "
                        + (at == null ? "?" : at.account().root()));
            }
        }
        return found;
    }

    private Refusal refusal(String text, boolean all, String... prefixes) {
        return assertThrows(Refusal.class, () -> chosen(text, all, prefixes));
    }

    @Test
    void readsThoseOfBothVersions() throws Refusal, IOException {
        for (String text : List.of(OLDER, NEWER)) {
            Location own = location(text);
            assertEquals(DiskPath.of("/m"), own.account().root());
            assertNull(own.account().prefix());
            NamespaceLocation archive = own.namespaces().get(0);
            assertEquals("Archive/", archive.prefix());
            Location at = Objects.requireNonNull(archive.location());
            assertEquals(DiskPath.of("/archive"), at.account().root());
            assertEquals(MailboxName.parse("Archive", '/'), at.account().prefix());
            assertEquals('/', at.account().separator());
        }
        assertEquals(DiskPath.of("/i"), location(NEWER).account().index());
    }

    @Test
    void takesTheOneOfInboxUnlessToldOtherwise() throws Refusal, IOException {
        assertEquals(List.of(" at /m"), chosen(OLDER, false));
        assertEquals(List.of(" at /m"), chosen(NEWER, false));
        assertEquals(List.of("Archive/ at /archive"), chosen(OLDER, false, "Archive/"));
        assertEquals(List.of("Archive/ at /archive", " at /m"), chosen(OLDER, false, "", "Archive/"));
        assertEquals(List.of("Archive/ at /archive", " at /m"), chosen(NEWER, true));
        assertEquals(List.of(" at /m"), chosen(OLDER, true, "")); // -n beats -N
        assertEquals(List.of(" at /m"), chosen(OLDER, false, "Mail/")); // another name of it
        assertEquals(List.of(), warnings);
    }

    @Test
    void saysWhatItLeavesOutAndWhatItCannotOpen() throws Refusal, IOException {
        assertEquals(List.of("Archive/ at /archive"), chosen(NEWER, false, "Archive/2024/"));
        assertTrue(warnings.get(0).contains("-n Archive/2024/: no such namespace"), warnings.toString());
        warnings.clear();
        Refusal virtual = refusal(OLDER, true);
        assertEquals(75, virtual.exitCode());
        assertTrue(virtual.text().contains("'Virtual/' cannot be synced"), virtual.text());
        assertTrue(warnings.get(0).contains("'shared/%%u/' is left out"), warnings.toString());
        assertEquals(75, refusal(OLDER, false, "shared/%%u/").exitCode());
        String dots = NEWER.replace("namespace_separator = /", "separator = .").replace("Archive/", "Archive.");
        assertTrue(refusal(dots, true).text().contains("the same separator"));
        assertEquals(List.of("Archive. at /archive"), chosen(dots, false, "Archive."));
        assertTrue(refusal(NEWER.replace("/archive", "/m"), true).text().contains("in the same place"));
    }

    @ParameterizedTest
    @CsvSource({
        "inbox = yes, inbox = no, no namespace has inbox",
        "prefix = Archive/, prefix =, two namespaces have the prefix",
        "prefix = Archive/, prefix = Archive, must end with its separator",
        "mail_driver = mdbox, inbox = yes, two namespaces have inbox",
    })
    void refusesWhatDovecotRefuses(String line, String other, String why) {
        Refusal refusal = assertThrows(Refusal.class, () -> location(NEWER.replace(line, other)));
        assertEquals(78, refusal.exitCode());
        assertTrue(refusal.text().contains(why), refusal.text());
    }

    @Test
    void anAccountOfOneNamespaceIsAsItWas() throws Refusal, IOException {
        String one = "mail_location = maildir:/m\nnamespace {\n  inbox = yes\n  separator = .\n}\n";
        Location own = location(one);
        assertEquals(List.of(), own.namespaces());
        assertEquals('.', own.account().separator());
        assertEquals(
                '/',
                location("mail_location = maildir:/m\nseparator = /\n")
                        .account()
                        .separator());
        Location prefixed = location(one.replace("separator = .", "separator = .\nprefix = INBOX."));
        assertEquals(MailboxName.INBOX, prefixed.namespaces().get(0).levels());
    }

    @Test
    void findsSpecialUsesInTheirNamespaces() throws Refusal, IOException {
        assertEquals(List.of("Trash"), settings(OLDER).specialUse("\\Trash"));
        assertEquals(List.of("Archive/Old"), settings(NEWER).specialUse("\\Archive"));
    }

    @ParameterizedTest
    @CsvSource({
        "'namespace x {', does not end",
        "'}', ends no block",
        "'!include conf.d/*.conf', doveconf -n",
        "'nothing', neither",
        "'mail_path = \"x', must end with its second quote"
    })
    void saysWhereAFileIsWrong(String line, String why) {
        Refusal refusal = assertThrows(Refusal.class, () -> settings("mail_driver = maildir\n" + line + "\n"));
        assertEquals(78, refusal.exitCode());
        assertTrue(refusal.text().contains("dovecot.conf") && refusal.text().contains(why), refusal.text());
    }
}
