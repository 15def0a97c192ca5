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
import dev.twinbox.engine.session.SyncObserver;
import dev.twinbox.engine.storage.MailStore;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run over two accounts: opens them, lets the engine work, shows the progress and the plan, and tells how it went.
 * Used once, by one thread.
 */
final class PairRun {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Context context;
    private final CommandOptions options;
    private final TwoAccounts accounts;
    private final Messages messages;
    private final Progress progress;
    private final @Nullable JsonRun json;
    private final long start;

    /**
     * @param json the result object, begun; or null
     */
    PairRun(Context context, CommandOptions options, TwoAccounts accounts, @Nullable JsonRun json) {
        this.context = context;
        this.options = options;
        this.accounts = accounts;
        this.messages = context.messages();
        this.json = json;
        this.start = context.clock().monotonicNanos();
        this.progress = new Progress(style(options.progress(), context.terminal()), messages, context.clock());
    }

    /** What the engine is to do with the accounts. */
    interface Work {
        Outcome run(MailStore first, MailStore second, SyncObserver atFirst, SyncObserver atSecond)
                throws InterruptedException;
    }

    /** A run that writes only the second account. */
    Outcome mirror(Work work) throws InterruptedException {
        RunObserver observer = RunObserver.ofAll(messages, progress, plan(""));
        Outcome outcome = run(work, true, observer, observer);
        tell(
                outcome,
                "the source changed during the run; run again to get the rest",
                List.of(AccountResult.of(outcome)));
        return outcome;
    }

    /**
     * A run whose plan, messages and results name the account they are about.
     *
     * @param oneWay whether the first account is only read
     */
    Outcome merge(boolean oneWay, Work work) throws InterruptedException {
        String first = accounts.first().text();
        String second = accounts.second().text();
        RunObserver atFirst = RunObserver.ofOne(messages, progress, plan(first), first, true);
        RunObserver atSecond = RunObserver.ofOne(messages, progress, plan(second), second, false);
        Outcome outcome = run(work, oneWay, atFirst, atSecond);
        tell(
                outcome,
                "Mailbox changes caused a desync. You may want to run twinbox sync again",
                List.of(atFirst.result(), atSecond.result()));
        return outcome;
    }

    private @Nullable PlanSink plan(String account) {
        if (json != null) {
            return json.plan(account.isEmpty() ? null : account);
        }
        return options.dryRun() ? new PlanText(context.output(), account) : null;
    }

    private Outcome run(Work work, boolean firstReadOnly, RunObserver atFirst, RunObserver atSecond)
            throws InterruptedException {
        try (MailStore first = context.engine().open(accounts.first(), firstReadOnly || options.dryRun(), atFirst);
                MailStore second = context.engine().open(accounts.second(), options.dryRun(), atSecond)) {
            return work.run(first, second, atFirst, atSecond);
        } catch (IOException e) {
            Refusal refusal = IoTrouble.refusal(e);
            return new Outcome(status(refusal.exitCode()), refusal.text(), List.of(), 0);
        } catch (InterruptedException e) {
            if (json != null) {
                json.fail(ExitCode.TEMPORARY, Commands.INTERRUPTED, millis());
            }
            throw e;
        } finally {
            progress.end();
        }
    }

    private void tell(Outcome outcome, String changed, List<AccountResult> results) {
        String reason = outcome.reason() == null ? "" : outcome.reason();
        switch (outcome.status()) {
            case DONE -> warnOfUnknownMailbox(results);
            case CHANGED -> messages.warning(changed + (reason.isEmpty() ? "" : ": " + reason));
            case DAMAGED, NOT_FOUND, NO_SPACE, NO_PERMISSION, TEMPORARY, GUARDED ->
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
