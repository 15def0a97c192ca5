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
import dev.twinbox.cli.output.JsonConvert;
import dev.twinbox.cli.output.JsonFailure;
import dev.twinbox.cli.output.Output;
import dev.twinbox.engine.disk.DiskPath;
import java.io.ByteArrayOutputStream;
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
    private static final long NANOS_PER_MILLI = 1_000_000;
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
        ConvertCommand command;
        ConversionRecord record;
        try {
            command = new ConvertCommand(context, line, options);
            record = options.status() ? command.recorded() : command.begun();
        } catch (Refusal e) {
            if (options.json()) {
                JsonFailure.write(context.output(), NAME, e.exitCode(), e.text());
            }
            throw e;
        }
        return options.status() ? command.status(record) : command.convert(record);
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

    private ConversionRecord recorded() throws Refusal {
        Optional<ConversionRecord> record = load();
        if (record.isEmpty()) {
            throw new Refusal(ExitCode.NOT_FOUND, "convert: no conversion to " + to.text() + " is on record");
        }
        return record.get();
    }

    private int status(ConversionRecord is) {
        int code = is.stage() == Stage.DONE ? ExitCode.OK : ExitCode.DIFFERENT;
        if (options.json()) {
            JsonConvert.status(context.output(), is, code);
            return code;
        }
        context.output().line("user: " + is.user());
        context.output().line("from: " + is.from());
        context.output().line("to: " + is.to());
        for (String mask : is.excluded()) {
            context.output().line("excluded: " + mask);
        }
        context.output().line("stage: " + is.stage().text());
        context.output().line("copies: " + is.rounds() + ", the last took " + is.lastSeconds() + " s");
        context.output().line("since: " + Instant.ofEpochSecond(is.changedSeconds()));
        if (is.stage() == Stage.DONE) {
            context.output()
                    .line("next: when all users are converted, make " + is.to()
                            + " the location of all in the mail server's settings, and take the location of this user"
                            + " out of the user database; then " + is.from() + " and " + file.path() + " can go");
        }
        return code;
    }

    /** The record to go on with, or a new one. */
    private ConversionRecord begun() throws Refusal {
        ConversionRecord fresh = ConversionRecord.begun(user, from.text(), to.text(), options.excluded());
        ConversionRecord record = load().orElse(fresh);
        if (!record.isOf(fresh)) {
            throw Refusal.usage("convert: " + file.path() + " is of another conversion, of " + record.user() + " from "
                    + record.from() + " to " + record.to() + excluding(record)
                    + ": finish that one, or give another --record");
        }
        return record;
    }

    private static String excluding(ConversionRecord record) {
        return record.excluded().isEmpty() ? "" : " without " + String.join(", ", record.excluded());
    }

    private int convert(ConversionRecord record) throws Refusal, InterruptedException {
        List<String> losses =
                FormatLosses.between(from.account().format(), to.account().format());
        for (String loss : losses) {
            context.messages().warning("what " + to.text() + " cannot hold: " + loss);
        }
        Conversion.Choices choices = new Conversion.Choices(
                options.rounds(),
                options.smallSeconds(),
                options.switchCommand() != null,
                options.switched(),
                options.kickCommand() != null);
        if (!options.json()) {
            return new Conversion(new RealSteps(null, record), choices, record).run();
        }
        JsonConvert json = JsonConvert.begin(context.output(), record, losses);
        long start = millis();
        RealSteps steps = new RealSteps(json, record);
        int code = ExitCode.TEMPORARY;
        String reason = "a fault in Twinbox itself";
        try {
            code = new Conversion(steps, choices, record).run();
            reason = code == ExitCode.OK ? null : steps.lastSaid;
        } catch (Refusal e) {
            code = e.exitCode();
            reason = e.text();
            throw e;
        } catch (InterruptedException e) {
            reason = Commands.INTERRUPTED;
            throw e;
        } finally {
            json.finish(steps.remembered, code, reason, millis() - start);
        }
        return code;
    }

    private long millis() {
        return context.clock().monotonicNanos() / NANOS_PER_MILLI;
    }

    /** The other commands do the work, each as the owner of the mail; hooks run as whoever called us. */
    private final class RealSteps implements Steps {
        private final @Nullable JsonConvert json;
        private ConversionRecord remembered;
        private @Nullable String lastSaid;

        RealSteps(@Nullable JsonConvert json, ConversionRecord record) {
            this.json = json;
            this.remembered = record;
        }

        private List<String> words(String... ownWords) {
            List<String> words = new ArrayList<>(options.common());
            words.addAll(List.of(ownWords));
            for (String mask : options.excluded()) {
                words.addAll(List.of("-x", mask));
            }
            words.addAll(options.progress());
            words.add("--from");
            words.add(options.from());
            return words;
        }

        @Override
        public int copy(boolean first) throws Refusal, InterruptedException {
            List<String> words = words();
            if (first && options.deletes().isEmpty()) {
                words.addAll(List.of("--max-delete", "0"));
            }
            words.addAll(options.deletes());
            return command("copy", "backup", words);
        }

        @Override
        public int merge() throws Refusal, InterruptedException {
            List<String> words = words("-1", "--until-clean", MERGE_RUNS);
            words.addAll(options.deletes());
            return command("merge", "sync", words);
        }

        @Override
        public int compare() throws Refusal, InterruptedException {
            return command("compare", "verify", words());
        }

        @Override
        public int lookForAll() throws Refusal, InterruptedException {
            return command("check", "verify", words("--contained"));
        }

        private int command(String step, String name, List<String> words) throws Refusal, InterruptedException {
            if (json == null) {
                return run(context, name, words);
            }
            words.add("--json");
            ByteArrayOutputStream results = new ByteArrayOutputStream();
            Context within = context.with(context.input(), Output.kept(results));
            long start = millis();
            int code = ExitCode.TEMPORARY;
            try {
                code = run(within, name, words);
            } catch (Refusal e) {
                code = e.exitCode();
                throw e;
            } finally {
                within.output().flush();
                json.step(step, code, millis() - start, results);
            }
            return code;
        }

        private int run(Context within, String name, List<String> words) throws Refusal, InterruptedException {
            words.add(options.to());
            CommandLine command = new CommandLine(line.global(), name, words);
            return switch (name) {
                case "backup" -> BackupCommand.run(within, command);
                case "sync" -> SyncCommand.run(within, command);
                default -> VerifyCommand.run(within, command);
            };
        }

        @Override
        public int switchLocation() throws Refusal, InterruptedException {
            return hook("switch", "--switch-cmd", options.switchCommand());
        }

        @Override
        public int kick() throws Refusal, InterruptedException {
            return hook("kick", "--kick-cmd", options.kickCommand());
        }

        private int hook(String step, String option, @Nullable String command) throws Refusal, InterruptedException {
            // What it is about is in the environment: nothing of it ever becomes part of a command.
            Map<String, String> told =
                    Map.of("TWINBOX_USER", user, "TWINBOX_FROM", from.text(), "TWINBOX_TO", to.text());
            say(option + ": " + command);
            long start = millis();
            int code = Hook.run(context, option, command, told, json != null);
            if (json != null) {
                json.step(step, code, millis() - start, new ByteArrayOutputStream());
            }
            return code;
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
            remembered = record;
            try {
                file.write(record.written(context.clock().epochMillis() / MILLIS));
            } catch (IOException e) {
                throw Refusal.temporary("convert: cannot write " + file.path() + ": " + e.getMessage()
                        + "; give another place with --record");
            }
        }

        @Override
        public void say(String text) {
            lastSaid = text;
            if (json == null) {
                context.output().line(text);
            } else {
                context.messages().plain(text);
            }
        }

        @Override
        public long seconds() {
            return context.clock().monotonicNanos() / NANOS_PER_SECOND;
        }
    }
}
