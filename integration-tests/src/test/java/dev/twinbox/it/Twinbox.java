package dev.twinbox.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The product, run as anybody would: {@code bin/twinbox} of this tree as a process. {@code TWINBOX_BIN} names another one,
 * for example an installed one. Thread-safe.
 */
final class Twinbox {
    private static final String OWN_PREFIX = "TWINBOX_";

    private final Sandbox sandbox;
    private final Path program;
    private final Map<String, String> environment = new TreeMap<>();

    Twinbox(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.program = Installation.get().program();
        environment.putAll(sandbox.environment());
        System.getenv().forEach((name, value) -> {
            if (name.startsWith(OWN_PREFIX)) {
                environment.putIfAbsent(name, value);
            }
        });
    }

    private Twinbox(Twinbox from, Map<String, String> more) {
        this.sandbox = from.sandbox;
        this.program = from.program;
        this.environment.putAll(from.environment);
        this.environment.putAll(more);
    }

    /** The source tree, or what is needed of it where the mail user can read it. */
    static Path repository() {
        return Installation.get().root();
    }

    Path program() {
        return program;
    }

    /** The words that run it from within a command of the mail user, whatever environment that leaves. */
    List<String> nestedCommand(Object... arguments) {
        List<String> command = new ArrayList<>(List.of("env"));
        for (String name : List.of("TWINBOX_JAVA", "TWINBOX_NO_BUILD")) {
            String value = environment.get(name);
            if (value != null) {
                command.add(name + "=" + value);
            }
        }
        command.addAll(command(program.toString(), arguments));
        return command;
    }

    /** The same with this variable in the environment. */
    Twinbox with(String variable, String value) {
        return new Twinbox(this, Map.of(variable, value));
    }

    /** Runs it as the mail user and waits for the end; it must not crash. */
    Ran run(Object... arguments) {
        return as(program.toString(), arguments);
    }

    /** The same under another name of the program: another link to it, for example. */
    Ran as(String name, Object... arguments) {
        return runCommand(sandbox.asUserCommand(command(name, arguments)));
    }

    /** Runs it as whoever runs the tests, root perhaps. */
    Ran runAsMyself(Object... arguments) {
        return runCommand(command(program.toString(), arguments));
    }

    /** Mirrors one account into another. */
    Ran backup(Account source, Account destination, Object... options) {
        List<Object> all = new ArrayList<>(List.of("backup", "--from", source.location()));
        all.addAll(Arrays.asList(options));
        all.add(destination.location());
        return run(all.toArray());
    }

    /** Merges two accounts. */
    Ran sync(Account first, Account second, Object... options) {
        List<Object> all = new ArrayList<>(List.of("sync", "--from", first.location()));
        all.addAll(Arrays.asList(options));
        all.add(second.location());
        return run(all.toArray());
    }

    Ran verify(Account source, Account destination) {
        return run("verify", "--from", source.location(), destination.location());
    }

    /** Starts it as the mail user, without waiting. */
    Process start(Object... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" > \"$0\" 2>&1"));
            command.add(sandbox.path("background.log").toString());
            command.addAll(command(program.toString(), arguments));
            return Shell.start(sandbox.root(), environment, sandbox.asUserCommand(command));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it as the mail user, without waiting, and leaves its streams to the caller. */
    Process open(Object... arguments) {
        try {
            return Shell.start(
                    sandbox.root(), environment, sandbox.asUserCommand(command(program.toString(), arguments)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Ran runCommand(List<String> command) {
        return Shell.run(sandbox.root(), environment, new byte[0], command).mustNotCrash();
    }

    private static List<String> command(String name, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(name));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }
}
