package dev.twinbox.cli.command;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a command that the administrator wrote for the shell. */
final class Hook {
    private static final String SHELL = "/bin/sh";
    private static final String ASIDE = "exec >&2\n";

    private Hook() {}

    /**
     * Runs it with our input and output, and waits.
     *
     * @param option how it was given, for messages
     * @param told what it gets in its environment, beside ours
     * @param aside whether standard output is for something else, so that what it prints goes to standard error
     * @return its exit code
     */
    static int run(Context context, String option, @Nullable String command, Map<String, String> told, boolean aside)
            throws Refusal, InterruptedException {
        if (command == null) {
            throw new IllegalStateException("no " + option);
        }
        ProcessBuilder builder =
                new ProcessBuilder(List.of(SHELL, "-c", aside ? ASIDE + command : command)).inheritIO();
        builder.environment().putAll(told);
        Process child;
        try {
            context.output().flush();
            child = builder.start();
        } catch (IOException e) {
            throw new Refusal(ExitCode.NOT_FOUND, option + ": cannot run " + SHELL + ": " + e.getMessage());
        }
        context.interruption().childStarted(child);
        try {
            return child.waitFor();
        } catch (InterruptedException e) {
            child.destroy();
            child.waitFor();
            throw e;
        }
    }
}
