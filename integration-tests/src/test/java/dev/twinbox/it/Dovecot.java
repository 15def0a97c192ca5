package dev.twinbox.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The installed Dovecot 2.3, used without any daemon: {@code doveadm} and {@code imap} as single processes with a
 * configuration of their own. What they log goes to stderr, where {@link Account} keeps it.
 *
 * <p>{@code TWINBOX_DOVEADM} and {@code TWINBOX_DOVECOT_LIBEXEC} name other programs; {@code TWINBOX_DOVECOT_PREFIX} is put
 * before every command (words separated by blanks, such as {@code chroot /srv/bookworm}).
 */
final class Dovecot {
    private final Path doveadm;
    private final Path libexec;
    private final List<String> prefix;

    private Dovecot(Path doveadm, Path libexec, List<String> prefix) {
        this.doveadm = doveadm;
        this.libexec = libexec;
        this.prefix = prefix;
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
        return new Dovecot(doveadm, libexec, prefix.isEmpty() ? List.of() : List.of(prefix.split(" +")));
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

    List<String> doveadmCommand(Path configuration, List<String> arguments) {
        return command(doveadm, configuration, arguments);
    }

    List<String> imapCommand(Path configuration) {
        return command(libexec.resolve("imap"), configuration, List.of());
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
