package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.config.User;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.engine.disk.SyncLock;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.protocol.item.Handshake.SyncType;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/** The two accounts a command line is about: found, known to lie apart, and what is to be done with them. */
final class TwoAccounts {
    private final Context context;
    private final CommandOptions options;
    private final Preparation preparation;
    private final Location own;
    private final Location other;

    /**
     * Finds them.
     *
     * @param command its name, for messages
     */
    TwoAccounts(Context context, CommandLine line, CommandOptions options, String command) throws Refusal {
        String word = Destination.location(options.words(), command);
        if (options.allNamespaces()) {
            throw Refusal.temporary(
                    "-N is only for a remote destination: the other side must be asked for its namespaces");
        }
        this.context = context;
        this.options = options;
        this.preparation = new Preparation(context, line, options);
        this.own = preparation.own();
        this.other = preparation.other(word).asOtherPlaceOf(own);
        Apart.check(context.disk(), first(), second());
    }

    /** The user's own account, or with {@code -R} the other one. */
    Location first() {
        return options.reverse() ? other : own;
    }

    /** The other account, or with {@code -R} the user's own. */
    Location second() {
        return options.reverse() ? own : other;
    }

    User user() {
        return preparation.user();
    }

    /**
     * As {@link Preparation#runAsOwner}. Only a process that goes on itself remarks on its options.
     *
     * @return the exit code, if another process did the work
     */
    OptionalInt runAsOwner() throws Refusal, InterruptedException {
        OptionalInt done = preparation.runAsOwner(List.of(first(), second()));
        if (done.isEmpty()) {
            Messages messages = context.messages();
            for (String remark : options.remarks()) {
                messages.info(remark);
            }
        }
        return done;
    }

    /** What the engine is asked. */
    SyncOptions syncOptions(SyncType type, SyncState state) throws Refusal {
        return Filters.syncOptions(context, options, preparation.settings(), own, type, state);
    }

    /** Does the work, with the user's lock if {@code -l} asks for it. */
    int underLock(Work work) throws Refusal, InterruptedException {
        if (options.lockTimeoutSeconds() == CommandOptions.NO_LOCK || options.dryRun()) {
            return work.run();
        }
        SyncLock lock = UserLock.take(context, user(), options.lockTimeoutSeconds());
        context.messages().debug("holding " + lock);
        try {
            return work.run();
        } finally {
            release(lock);
        }
    }

    private void release(SyncLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            context.messages().warning("cannot put the user's lock away: " + e.getMessage());
        }
    }

    /** Something with an exit code. */
    interface Work {
        int run() throws Refusal, InterruptedException;
    }
}
