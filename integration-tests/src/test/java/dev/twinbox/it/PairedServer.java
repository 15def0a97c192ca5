package dev.twinbox.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code twinbox serve} on a free port of this machine, with its log, for whoever is paired with it. */
final class PairedServer implements AutoCloseable {
    private static final int TRIES_MAX = 600;
    private static final long PAUSE_MILLIS = 50;
    private static final String LISTENING = "listening on ";

    private final Process process;
    private final Path log;
    private final String address;

    private PairedServer(Process process, Path log) {
        this.process = process;
        this.log = log;
        String line = await(LISTENING + "localhost:");
        this.address = line.substring(line.indexOf(LISTENING) + LISTENING.length());
    }

    /**
     * Starts it.
     *
     * @param twinbox with the home of the machine that serves
     * @param words before the command
     */
    static PairedServer start(Sandbox sandbox, Twinbox twinbox, Object... words) {
        return start(sandbox, twinbox, List.of(), words);
    }

    /**
     * @param more words after the command
     * @param words before the command
     */
    static PairedServer start(Sandbox sandbox, Twinbox twinbox, List<Object> more, Object... words) {
        List<Object> all = new ArrayList<>(List.of("-O", "-v"));
        all.addAll(Arrays.asList(words));
        all.add("serve");
        all.addAll(more);
        all.addAll(List.of("--listen", "localhost:0"));
        Path log = sandbox.path("background.log");
        sandbox.shell("rm -f \"$1\"", log);
        return new PairedServer(twinbox.start(all.toArray()), log);
    }

    /** Host and port. */
    String address() {
        return address;
    }

    String encrypted() {
        return "tcps:" + address;
    }

    String plain() {
        return "tcp:" + address;
    }

    /** All it has said so far. */
    String log() {
        try {
            return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a line with these words; the server may say them after its client has gone. */
    String await(String words) {
        for (int i = 0; i < TRIES_MAX; i++) {
            for (String line : log().split("\n", -1)) {
                if (line.contains(words)) {
                    return line;
                }
            }
            if (!process.isAlive()) {
                break;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
        }
        throw new AssertionError("the server does not say '" + words + "': " + log());
    }

    /** Gives it no time to put anything away. */
    void kill() {
        process.destroyForcibly();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
