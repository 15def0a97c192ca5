package dev.twinbox.transport.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A command whose standard input and output lead to the other end, such as {@code ssh host doveadm dsync-server -u user}.
 * It is started as it is, never through a shell. Its standard error is ours.
 */
public final class CommandLink implements Link {
    /** How long the command may take to end after the last word, in seconds; then it is killed. As doveadm waits. */
    public static final int END_WAIT_SECONDS = 30;

    private static final int KILL_WAIT_SECONDS = 5;

    private final Process process;
    private final String name;
    private volatile boolean aborted;

    private CommandLink(Process process, String name) {
        this.process = process;
        this.name = name;
    }

    /**
     * Starts a command.
     *
     * @param command the program and its arguments, at least one
     * @param environment all the variables it gets
     * @throws IOException if it cannot be started
     */
    public static CommandLink start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new CommandLink(builder.start(), command.get(0));
    }

    @Override
    public InputStream input() {
        return process.getInputStream();
    }

    @Override
    public OutputStream output() {
        return process.getOutputStream();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void abort() {
        if (process.isAlive()) {
            aborted = true;
            process.destroy();
        }
    }

    /** Closes the command's input and waits for its end; one that does not end is killed. */
    @Override
    public void close() throws IOException {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it has ended already: its exit status says more
        }
        try {
            if (!process.waitFor(aborted ? KILL_WAIT_SECONDS : END_WAIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(KILL_WAIT_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            process.getInputStream().close();
        }
    }

    /** How the command ended; empty before {@link #close}, and if it was cut off by us. */
    public OptionalInt exitStatus() {
        return process.isAlive() || aborted ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }
}
