package dev.twinbox.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A directory of its own for one test, and the user who works in it. Dovecot serves no mail to root, so a test run by root
 * acts as another user ({@code TWINBOX_TEST_USER}, default {@code nobody}) through {@code setpriv}; any other user acts as
 * himself. Everything is removed at the end, unless {@code TWINBOX_KEEP} is set.
 */
final class Sandbox implements AutoCloseable {
    private final Path root;
    private final List<String> become;
    private final String owner;
    private final boolean newer;

    private Sandbox(Path root, List<String> become, String owner, boolean newer) {
        this.root = root;
        this.become = become;
        this.owner = owner;
        this.newer = newer;
    }

    /** One in which the mail user's commands find the programs of a {@link NewerSystem}, its Dovecot 2.4 above all. */
    static Sandbox createNewer() {
        Sandbox sandbox = create();
        List<String> become = new ArrayList<>(NewerSystem.get().enterCommand());
        become.addAll(sandbox.become);
        return new Sandbox(sandbox.root, become, sandbox.owner, true);
    }

    static Sandbox create() {
        return createIn(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** In a directory on the file system to be tested, through which the mail user can reach it. */
    static Sandbox createIn(Path parent) {
        try {
            Path root = Files.createTempDirectory(parent, "twinbox-it-").toRealPath();
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
            if (!isRoot()) {
                return new Sandbox(root, List.of(), System.getProperty("user.name"), false);
            }
            String user = System.getenv().getOrDefault("TWINBOX_TEST_USER", "nobody");
            List<String> become = List.of("setpriv", "--reuid", user, "--regid", group(user), "--clear-groups", "--");
            Sandbox sandbox = new Sandbox(root, become, user, false);
            sandbox.asMyself("chown", user, root.toString()).mustEndWith(0);
            return sandbox;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static String group(String user) {
        return Shell.run(Path.of("/"), baseEnvironment(), new byte[0], List.of("id", "-g", user))
                .mustEndWith(0)
                .out()
                .trim();
    }

    Path root() {
        return root;
    }

    /** The Dovecot that the mail user's commands find here. */
    Dovecot dovecot() {
        return newer ? Dovecot.ofNewerSystem() : Dovecot.installed();
    }

    /** The user who owns the mail. */
    String owner() {
        return owner;
    }

    /** His number and that of his group, as in {@code 8:8}. */
    String ownerIds() {
        return shell("echo \"$(id -u):$(id -g)\"").out().strip();
    }

    /** The name of his group. */
    String ownerGroup() {
        return asUser("id", "-gn").mustEndWith(0).out().strip();
    }

    Path path(String name) {
        return root.resolve(name);
    }

    /** A new empty directory that belongs to the mail user. */
    Path directory(String name) {
        Path path = path(name);
        asUser("mkdir", "-p", path.toString()).mustEndWith(0);
        return path;
    }

    /** A new file that belongs to the mail user. */
    Path file(String name, byte[] content) {
        Path path = path(name);
        run(asUserCommand(List.of("sh", "-c", "cat > \"$1\"", "sh", path.toString())), content)
                .mustEndWith(0);
        return path;
    }

    /** Runs a command as the mail user, in this directory. */
    Ran asUser(String... command) {
        return run(asUserCommand(List.of(command)), new byte[0]);
    }

    /** Runs shell text as the mail user; $1, $2 … are the arguments. */
    Ran shell(String text, Object... arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-euc", text, "sh"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return run(asUserCommand(command), new byte[0]).mustEndWith(0);
    }

    /** Runs a command as whoever runs the tests. */
    Ran asMyself(String... command) {
        return run(List.of(command), new byte[0]);
    }

    /** The command, as the mail user runs it. */
    List<String> asUserCommand(List<String> command) {
        List<String> full = new ArrayList<>(become);
        full.addAll(command);
        return full;
    }

    private Ran run(List<String> command, byte[] in) {
        return Shell.run(root, environment(), in, command);
    }

    /** The environment of every command of this sandbox. */
    Map<String, String> environment() {
        Map<String, String> environment = baseEnvironment();
        environment.put("HOME", root.toString());
        environment.put("USER", owner);
        if (newer) {
            environment.put("TWINBOX_JAVA", NewerSystem.java().toString());
        }
        return environment;
    }

    private static Map<String, String> baseEnvironment() {
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
        environment.put("TZ", "UTC");
        String javaHome = System.getenv("JAVA_HOME");
        if (javaHome != null) {
            environment.put("JAVA_HOME", javaHome);
        }
        return environment;
    }

    @Override
    public void close() {
        if (System.getenv("TWINBOX_KEEP") != null) {
            System.out.println("kept: " + root);
            return;
        }
        asMyself("chmod", "-R", "u+rwX", root.toString());
        Shell.run(Path.of("/"), baseEnvironment(), new byte[0], List.of("rm", "-rf", root.toString()));
    }
}
