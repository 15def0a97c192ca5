package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.JsonFailure;
import dev.twinbox.cli.output.JsonRun;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.RemoteRun;
import dev.twinbox.engine.session.SyncObserver;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.protocol.item.Handshake.SyncType;
import java.util.OptionalInt;

/** {@code backup}: makes the destination exactly like the source. */
final class BackupCommand {
    private static final String NAME = "backup";

    private BackupCommand() {}

    /** Runs it and says how it went; returns the exit code. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        CommandOptions options = CommandParser.backup(line.words(), context.clock());
        if (options.help()) {
            return Help.print(context.output(), NAME);
        }
        try {
            return run(context, line, options);
        } catch (Refusal e) {
            if (options.json()) {
                JsonFailure.write(context.output(), NAME, e.exitCode(), e.text());
            }
            throw e;
        }
    }

    private static int run(Context context, CommandLine line, CommandOptions options)
            throws Refusal, InterruptedException {
        if (options.reverse() && options.from() != null) {
            throw Refusal.usage("backup: --from says what to read and -R what to write: give one of them");
        }
        if (options.server() != null) {
            return ThroughServer.run(context, line, options, NAME);
        }
        Target target = Destination.of(options.words(), NAME);
        if (!(target instanceof Target.Local)) {
            return withRemote(context, line, options, target);
        }
        TwoAccounts accounts = new TwoAccounts(context, line, options, NAME);
        OptionalInt done = accounts.runAsOwner();
        if (done.isPresent()) {
            return done.getAsInt();
        }
        SavedState saved = SavedState.load(context, options.sync());
        // Both accounts are here, and comparing them costs less than being wrong: the state is for other ends.
        SyncType type = saved.type(options.full()) == SyncType.FULL ? SyncType.FULL : SyncType.CHANGED;
        SyncOptions syncOptions = accounts.syncOptions(type, SyncState.EMPTY);
        return accounts.underLock(new TwoAccounts.Work() {
            @Override
            public int run() throws Refusal, InterruptedException {
                return end(options, saved, mirror(context, options, accounts, syncOptions));
            }
        });
    }

    private static int withRemote(Context context, CommandLine line, CommandOptions options, Target target)
            throws Refusal, InterruptedException {
        RemoteRun.Mode mode = options.reverse() ? RemoteRun.Mode.BACKUP_REVERSE : RemoteRun.Mode.BACKUP;
        RemoteCommand remote = new RemoteCommand(context, line, options, mode, target);
        OptionalInt done = remote.runAsOwner();
        if (done.isPresent()) {
            return done.getAsInt();
        }
        SavedState saved = SavedState.load(context, options.sync());
        return end(options, saved, remote.once(saved.type(options.full()), saved.state(), 0));
    }

    private static int end(CommandOptions options, SavedState saved, Outcome outcome) throws Refusal {
        if (!options.dryRun()) {
            saved.ended(outcome);
            saved.print();
        }
        return outcome.status().exitCode();
    }

    private static Outcome mirror(
            Context context, CommandOptions options, TwoAccounts accounts, SyncOptions syncOptions)
            throws InterruptedException {
        String source = accounts.first().text();
        String destination = accounts.second().text();
        context.messages().debug("backup of " + source + " to " + destination);
        JsonRun json = options.json()
                ? JsonRun.ofBackup(context.output(), accounts.user().name(), source, destination, options.dryRun())
                : null;
        return new PairRun(context, options, accounts, json).mirror(new PairRun.Work() {
            @Override
            public Outcome run(MailStore first, MailStore second, SyncObserver atFirst, SyncObserver atSecond)
                    throws InterruptedException {
                return context.engine().backup(first, second, syncOptions, atSecond);
            }
        });
    }
}
