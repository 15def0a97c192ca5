package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.ProgressMode;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.AccountResult;
import dev.twinbox.cli.output.JsonRun;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.output.PlanSink;
import dev.twinbox.cli.output.PlanText;
import dev.twinbox.cli.output.Progress;
import dev.twinbox.cli.output.RunObserver;
import dev.twinbox.cli.output.Totals;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a run is shown while it goes on, and told when it is over. Used once, by one thread. */
final class RunTelling {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Context context;
    private final CommandOptions options;
    private final Messages messages;
    private final Progress progress;
    private final @Nullable JsonRun json;
    private final long start;

    /**
     * @param json the result object, begun; or null
     */
    RunTelling(Context context, CommandOptions options, @Nullable JsonRun json) {
        this.context = context;
        this.options = options;
        this.messages = context.messages();
        this.json = json;
        this.start = context.clock().monotonicNanos();
        this.progress = new Progress(style(options.progress(), context.terminal()), messages, context.clock());
    }

    /** For a run that writes one account. */
    RunObserver observer() {
        return RunObserver.ofAll(messages, progress, plan(""));
    }

    /**
     * For one account of a run that writes two.
     *
     * @param leading whether its mailboxes count for the progress
     */
    RunObserver observer(String account, boolean leading) {
        return RunObserver.ofOne(messages, progress, plan(account), account, leading);
    }

    private @Nullable PlanSink plan(String account) {
        if (json != null) {
            return json.plan(account.isEmpty() ? null : account);
        }
        return options.dryRun() ? new PlanText(context.output(), account) : null;
    }

    /** What a failure before or after the run itself comes to. */
    static Outcome failed(IOException e) {
        Refusal refusal = IoTrouble.refusal(e);
        return new Outcome(status(refusal.exitCode()), refusal.text(), List.of(), 0);
    }

    void interrupted() {
        if (json != null) {
            json.fail(ExitCode.TEMPORARY, Commands.INTERRUPTED, millis());
        }
    }

    void endProgress() {
        progress.end();
    }

    /**
     * Says how it went.
     *
     * @param changed what it means that something changed meanwhile
     */
    void tell(Outcome outcome, String changed, List<AccountResult> results) {
        String reason = outcome.reason() == null ? "" : outcome.reason();
        switch (outcome.status()) {
            case DONE -> warnOfUnknownMailbox(results);
            case CHANGED -> messages.warning(changed + (reason.isEmpty() ? "" : ": " + reason));
            case DAMAGED, NOT_POSSIBLE, NOT_FOUND, NO_SPACE, NO_PERMISSION, TEMPORARY, GUARDED ->
                messages.error(reason.isEmpty() ? "the run failed" : reason);
        }
        if (json != null) {
            json.finish(outcome, results, millis());
        } else if (options.dryRun()) {
            for (AccountResult result : results) {
                String account = result.account() == null ? "" : result.account() + ": ";
                context.output().line(account + "total: " + Totals.of(result).text());
            }
        }
        if (messages.isVerbose()) {
            messages.info((options.dryRun() ? "planned: " : "")
                    + Totals.ofAll(results).text() + ", in " + millis() + " ms");
        }
    }

    private void warnOfUnknownMailbox(List<AccountResult> results) {
        boolean nothing = true;
        for (AccountResult result : results) {
            List<MailboxResult> mailboxes = result.mailboxes();
            nothing &= mailboxes.isEmpty() && result.treeChanges() == 0;
        }
        if (nothing && (options.mailbox() != null || options.mailboxGuid() != null)) {
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
