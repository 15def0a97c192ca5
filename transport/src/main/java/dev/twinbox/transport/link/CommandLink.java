package dev.twinbox.transport.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A command whose standard input and output lead to the other end, such as {@code ssh host doveadm dsync-server -u user}.
 * It is started as it is, never through a shell. Its standard error is ours.
 */
public final class CommandLink implements Link {
    /** How long the command may take to end after the last word, in seconds; then it is killed. As doveadm waits. */
    public static final int END_WAIT_SECONDS = 30;

    /** How long one that was cut off may take, in seconds. */
    static final int KILL_WAIT_SECONDS = 5;

    private final Process process;
    private final String name;
    private final int endSeconds;
    private final int killSeconds;
    private volatile boolean aborted;

    private CommandLink(Process process, String name, int endSeconds, int killSeconds) {
        this.process = process;
        this.name = name;
        this.endSeconds = endSeconds;
        this.killSeconds = killSeconds;
    }

    /**
     * Starts a command.
     *
     * @param command the program and its arguments, at least one
     * @param environment all the variables it gets
     * @throws IOException if it cannot be started
     */
    public static CommandLink start(List<String> command, Map<String, String> environment) throws IOException {
        return start(command, environment, END_WAIT_SECONDS, KILL_WAIT_SECONDS);
    }

    /** With other times to wait, for tests. */
    static CommandLink start(List<String> command, Map<String, String> environment, int endSeconds, int killSeconds)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new CommandLink(builder.start(), command.get(0), endSeconds, killSeconds);
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

    /**
     * Ends the command, and what it has started. One that does not care is killed a little later: until then whoever reads
     * or writes may have to wait.
     */
    @Override
    public void abort() {
        if (process.isAlive()) {
            aborted = true;
            // Not process.destroy(): it closes the streams, and waits for whoever writes.
            List<ProcessHandle> family = family();
            family.forEach(ProcessHandle::destroy);
            killLater(family, killSeconds);
        }
    }

    /** The command and what it has started so far; each of them may hold the pipes open. */
    private List<ProcessHandle> family() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    private void killLater(List<ProcessHandle> family, int seconds) {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (ProcessHandle each : family) {
                            each.onExit().get(seconds, TimeUnit.SECONDS);
                        }
                    } catch (InterruptedException | ExecutionException | TimeoutException e) {
                        List<ProcessHandle> now = family(); // it may have started others meanwhile
                        family.forEach(ProcessHandle::destroyForcibly);
                        now.forEach(ProcessHandle::destroyForcibly);
                    }
                },
                "command-end");
        thread.setDaemon(true);
        thread.start();
    }

    /** Closes the command's input and waits for its end; one that does not end is killed. */
    @Override
    public void close() throws IOException {
        int seconds = aborted ? killSeconds : endSeconds;
        if (process.isAlive()) {
            killLater(family(), seconds); // closing its input may have to wait for it, too
        }
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it has ended already: its exit status says more
        }
        try {
            process.waitFor(seconds + killSeconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.toHandle().destroyForcibly();
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
