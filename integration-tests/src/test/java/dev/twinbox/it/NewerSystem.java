package dev.twinbox.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The tree of a newer Debian with Dovecot 2.4, beside the 2.3 of this one; {@code bin/test} makes it. A command is run with
 * the newer {@code /usr} in place of this machine's, in a mount namespace of its own, so that Dovecot and Twinbox see the same
 * files and can start each other. {@code TWINBOX_DOVECOT24} names another tree. Only root can do so.
 */
final class NewerSystem {
    /** $1 is the tree and $2 the Java, which would be hidden if it lay in /usr. */
    private static final String ENTER = """
            tree=$1
            java=$2
            shift 2
            case $java in
              /usr/*) mkdir -p "$tree$java"; mount --bind "$java" "$tree$java" ;;
            esac
            mount --rbind "$tree/usr" /usr
            exec "$@"
            """;

    private final Path tree;

    private NewerSystem(Path tree) {
        this.tree = tree;
    }

    /** Fails, and never skips, when there is none. */
    static NewerSystem get() {
        String given = System.getenv("TWINBOX_DOVECOT24");
        Path tree =
                given != null ? Path.of(given) : Path.of(System.getProperty("user.home"), ".cache/twinbox/dovecot-2.4");
        if (!Sandbox.isRoot() || !Files.isExecutable(tree.resolve("usr/bin/doveadm"))) {
            throw new AssertionError("These tests need root and a Dovecot 2.4 in " + tree + ": run bin/test as root");
        }
        return new NewerSystem(tree);
    }

    /** What to put before a command of root's. */
    List<String> enterCommand() {
        return List.of(
                "unshare",
                "-m",
                "sh",
                "-euc",
                ENTER,
                "sh",
                tree.toString(),
                javaHome().toString());
    }

    /** The Java that Twinbox is run with in there. */
    static Path java() {
        return javaHome().resolve("bin/java");
    }

    private static Path javaHome() {
        return Path.of(System.getProperty("java.home"));
    }
}
