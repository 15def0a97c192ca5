package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.args.ProgressMode;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.BackupObserver;
import dev.twinbox.cli.output.JsonBackup;
import dev.twinbox.cli.output.JsonFailure;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.output.PlanSink;
import dev.twinbox.cli.output.PlanText;
import dev.twinbox.cli.output.Progress;
import dev.twinbox.cli.output.Totals;
import dev.twinbox.engine.disk.SyncLock;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.protocol.item.Handshake.SyncType;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** {@code backup}: makes the destination exactly like the source. Used once. */
final class BackupCommand {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Context context;
    private final CommandLine line;
    private final CommandOptions options;
    private final Messages messages;
    private final long start;

    private BackupCommand(Context context, CommandLine line, CommandOptions options) {
        this.context = context;
        this.line = line;
        this.options = options;
        this.messages = context.messages();
        this.start = context.clock().monotonicNanos();
    }

    /** Runs it and says how it went; returns the exit code. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        CommandOptions options = CommandParser.backup(line.words(), context.clock());
        if (options.help()) {
            return Help.print(context.output(), "backup");
        }
        try {
            return new BackupCommand(context, line, options).run();
        } catch (Refusal e) {
            if (options.json()) {
                JsonFailure.write(context.output(), "backup", e.exitCode(), e.text());
            }
            throw e;
        }
    }

    private int run() throws Refusal, InterruptedException {
        String word = Destination.of(options.words(), "backup");
        if (options.allNamespaces()) {
            throw Refusal.temporary(
                    "-N is only for a remote destination: the other side must be asked for its namespaces");
        }
        if (options.reverse() && options.from() != null) {
            throw Refusal.usage("backup: --from says what to read and -R what to write: give one of them");
        }
        Preparation preparation = new Preparation(context, line, options);
        Location own = preparation.own();
        Location other = preparation.other(word);
        Location source = options.reverse() ? other : own;
        Location destination = options.reverse() ? own : other;
        Apart.check(context.disk(), source, destination);
        OptionalInt done = preparation.runAsOwner(List.of(source, destination));
        if (done.isPresent()) {
            return done.getAsInt();
        }
        for (String namespace : options.namespaces()) {
            if (!namespace.isEmpty()) {
                messages.debug("-n " + namespace + ": there is one namespace, with the empty prefix; it is taken");
            }
        }
        SyncOptions syncOptions = new SyncOptions(
                options.full() ? SyncType.FULL : SyncType.CHANGED,
                Filters.of(options, own.maildir().separator(), preparation.settings()),
                options.mails(),
                options.noMailSync(),
                options.dryRun(),
                options.deleteLimit(),
                context.host().name());
        if (options.lockTimeoutSeconds() == CommandOptions.NO_LOCK || options.dryRun()) {
            return mirror(preparation, source, destination, syncOptions);
        }
        SyncLock lock =
                UserLock.take(context.disk(), context.clock(), preparation.user(), options.lockTimeoutSeconds());
        messages.debug("holding " + lock);
        try {
            return mirror(preparation, source, destination, syncOptions);
        } finally {
            release(lock);
        }
    }

    private void release(SyncLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            messages.warning("cannot put the user's lock away: " + e.getMessage());
        }
    }

    private int mirror(Preparation preparation, Location source, Location destination, SyncOptions syncOptions)
            throws Refusal, InterruptedException {
        if (messages.isDebug()) {
            messages.debug("backup of " + source.text() + " to " + destination.text());
        }
        JsonBackup json = options.json()
                ? new JsonBackup(
                        context.output(),
                        preparation.user().name(),
                        source.text(),
                        destination.text(),
                        options.dryRun())
                : null;
        PlanSink plan = json != null ? json : options.dryRun() ? new PlanText(context.output()) : null;
        Progress progress = new Progress(style(options.progress(), context.terminal()), messages, context.clock());
        BackupObserver observer = new BackupObserver(messages, progress, plan);
        Outcome outcome;
        try (MailStore from = context.engine().open(source, true, observer);
                MailStore to = context.engine().open(destination, options.dryRun(), observer)) {
            outcome = context.engine().backup(from, to, syncOptions, observer);
        } catch (IOException e) {
            Refusal refusal = IoTrouble.refusal(e);
            outcome = new Outcome(status(refusal.exitCode()), refusal.text(), List.of(), 0);
        } catch (InterruptedException e) {
            if (json != null) {
                json.fail(ExitCode.TEMPORARY, Commands.INTERRUPTED, millis());
            }
            throw e;
        } finally {
            progress.end();
        }
        report(outcome, json);
        return outcome.status().exitCode();
    }

    private void report(Outcome outcome, @Nullable JsonBackup json) {
        String reason = outcome.reason() == null ? "" : outcome.reason();
        switch (outcome.status()) {
            case DONE -> warnOfUnknownMailbox(outcome);
            case CHANGED ->
                messages.warning("the source changed during the run; run again to get the rest"
                        + (reason.isEmpty() ? "" : ": " + reason));
            case DAMAGED, NOT_FOUND, NO_SPACE, NO_PERMISSION, TEMPORARY, GUARDED ->
                messages.error(reason.isEmpty() ? "the run failed" : reason);
        }
        if (json != null) {
            json.finish(outcome, millis());
        } else if (options.dryRun()) {
            context.output().line("total: " + Totals.of(outcome).text());
        }
        if (messages.isVerbose()) {
            messages.info(
                    (options.dryRun() ? "planned: " : "") + Totals.of(outcome).text() + ", in " + millis() + " ms");
        }
    }

    private void warnOfUnknownMailbox(Outcome outcome) {
        boolean asked = options.mailbox() != null || options.mailboxGuid() != null;
        if (asked && outcome.mailboxes().isEmpty() && outcome.treeChanges() == 0) {
            String what = options.mailbox() != null ? "-m " + options.mailbox() : "-g " + options.mailboxGuid();
            messages.warning(what + ": there is no such mailbox");
        }
    }

    private long millis() {
        return (context.clock().monotonicNanos() - start) / NANOS_PER_MILLI;
    }

    private static Outcome.Status status(int exitCode) {
        for (Outcome.Status status : Outcome.Status.values()) {
            if (status.exitCode() == exitCode) {
                return status;
            }
        }
        return Outcome.Status.TEMPORARY;
    }

    /** What a mode means here. */
    static Progress.Style style(ProgressMode mode, boolean terminal) {
        return switch (mode) {
            case NEVER -> Progress.Style.NONE;
            case AUTO -> terminal ? Progress.Style.BAR : Progress.Style.NONE;
            case ALWAYS -> terminal ? Progress.Style.BAR : Progress.Style.LINES;
        };
    }
}
