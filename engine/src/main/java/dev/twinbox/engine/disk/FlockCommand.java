package dev.twinbox.engine.disk;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;

/**
 * flock(2) by way of {@code flock} (util-linux, BusyBox), because Java cannot make the call: its locks are those of fcntl(2),
 * which are others. A child process holds the lock until its input ends.
 */
final class FlockCommand {
    /** The shell builds the name from octal, as in {@link SyncCommand}; it says a word when it has the lock. */
    private static final String SHELL_SCRIPT =
            "exec 9<\"$(printf %b \"$1\")\" && flock -x -n 9 && echo held && exec cat";

    private static final int ANSWER_SIZE = 5;

    private FlockCommand() {}

    /** Takes the lock; nothing if somebody else has it, or it cannot be taken here. */
    static Optional<Closeable> take(DiskPath file) throws IOException {
        byte[] bytes = file.toBytes();
        StringBuilder octal = new StringBuilder(bytes.length * 5);
        for (byte b : bytes) {
            octal.append("\\0")
                    .append((char) ('0' + ((b >> 6) & 3)))
                    .append((char) ('0' + ((b >> 3) & 7)))
                    .append((char) ('0' + (b & 7)));
        }
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", SHELL_SCRIPT, "sh", octal.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        boolean held = false;
        try {
            InputStream output = process.getInputStream();
            held = output.readNBytes(ANSWER_SIZE).length == ANSWER_SIZE;
        } finally {
            if (!held) {
                release(process);
            }
        }
        return held ? Optional.of(() -> release(process)) : Optional.empty();
    }

    private static void release(Process process) throws IOException {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended already.
        }
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a lock was released");
        }
    }
}
