package dev.twinbox.engine.disk;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;

/**
 * syncfs(2) by way of {@code sync -f FOLDER} (coreutils), because Java 17 cannot make the call. The command's exit status
 * is the kernel's answer.
 *
 * <p>Where {@code sync} knows no {@code -f} (old BusyBox), a plain {@code sync} is run, which on Linux also waits for
 * everything but cannot report a failed write. A failing {@code sync -f} is never covered up that way.
 */
final class SyncCommand {
    /** Most bytes of the command's complaint that are kept. */
    private static final int COMPLAINT_LIMIT = 1000;

    /**
     * Non-ASCII folders cannot be handed to a child process unharmed under every locale. The shell builds the bytes from
     * octal; the final {@code /.} keeps line ends at the end of a name from being cut off.
     */
    private static final String SHELL_SCRIPT = "exec sync -f \"$(printf %b \"$1\")\"";

    private SyncCommand() {}

    /** Returns once everything written to the folder's file system is durable. */
    static void run(DiskPath folder) throws IOException {
        String complaint = execute(folder, arguments(folder));
        if (complaint.isEmpty()) {
            return;
        }
        if (complaint.contains("option")) {
            complaint = execute(folder, "sync");
        }
        if (!complaint.isEmpty()) {
            throw new FileSystemException(folder.toString(), null, "sync failed: " + complaint);
        }
    }

    private static String[] arguments(DiskPath folder) {
        byte[] bytes = folder.toBytes();
        if (folder.isAscii()) {
            return new String[] {"sync", "-f", new String(bytes, StandardCharsets.US_ASCII)};
        }
        StringBuilder octal = new StringBuilder(bytes.length * 5 + 2);
        for (byte b : bytes) {
            octal.append("\\0")
                    .append((char) ('0' + ((b >> 6) & 3)))
                    .append((char) ('0' + ((b >> 3) & 7)))
                    .append((char) ('0' + (b & 7)));
        }
        return new String[] {"sh", "-c", SHELL_SCRIPT, "sh", octal.append("/.").toString()};
    }

    /** Runs a command; empty if it ended well, else what it said. */
    private static String execute(DiskPath folder, String... command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectInput(new File("/dev/null")).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw JavaPaths.named(e, folder);
        }
        try {
            String said;
            try (InputStream output = process.getInputStream()) {
                said = new String(output.readNBytes(COMPLAINT_LIMIT), StandardCharsets.ISO_8859_1);
            }
            int status = process.waitFor();
            return status == 0 ? "" : "exit status " + status + ": " + said.trim();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + command[0]);
        }
    }
}
