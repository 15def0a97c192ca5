package dev.twinbox.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Dovecot, used without any daemon: {@code doveadm} and {@code imap} as single processes with a configuration of their
 * own. What they log goes to stderr, where {@link Account} keeps it.
 *
 * <p>Dovecot 2.3 is the installed one: {@code TWINBOX_DOVEADM} and {@code TWINBOX_DOVECOT_LIBEXEC} name other programs; {@code
 * TWINBOX_DOVECOT_PREFIX} is put before every command (words separated by blanks, such as {@code chroot /srv/bookworm}).
 * Dovecot 2.4 is the one of a {@link NewerSystem}, in whose sandboxes all commands run.
 */
final class Dovecot {
    private static final List<String> GLOBAL_OPTIONS_WITH_ARGUMENT = List.of("-o", "-f", "-c", "-i");

    private final Path doveadm;
    private final Path libexec;
    private final List<String> prefix;
    private final boolean newer;

    private Dovecot(Path doveadm, Path libexec, List<String> prefix, boolean newer) {
        this.doveadm = doveadm;
        this.libexec = libexec;
        this.prefix = prefix;
        this.newer = newer;
    }

    /** Dovecot 2.4, for sandboxes of a {@link NewerSystem}. */
    static Dovecot ofNewerSystem() {
        return new Dovecot(Path.of("/usr/bin/doveadm"), Path.of("/usr/lib/dovecot"), List.of(), true);
    }

    /** Whether it is 2.4, with other settings and options than 2.3. */
    boolean isNewer() {
        return newer;
    }

    /** The installed one. Fails, and never skips, when there is none: a proof that did not run proves nothing. */
    static Dovecot installed() {
        String given = System.getenv("TWINBOX_DOVEADM");
        String prefix =
                System.getenv().getOrDefault("TWINBOX_DOVECOT_PREFIX", "").trim();
        Path doveadm = given != null ? Path.of(given) : onPath("doveadm");
        Path libexec = Path.of(System.getenv().getOrDefault("TWINBOX_DOVECOT_LIBEXEC", "/usr/lib/dovecot"));
        if (prefix.isEmpty()) {
            mustBeThere(doveadm, "dovecot-core");
            mustBeThere(libexec.resolve("imap"), "dovecot-imapd");
        }
        return new Dovecot(doveadm, libexec, prefix.isEmpty() ? List.of() : List.of(prefix.split(" +")), false);
    }

    private static void mustBeThere(Path program, String packages) {
        if (!Files.isExecutable(program)) {
            throw new AssertionError(
                    program + " is missing. These tests need a real Dovecot 2.3: run bin/test as root, or apt-get"
                            + " install " + packages);
        }
    }

    private static Path onPath(String name) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, name))) {
                return Path.of(directory, name);
            }
        }
        return Path.of("/usr/bin", name);
    }

    /** The configuration of one account. It allows every user, and logs nothing but trouble. */
    String configuration(Path home, String location) {
        return newer ? newerConfiguration(home, location) : olderConfiguration(home, location);
    }

    private static String olderConfiguration(Path home, String location) {
        return String.join(
                "\n",
                "base_dir = " + home + "/.run",
                "state_dir = " + home + "/.run",
                "ssl = no",
                "first_valid_uid = 0",
                "mail_home = " + home,
                "mail_location = " + location,
                "mail_fsync = never",
                "mail_log_prefix = \"\"",
                "stats_writer_socket_path =",
                "namespace inbox {",
                "  inbox = yes",
                "  separator = /",
                "}",
                "");
    }

    private static String newerConfiguration(Path home, String location) {
        List<String> lines = new ArrayList<>(List.of(
                "dovecot_config_version = 2.4.1",
                "dovecot_storage_version = 2.4.1",
                "base_dir = " + home + "/.run",
                "state_dir = " + home + "/.run",
                "ssl = no",
                "first_valid_uid = 0",
                "mail_home = " + home,
                "mail_fsync = never",
                "mail_log_prefix =",
                "namespace inbox {",
                "  inbox = yes",
                "  separator = /",
                "}"));
        String[] parts = location.split(":");
        lines.add("mail_driver = " + parts[0]);
        lines.add("mail_path = " + parts[1]);
        for (String part : List.of(parts).subList(2, parts.length)) {
            lines.add(newerSetting(part));
        }
        lines.add("");
        return String.join("\n", lines);
    }

    /** What 2.4 has in place of a part of a location. */
    private static String newerSetting(String part) {
        String value = part.substring(part.indexOf('=') + 1);
        return switch (part.substring(0, part.length() - value.length())) {
            case "LAYOUT=" -> "mailbox_list_layout = " + value;
            case "INDEX=" -> "mail_index_path = " + value;
            case "CONTROL=" -> "mail_control_path = " + value;
            case "INBOX=" -> "mail_inbox_path = " + value;
            default -> {
                if (!part.equals("UTF-8")) {
                    throw new AssertionError("not for 2.4: " + part);
                }
                yield "mailbox_list_utf8 = yes";
            }
        };
    }

    /** Settings that keep annotations of mailboxes in this file. */
    String attributesIn(Path file) {
        return newer
                ? "mail_attribute {\n  dict file {\n    path = " + file + "\n  }\n}\n"
                : "mail_attribute_dict = file:" + file + "\n";
    }

    List<String> doveadmCommand(Path configuration, List<String> arguments) {
        return command(doveadm, configuration, newer ? withoutUserLookup(arguments) : arguments);
    }

    /** 2.3 looks up no user without {@code -u}; 2.4 wants to be told, after the command. */
    private static List<String> withoutUserLookup(List<String> arguments) {
        int at = 0;
        while (arguments.get(at).startsWith("-")) {
            at += GLOBAL_OPTIONS_WITH_ARGUMENT.contains(arguments.get(at)) ? 2 : 1;
        }
        boolean grouped = List.of("mailbox", "flags").contains(arguments.get(at));
        at += !grouped ? 1 : arguments.get(at + 1).equals("metadata") ? 3 : 2;
        List<String> all = new ArrayList<>(arguments);
        all.add(at, "--no-userdb-lookup");
        return all;
    }

    /** 2.4 forgets the user's name in the environment otherwise. */
    List<String> imapCommand(Path configuration) {
        return command(libexec.resolve("imap"), configuration, newer ? List.of("-k") : List.of());
    }

    /** Of 2.3 only; the package of 2.4's is not in a {@link NewerSystem}. */
    List<String> pop3Command(Path configuration) {
        Path pop3 = libexec.resolve("pop3");
        if (prefix.isEmpty()) {
            mustBeThere(pop3, "dovecot-pop3d");
        }
        return command(pop3, configuration, List.of());
    }

    private List<String> command(Path program, Path configuration, List<String> arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(program.toString());
        command.add("-c");
        command.add(configuration.toString());
        command.addAll(arguments);
        return command;
    }
}
