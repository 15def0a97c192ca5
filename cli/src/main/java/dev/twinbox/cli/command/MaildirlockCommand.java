package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.config.Paths;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.storage.maildir.MaildirLocks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code maildirlock CONTROLDIR SECONDS}: what Dovecot's helper of that name promises. When the lock is held it prints the
 * id of the process that goes on holding it in the background, and ends; SIGTERM to that process releases the lock.
 *
 * <p>A Java process cannot fork, so the holder is a second run of this program, with {@code --hold}: it takes the lock,
 * prints a line into the pipe to the first one, and waits to be ended.
 */
final class MaildirlockCommand {
    private static final String HOLD = "--hold";
    private static final long MILLIS = 1000;
    private static final String SPEAKER = "twinbox: ";
    private static final int SECONDS_DIGITS = 9;

    private MaildirlockCommand() {}

    /** Runs it; returns the exit code. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        List<String> words = line.words();
        if (words.equals(List.of("--help"))) {
            return Help.print(context.output(), "maildirlock");
        }
        boolean hold = !words.isEmpty() && words.get(0).equals(HOLD);
        List<String> arguments = hold ? words.subList(1, words.size()) : words;
        if (arguments.size() != 2 || !arguments.get(1).matches("[0-9]{1," + SECONDS_DIGITS + "}")) {
            throw Refusal.usage("maildirlock: needs a folder and a number of seconds (see twinbox help maildirlock)");
        }
        DiskPath control;
        try {
            control = Paths.absolute(arguments.get(0), context.cwd(), context.disk());
            if (!context.disk().statFollowing(control).map(FileInfo::isFolder).orElse(false)) {
                throw new Refusal(ExitCode.NOT_FOUND, "there is no folder " + control);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw Refusal.temporary("'" + arguments.get(0) + "': " + e.getMessage());
        }
        long wait = Long.parseLong(arguments.get(1)) * MILLIS;
        return hold ? hold(context, control, wait) : startHolder(context, line, arguments);
    }

    private static int hold(Context context, DiskPath control, long waitMillis) throws Refusal {
        try (MaildirLocks locks =
                MaildirLocks.ofControlFolder(context.disk(), control, context.clock(), context.host(), waitMillis)) {
            context.output().line(Long.toString(context.host().pid()));
            context.output().flush();
            // Nobody listens any more: nobody would know whom to end.
            while (context.output().failure() == null) {
                Thread.sleep(MaildirLocks.TOUCH_MILLIS);
                locks.touch();
            }
            return ExitCode.TEMPORARY;
        } catch (InterruptedException e) {
            // SIGTERM: this is how it is meant to end.
            return ExitCode.OK;
        } catch (IOException e) {
            throw IoTrouble.refusal(e);
        }
    }

    private static int startHolder(Context context, CommandLine line, List<String> arguments)
            throws Refusal, InterruptedException {
        String launcher = context.environment().get("TWINBOX_LAUNCHER");
        if (launcher == null || !launcher.startsWith("/")) {
            throw new Refusal(ExitCode.CONFIGURATION, "start Twinbox by its launcher bin/twinbox");
        }
        List<String> command = new ArrayList<>(List.of(launcher));
        if (line.global().debug()) {
            command.add("-D");
        }
        command.addAll(List.of("maildirlock", HOLD));
        command.addAll(arguments);
        Process holder;
        String first;
        try {
            holder = new ProcessBuilder(command).start();
            context.interruption().childStarted(holder);
            first = firstLine(holder.getInputStream());
            if (first.isEmpty()) {
                byte[] said = holder.getErrorStream().readAllBytes();
                String text = new String(said, StandardCharsets.UTF_8).stripTrailing();
                // It has put the program's name before each message, and so will we.
                context.messages().plain(text.startsWith(SPEAKER) ? text.substring(SPEAKER.length()) : text);
                int code = holder.waitFor();
                return code == ExitCode.OK ? ExitCode.TEMPORARY : code;
            }
        } catch (IOException e) {
            throw Refusal.temporary("cannot start the process that is to hold the lock: " + e.getMessage());
        }
        context.output().line(first);
        return ExitCode.OK;
    }

    /** Up to the line end; empty if the holder ended before it. */
    private static String firstLine(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return "";
            }
            text.append((char) c);
        }
        return text.toString();
    }
}
