package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.config.ServedDestinations;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.output.Output;
import dev.twinbox.transport.doveadm.DoveadmCommand;
import dev.twinbox.transport.doveadm.DoveadmService;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code backup} or {@code sync} that {@code serve} runs for somebody who called ({@code -S}). It runs with the rights of this
 * process and within its network, so the caller chooses only how to run, not what to touch: the user's storage is that of
 * our settings; the destination is one of those that {@code twinbox_serve_destinations} names, and never a command; no file is read or
 * written by a name of the caller's. Safe for use by several threads.
 */
final class ServedRun implements DoveadmService.Work {
    private static final String BACKUP = "backup";
    private static final String SYNC = "sync";

    /** What is run. */
    static final List<String> NAMES = List.of(BACKUP, SYNC);

    private final Context context;
    private final Messages messages;
    private final CommandLine line;
    private @Nullable Interruption running;
    private boolean cancelled;

    private ServedRun(Context context, Messages messages, CommandLine line) {
        this.context = context;
        this.messages = messages;
        this.line = line;
    }

    /**
     * Checks a command and prepares its run.
     *
     * @param context of the server
     * @param messages of the run; the caller hears them
     * @param server how the server itself was started
     * @param user whose mail the caller may touch
     * @throws Refusal if it is not to be run
     */
    static ServedRun prepare(
            Context context, Messages messages, CommandLine server, String user, DoveadmCommand command)
            throws Refusal {
        String name = command.name();
        CommandOptions asked = parse(name, command.arguments(), context);
        requireHarmless(asked, user);
        List<String> options = new ArrayList<>(command.arguments()
                .subList(0, command.arguments().size() - asked.words().size()));
        if (options.isEmpty() || !options.get(options.size() - 1).equals("--")) {
            options.add("--");
        }
        options.addAll(0, List.of("-u", user));
        Preparation preparation = new Preparation(
                context.handedOver(
                        messages,
                        new Output(OutputStream.nullOutputStream()),
                        new Interruption(Thread.currentThread())),
                new CommandLine(server.global(), name, options),
                parse(name, options, context));
        String destination = ServedDestinations.of(preparation.settings(), preparation.user())
                .require(asked.words());
        List<Location> places = new ArrayList<>(List.of(preparation.own()));
        Target target = Destination.of(List.of(destination), name);
        if (target instanceof Target.Command) {
            throw new Refusal(ExitCode.NO_PERMISSION, "a command as the destination is never run for a caller");
        }
        if (target instanceof Target.Local local) {
            places.add(preparation.other(local.text()));
        }
        preparation.requireOwner(places);
        options.add(destination);
        return new ServedRun(context, messages, new CommandLine(server.global(), name, options));
    }

    private static CommandOptions parse(String name, List<String> words, Context context) throws Refusal {
        return name.equals(BACKUP)
                ? CommandParser.backup(words, context.clock())
                : CommandParser.sync(words, context.clock());
    }

    /** What would read or write other places than the user's storage and the destination, or be done elsewhere again. */
    private static void requireHarmless(CommandOptions asked, String user) throws Refusal {
        String given = asked.user();
        if (given != null && !given.equals(user)) {
            throw Refusal.usage("the command is for user " + user + ", and -u names another one");
        }
        if (asked.server() != null) {
            throw refused("-S: this server hands nothing on");
        }
        if (asked.rawlog() != null) {
            throw refused("-r would write a file here");
        }
        if (asked.sync().stateFile() != null) {
            throw refused("--state-file would write a file here; -s takes a state and gives one");
        }
        if (asked.from() != null) {
            throw refused("--from: the settings here say where the mail is");
        }
        if (!asked.destinationSettings().isEmpty()) {
            throw refused("-p: the destinations are those of the settings here");
        }
        if (asked.noUserLookup()) {
            throw refused("--no-userdb-lookup: the users are those of the settings here");
        }
        if (asked.help()) {
            throw Refusal.usage("help is not handed over");
        }
    }

    private static Refusal refused(String what) {
        return new Refusal(ExitCode.NO_PERMISSION, what);
    }

    @Override
    public int run(OutputStream output) {
        Interruption interruption = new Interruption(Thread.currentThread());
        synchronized (this) {
            if (cancelled) {
                return ExitCode.TEMPORARY;
            }
            running = interruption;
        }
        int code = ExitCode.TEMPORARY;
        try {
            code = Commands.run(context.handedOver(messages, new Output(output), interruption), line);
        } finally {
            interruption.ended(code);
            if (Thread.interrupted()) {
                messages.debug("the caller has gone"); // the thread goes on to serve others
            }
        }
        return code;
    }

    @Override
    public void cancel() {
        Interruption interruption;
        synchronized (this) {
            cancelled = true;
            interruption = running;
        }
        if (interruption != null) {
            interruption.interrupt();
        }
    }
}
