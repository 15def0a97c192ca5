package dev.twinbox.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs commands as processes and keeps what they say. Thread-safe: without state. */
final class Shell {
    /** A command that takes longer than this hangs; real ones take seconds. */
    private static final long TIMEOUT_S = 300;

    /** For a dump of all threads. */
    private static final long DUMP_S = 3;

    /** Set by bin/test when it runs one proof: prints every command it runs. */
    private static final boolean SHOW = System.getenv("TWINBOX_SHOW") != null;

    private static final List<String> SHOWN = List.of("twinbox", "dsync", "doveadm", "time");

    private Shell() {}

    /** Runs the command with exactly this environment and waits for its end. Its stdin is {@code in}. */
    static Ran run(Path directory, Map<String, String> environment, byte[] in, List<String> command) {
        try {
            Process process = start(directory, environment, command);
            Collector out = new Collector(process.getInputStream());
            Collector err = new Collector(process.getErrorStream());
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(in);
            } catch (IOException e) {
                // It ended without reading: its exit code tells why.
            }
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                String doing = whatItDoes(process, out);
                process.destroyForcibly();
                throw new AssertionError("still running after " + TIMEOUT_S + " s: " + quoted(command) + doing);
            }
            Ran ran =
                    new Ran(command, process.exitValue(), out.bytes(), new String(err.bytes(), StandardCharsets.UTF_8));
            show(command, ran.exit());
            return ran;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What the threads of a Java that hangs are at: its answer to SIGQUIT. Other programs just die of it. */
    private static String whatItDoes(Process process, Collector out) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid()))
                .start()
                .waitFor();
        process.waitFor(DUMP_S, TimeUnit.SECONDS);
        return "\n" + new String(out.soFar(), StandardCharsets.UTF_8);
    }

    /** Shows what a reader of the proof wants to repeat: the product and Dovecot, without who runs them. */
    private static void show(List<String> command, int exit) {
        List<String> bare = command.subList(command.indexOf("--") + 1, command.size());
        String program = bare.get(0).replaceFirst(".*/", "");
        if (SHOW && SHOWN.contains(program)) {
            System.out.println("$ " + quoted(bare) + "   -> " + exit);
        }
    }

    /** Starts the command with exactly this environment. */
    static Process start(Path directory, Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** The command as one would type it. */
    static String quoted(List<String> command) {
        return command.stream()
                .map(word -> word.matches("[A-Za-z0-9_@%+=:,./~-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }

    /** Reads a stream to its end in a thread of its own, so that no pipe fills up. */
    private static final class Collector {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread thread;

        Collector(InputStream stream) {
            thread = new Thread(() -> {
                try (stream) {
                    stream.transferTo(bytes);
                } catch (IOException e) {
                    // The process was killed; what came before counts.
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        byte[] soFar() {
            return bytes.toByteArray();
        }

        byte[] bytes() throws InterruptedException {
            thread.join();
            return bytes.toByteArray();
        }
    }
}
