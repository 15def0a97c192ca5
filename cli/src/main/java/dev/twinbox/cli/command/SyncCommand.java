package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.JsonFailure;
import dev.twinbox.cli.output.JsonRun;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.session.RemoteRun;
import dev.twinbox.engine.session.SyncObserver;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.protocol.item.Handshake.SyncType;
import java.util.OptionalInt;

/** {@code sync}: merges two accounts; with {@code -1} the second gets what the first has, and keeps its own. Used once. */
final class SyncCommand {
    /** Between two runs of {@code --until-clean}: what changes an account is often a burst, and soon over. */
    static final long PAUSE_MILLIS = 500;

    private static final String NAME = "sync";

    private final Context context;
    private final CommandOptions options;
    private final SavedState saved;
    private final Once once;

    private SyncCommand(Context context, CommandOptions options, SavedState saved, Once once) {
        this.context = context;
        this.options = options;
        this.saved = saved;
        this.once = once;
    }

    /** One run from a state; numbered if there may be several, else 0. */
    private interface Once {
        Outcome run(SyncType type, SyncState state, int number) throws Refusal, InterruptedException;
    }

    /** Runs it and says how it went; returns the exit code. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        CommandOptions options = CommandParser.sync(line.words(), context.clock());
        if (options.help()) {
            return Help.print(context.output(), NAME);
        }
        try {
            if (options.server() != null) {
                return ThroughServer.run(context, line, options, NAME);
            }
            Target target = Destination.of(options.words(), NAME);
            return target instanceof Target.Local
                    ? here(context, line, options)
                    : withRemote(context, line, options, target);
        } catch (Refusal e) {
            if (options.json()) {
                JsonFailure.write(context.output(), NAME, e.exitCode(), e.text());
            }
            throw e;
        }
    }

    private static int here(Context context, CommandLine line, CommandOptions options)
            throws Refusal, InterruptedException {
        TwoAccounts accounts = new TwoAccounts(context, line, options, NAME);
        OptionalInt done = accounts.runAsOwner();
        if (done.isPresent()) {
            return done.getAsInt();
        }
        SavedState saved = SavedState.load(context, options.sync());
        SyncCommand command = new SyncCommand(context, options, saved, new Once() {
            @Override
            public Outcome run(SyncType type, SyncState state, int number) throws Refusal, InterruptedException {
                return merge(context, options, accounts, accounts.syncOptions(type, state), number);
            }
        });
        return accounts.underLock(new TwoAccounts.Work() {
            @Override
            public int run() throws Refusal, InterruptedException {
                return command.untilClean();
            }
        });
    }

    private static int withRemote(Context context, CommandLine line, CommandOptions options, Target target)
            throws Refusal, InterruptedException {
        RemoteRun.Mode mode = !options.sync().oneWay()
                ? RemoteRun.Mode.SYNC
                : options.reverse() ? RemoteRun.Mode.ONE_WAY_REVERSE : RemoteRun.Mode.ONE_WAY;
        RemoteCommand remote = new RemoteCommand(context, line, options, mode, target);
        OptionalInt done = remote.runAsOwner();
        if (done.isPresent()) {
            return done.getAsInt();
        }
        return new SyncCommand(context, options, SavedState.load(context, options.sync()), remote::once).untilClean();
    }

    private int untilClean() throws Refusal, InterruptedException {
        int runsMax = options.sync().runsMax();
        Outcome outcome = once(runsMax > 1 ? 1 : 0);
        for (int number = 2; number <= runsMax && outcome.status() == Status.CHANGED && !options.dryRun(); number++) {
            context.messages().info("run " + number + " of at most " + runsMax);
            context.clock().sleepMillis(PAUSE_MILLIS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            outcome = once(number);
        }
        if (!options.dryRun()) {
            saved.print();
        }
        return outcome.status().exitCode();
    }

    /**
     * @param number which of several runs this is, or 0
     */
    private Outcome once(int number) throws Refusal, InterruptedException {
        Outcome outcome = once.run(saved.type(options.full()), saved.state(), number);
        if (!options.dryRun()) {
            saved.ended(outcome);
        }
        return outcome;
    }

    private static Outcome merge(
            Context context, CommandOptions options, TwoAccounts accounts, SyncOptions syncOptions, int number)
            throws InterruptedException {
        boolean oneWay = options.sync().oneWay();
        String first = accounts.first().text();
        String second = accounts.second().text();
        context.messages()
                .debug("sync of " + first + (oneWay ? " into " : " and ") + second + ", " + syncOptions.type());
        JsonRun json = options.json()
                ? JsonRun.ofSync(
                        context.output(), accounts.user().name(), first, second, oneWay, options.dryRun(), number)
                : null;
        return new PairRun(context, options, accounts, json).merge(oneWay, new PairRun.Work() {
            @Override
            public Outcome run(MailStore one, MailStore two, SyncObserver atFirst, SyncObserver atSecond)
                    throws InterruptedException {
                return context.engine().sync(one, two, oneWay, syncOptions, atFirst, atSecond);
            }
        });
    }
}
