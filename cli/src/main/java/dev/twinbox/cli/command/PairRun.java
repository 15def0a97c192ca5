package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.output.AccountResult;
import dev.twinbox.cli.output.JsonRun;
import dev.twinbox.cli.output.RunObserver;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.Status;
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
    private final Context context;
    private final CommandOptions options;
    private final TwoAccounts accounts;
    private final RunTelling telling;

    /**
     * @param json the result object, begun; or null
     */
    PairRun(Context context, CommandOptions options, TwoAccounts accounts, @Nullable JsonRun json) {
        this.context = context;
        this.options = options;
        this.accounts = accounts;
        this.telling = new RunTelling(context, options, json);
    }

    /** What the engine is to do with the accounts. */
    interface Work {
        Outcome run(MailStore first, MailStore second, SyncObserver atFirst, SyncObserver atSecond)
                throws InterruptedException;
    }

    /** A run that writes only the second account. */
    Outcome mirror(Work work) throws InterruptedException {
        RunObserver observer = telling.observer();
        Outcome outcome = run(work, true, observer, observer);
        telling.tell(
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
        RunObserver atFirst = telling.observer(first, true);
        RunObserver atSecond = telling.observer(second, false);
        Outcome outcome = run(work, oneWay, atFirst, atSecond);
        telling.tell(
                outcome,
                "Mailbox changes caused a desync. You may want to run twinbox sync again",
                List.of(atFirst.result(), atSecond.result()));
        return outcome;
    }

    private Outcome run(Work work, boolean firstReadOnly, RunObserver atFirst, RunObserver atSecond)
            throws InterruptedException {
        try (MailStore first = context.engine().open(accounts.first(), firstReadOnly || options.dryRun(), atFirst);
                MailStore second = context.engine().open(accounts.second(), options.dryRun(), atSecond)) {
            Outcome outcome = work.run(first, second, atFirst, atSecond);
            if (options.purgeRemote() && !options.dryRun() && outcome.status().compareTo(Status.CHANGED) <= 0) {
                purge(options.reverse() ? first : second, options.reverse() && firstReadOnly);
            }
            return outcome;
        } catch (IOException e) {
            return RunTelling.failed(e);
        } catch (InterruptedException e) {
            telling.interrupted();
            throw e;
        } finally {
            telling.endProgress();
        }
    }

    /** Of what {@code -P} calls the remote one: the account that is not the user's own. */
    private void purge(MailStore other, boolean readOnly) throws IOException {
        if (readOnly) {
            context.messages().warning("-P: " + other.describe() + " is only read here, and not purged");
            return;
        }
        long freed = other.purge();
        context.messages().info("-P: " + freed + " expunged mails purged in " + other.describe());
    }
}
