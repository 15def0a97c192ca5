package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.config.NamespaceChoice;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.AccountResult;
import dev.twinbox.cli.output.JsonRun;
import dev.twinbox.cli.output.RunObserver;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.RemoteAsk;
import dev.twinbox.engine.session.RemoteRun;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.TreeAhead;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.transport.greeting.Greeting;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.MeasuredLink;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** {@code backup} and {@code sync} with another end that is elsewhere. */
final class RemoteCommand {
    private final Context context;
    private final CommandOptions options;
    private final RemoteRun.Mode mode;
    private final Target target;
    private final Preparation preparation;
    private final Location own;
    /** How many bytes passed over the last connection. */
    private long passed;
    /** Whether the last connection was one whose work another can go on with. */
    private boolean resumable;

    /**
     * @param mode what to do with the other end
     */
    RemoteCommand(Context context, CommandLine line, CommandOptions options, RemoteRun.Mode mode, Target target)
            throws Refusal {
        this.context = context;
        this.options = options;
        this.mode = mode;
        this.target = target;
        this.preparation = new Preparation(context, line, options);
        this.own = preparation.own();
    }

    /** As {@link Preparation#runAsOwner}. */
    OptionalInt runAsOwner() throws Refusal, InterruptedException {
        return preparation.runAsOwner(List.of(own));
    }

    /**
     * One run.
     *
     * @param number which of several it is, or 0
     */
    Outcome once(SyncType type, SyncState state, int number) throws Refusal, InterruptedException {
        RunTelling telling = new RunTelling(context, options, json(number));
        boolean both = options.dryRun() && mode == RemoteRun.Mode.SYNC;
        RunObserver observer = both ? telling.observer(own.text(), true) : telling.observer();
        RunObserver there = telling.observer(both ? target.text() : "", false);
        Outcome outcome;
        try {
            outcome = attempt(type, state, observer, there);
            Reconnects reconnects = new Reconnects();
            while (outcome.cut()
                    && resumable
                    && !options.dryRun()
                    && !Thread.currentThread().isInterrupted()) {
                long pause = reconnects.afterCut(passed);
                if (pause < 0) {
                    break;
                }
                context.messages().warning(outcome.reason() + "; connecting again (" + reconnects.tries() + ")");
                context.clock().sleepMillis(pause);
                outcome = attemptAgain(outcome, type, state, observer, there);
            }
        } finally {
            telling.endProgress();
        }
        if (Thread.interrupted()) {
            telling.interrupted();
            throw new InterruptedException();
        }
        telling.tell(
                outcome,
                "Mailbox changes caused a desync. You may want to run twinbox again",
                results(outcome, observer, there));
        return outcome;
    }

    /** What is planned for another machine is told by that. */
    private List<AccountResult> results(Outcome outcome, RunObserver here, RunObserver there) {
        if (!options.dryRun() || isPulled()) {
            return List.of(AccountResult.of(outcome));
        }
        return mode == RemoteRun.Mode.SYNC ? List.of(here.result(), there.result()) : List.of(there.result());
    }

    private boolean isPulled() {
        return mode == RemoteRun.Mode.BACKUP_REVERSE || mode == RemoteRun.Mode.ONE_WAY_REVERSE;
    }

    /** One more connection; that there is none yet is no reason to give up, but that we may not is. */
    private Outcome attemptAgain(
            Outcome last, SyncType type, SyncState state, RunObserver observer, RunObserver there) {
        try {
            return attempt(type, state, observer, there).after(last);
        } catch (Refusal e) {
            if (e.exitCode() == ExitCode.NO_PERMISSION) {
                return new Outcome(Outcome.Status.NO_PERMISSION, e.text(), last.mailboxes(), last.treeChanges());
            }
            context.messages().debug(e.text());
            resumable = true;
            return last;
        }
    }

    /** One connection. */
    private Outcome attempt(SyncType type, SyncState state, RunObserver observer, RunObserver there) throws Refusal {
        Outcome outcome;
        Remotes remotes = new Remotes(context, preparation, target);
        passed = 0;
        resumable = false;
        try (TreeAhead store = new TreeAhead(context.engine().open(own, options.dryRun(), observer), context.clock());
                Link raw = Rawlogs.on(context, options, remotes.open());
                MeasuredLink link = new MeasuredLink(raw)) {
            context.interruption().cutting(link::abort);
            if (options.lockTimeoutSeconds() <= 0) {
                store.look(); // the other end is only just starting
            }
            Peer peer = Greeting.initiate(
                    link,
                    options.timeoutSeconds(),
                    Twins.settings(options.wire(), context.clock()),
                    options.wire().protocol());
            if (!peer.isTwinbox()) {
                store.forgetNumbers();
            }
            context.messages()
                    .debug(target.text() + " is spoken with in "
                            + (peer.isTwinbox() ? "Twinbox's own protocol" : "dsync"));
            outcome = RemoteRun.initiate(
                    store,
                    mode,
                    peer,
                    target.text(),
                    syncOptions(type, state),
                    ask(),
                    seconds -> UserLock.takeOrFail(context, preparation.user(), seconds),
                    observer,
                    there);
            passed = link.bytes();
            resumable = peer.isTwinbox();
            remotes.tellEnd(raw, outcome);
        } catch (IOException e) {
            outcome = RunTelling.failed(e);
        }
        return outcome;
    }

    private @Nullable JsonRun json(int number) {
        if (!options.json()) {
            return null;
        }
        String user = preparation.user().name();
        String first = isRead() || mode == RemoteRun.Mode.SYNC ? own.text() : target.text();
        String second = first.equals(own.text()) ? target.text() : own.text();
        return switch (mode) {
            case BACKUP, BACKUP_REVERSE -> JsonRun.ofBackup(context.output(), user, first, second, options.dryRun());
            case SYNC, ONE_WAY, ONE_WAY_REVERSE ->
                JsonRun.ofSync(
                        context.output(), user, first, second, mode != RemoteRun.Mode.SYNC, options.dryRun(), number);
        };
    }

    private boolean isRead() {
        return mode == RemoteRun.Mode.BACKUP || mode == RemoteRun.Mode.ONE_WAY;
    }

    private SyncOptions syncOptions(SyncType type, SyncState state) throws Refusal {
        return Filters.syncOptions(context, options, preparation.settings(), own, type, state);
    }

    private RemoteAsk ask() {
        return new RemoteAsk(
                options.namespaces().isEmpty() ? List.of() : NamespaceChoice.prefixes(own),
                options.allNamespaces(),
                options.mailbox(),
                options.mailboxGuid(),
                options.excluded(),
                options.allMailbox(),
                options.dryRun() ? 0 : Math.max(0, options.lockTimeoutSeconds()),
                options.purgeRemote() && !options.dryRun(),
                context.messages().isDebug());
    }
}
