package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Finds the command and turns every way it can end into an exit code and a message. */
public final class Commands {
    static final String INTERRUPTED = "interrupted before the end; run again";

    private Commands() {}

    /** Runs the command line of the context; returns the exit code. Throws nothing but bugs of the machine. */
    public static int run(Context context) {
        return run(context, null);
    }

    /**
     * The same of a line that somebody elsewhere has handed over.
     *
     * @param checked the line; null for that of the context
     */
    static int run(Context context, @Nullable CommandLine checked) {
        Messages messages = context.messages();
        int code;
        try {
            CommandLine line = checked;
            if (line == null) {
                line = CommandLine.parse(context.arguments(), context.calledAs());
                messages.setLevel(line.global().debug(), line.global().verbose());
            }
            code = dispatch(context, line);
        } catch (Refusal e) {
            messages.error(e.text());
            code = e.exitCode();
        } catch (InterruptedException e) {
            messages.error(INTERRUPTED);
            code = ExitCode.TEMPORARY;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            messages.error(
                    e instanceof OutOfMemoryError
                            ? "out of memory; give more with TWINBOX_JAVA_OPTS=-Xmx1g"
                            : "a fault in Twinbox itself: " + e + at(e));
            code = ExitCode.TEMPORARY;
        }
        context.output().flush();
        IOException unwritten = context.output().failure();
        if (unwritten != null && code == ExitCode.OK) {
            messages.error("standard output cannot be written: " + unwritten.getMessage());
            code = ExitCode.TEMPORARY;
        }
        return code;
    }

    private static int dispatch(Context context, CommandLine line) throws Refusal, InterruptedException {
        return switch (line.command()) {
            case "backup" -> BackupCommand.run(context, line);
            case "sync" -> SyncCommand.run(context, line);
            case "verify" -> VerifyCommand.run(context, line);
            case "convert" -> ConvertCommand.run(context, line);
            case "status" -> StatusCommand.run(context, line);
            case "dsync-server" -> DsyncServerCommand.run(context, line);
            case "serve" -> ServeCommand.run(context, line);
            case "pair" -> PairCommand.run(context, line);
            case "cert" -> CertCommand.run(context, line);
            case "lock" -> LockCommand.run(context, line);
            case "maildirlock" -> MaildirlockCommand.run(context, line);
            case CommandLine.HELP ->
                Help.print(
                        context.output(),
                        line.words().isEmpty() ? "" : line.words().get(0));
            case CommandLine.VERSION -> Help.printVersion(context.output());
            default -> throw Refusal.usage("unknown command '" + line.command() + "' (see twinbox help)");
        };
    }

    /** Where a bug showed itself; enough to report it. */
    private static String at(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(trace.length, 5); i++) {
            text.append(" at ").append(trace[i]);
        }
        return text.toString();
    }
}
