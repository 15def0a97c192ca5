package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.args.ConvertOptions;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.config.Paths;
import dev.twinbox.cli.convert.Conversion;
import dev.twinbox.cli.convert.ConversionFile;
import dev.twinbox.cli.convert.ConversionRecord;
import dev.twinbox.cli.convert.FormatLosses;
import dev.twinbox.cli.convert.Stage;
import dev.twinbox.cli.convert.Steps;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.DiskPath;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code convert}: moves a user's mail to another place or format while it is in use. */
final class ConvertCommand {
    private static final String NAME = "convert";
    private static final long MILLIS = 1000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Runs of the last merge while mail still moves. */
    private static final String MERGE_RUNS = "3";

    private final Context context;
    private final CommandLine line;
    private final ConvertOptions options;
    private final String user;
    private final Location from;
    private final Location to;
    private final ConversionFile file;

    private ConvertCommand(Context context, CommandLine line, ConvertOptions options) throws Refusal {
        this.context = context;
        this.line = line;
        this.options = options;
        CommandOptions common = CommandParser.status(options.common(), context.clock());
        Preparation preparation = new Preparation(context, line, common);
        this.user = preparation.user().name();
        this.from = preparation.from(options.from());
        this.to = preparation.other(options.to());
        Apart.check(context.disk(), from, to);
        this.file = new ConversionFile(context.disk(), recordPath());
    }

    /** Runs it and says how it went; returns the exit code. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        ConvertOptions options = ConvertOptions.parse(line.words());
        if (options.help()) {
            return Help.print(context.output(), NAME);
        }
        ConvertCommand command = new ConvertCommand(context, line, options);
        return options.status() ? command.status() : command.convert();
    }

    /** Beside the new account: it must outlive the old one, and no mail server may take it for a mailbox. */
    private DiskPath recordPath() throws Refusal {
        String record = options.record();
        try {
            if (record != null) {
                return Paths.absolute(record, context.cwd(), context.disk());
            }
            return ConversionFile.beside(to.account().root());
        } catch (IOException | IllegalArgumentException e) {
            throw Refusal.usage("convert: --record: " + e.getMessage());
        }
    }

    private Optional<ConversionRecord> load() throws Refusal {
        try {
            return file.read();
        } catch (IOException e) {
            throw Refusal.temporary("convert: cannot read " + file.path() + ": " + e.getMessage());
        }
    }

    private int status() throws Refusal {
        Optional<ConversionRecord> record = load();
        if (record.isEmpty()) {
            throw new Refusal(ExitCode.NOT_FOUND, "convert: no conversion to " + to.text() + " is on record");
        }
        ConversionRecord is = record.get();
        context.output().line("user: " + is.user());
        context.output().line("from: " + is.from());
        context.output().line("to: " + is.to());
        context.output().line("stage: " + is.stage().text());
        context.output().line("copies: " + is.rounds() + ", the last took " + is.lastSeconds() + " s");
        context.output().line("since: " + Instant.ofEpochSecond(is.changedSeconds()));
        if (is.stage() == Stage.DONE) {
            context.output()
                    .line("next: when all users are converted, make " + is.to()
                            + " the location of all in the mail server's settings, and take the location of this user"
                            + " out of the user database; then " + is.from() + " and " + file.path() + " can go");
            return ExitCode.OK;
        }
        return ExitCode.DIFFERENT;
    }

    private int convert() throws Refusal, InterruptedException {
        ConversionRecord fresh = ConversionRecord.begun(user, from.text(), to.text());
        ConversionRecord record = load().orElse(fresh);
        if (!record.isOf(fresh)) {
            throw Refusal.usage("convert: " + file.path() + " is of another conversion, of " + record.user() + " from "
                    + record.from() + " to " + record.to() + ": finish that one, or give another --record");
        }
        for (String loss :
                FormatLosses.between(from.account().format(), to.account().format())) {
            context.messages().warning("what " + to.text() + " cannot hold: " + loss);
        }
        Conversion.Choices choices = new Conversion.Choices(
                options.rounds(),
                options.smallSeconds(),
                options.switchCommand() != null,
                options.switched(),
                options.kickCommand() != null);
        return new Conversion(new RealSteps(), choices, record).run();
    }

    /** The other commands do the work, each as the owner of the mail; hooks run as whoever called us. */
    private final class RealSteps implements Steps {
        private List<String> words(String... ownWords) {
            List<String> words = new ArrayList<>(options.common());
            words.addAll(List.of(ownWords));
            words.addAll(options.progress());
            words.add("--from");
            words.add(options.from());
            return words;
        }

        private CommandLine command(String name, List<String> words) {
            words.add(options.to());
            return new CommandLine(line.global(), name, words);
        }

        @Override
        public int copy(boolean first) throws Refusal, InterruptedException {
            List<String> words = words();
            if (first && options.deletes().isEmpty()) {
                words.addAll(List.of("--max-delete", "0"));
            }
            words.addAll(options.deletes());
            return BackupCommand.run(context, command("backup", words));
        }

        @Override
        public int merge() throws Refusal, InterruptedException {
            List<String> words = words("-1", "--until-clean", MERGE_RUNS);
            words.addAll(options.deletes());
            return SyncCommand.run(context, command("sync", words));
        }

        @Override
        public int compare() throws Refusal, InterruptedException {
            return VerifyCommand.run(context, command("verify", words()));
        }

        @Override
        public int lookForAll() throws Refusal, InterruptedException {
            return VerifyCommand.run(context, command("verify", words("--contained")));
        }

        @Override
        public int switchLocation() throws Refusal, InterruptedException {
            return hook("--switch-cmd", options.switchCommand());
        }

        @Override
        public int kick() throws Refusal, InterruptedException {
            return hook("--kick-cmd", options.kickCommand());
        }

        private int hook(String option, @Nullable String command) throws Refusal, InterruptedException {
            // What it is about is in the environment: nothing of it ever becomes part of a command.
            Map<String, String> told =
                    Map.of("TWINBOX_USER", user, "TWINBOX_FROM", from.text(), "TWINBOX_TO", to.text());
            say(option + ": " + command);
            return Hook.run(context, option, command, told);
        }

        @Override
        public void settle() throws InterruptedException {
            context.clock().sleepMillis(options.settleSeconds() * MILLIS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }

        @Override
        public void remember(ConversionRecord record) throws Refusal {
            try {
                file.write(record.written(context.clock().epochMillis() / MILLIS));
            } catch (IOException e) {
                throw Refusal.temporary("convert: cannot write " + file.path() + ": " + e.getMessage()
                        + "; give another place with --record");
            }
        }

        @Override
        public void say(String text) {
            context.output().line(text);
        }

        @Override
        public long seconds() {
            return context.clock().monotonicNanos() / NANOS_PER_SECOND;
        }
    }
}
