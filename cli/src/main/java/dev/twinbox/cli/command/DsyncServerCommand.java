package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.config.NamespaceChoice;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.output.RunObserver;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.RemoteRun;
import dev.twinbox.engine.session.SyncObserver;
import dev.twinbox.engine.session.SyncOptions;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.TreeAhead;
import dev.twinbox.engine.storage.account.AccountLocation.Layout;
import dev.twinbox.engine.storage.namespaces.NamespaceStore;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.transport.greeting.Greeting;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.StreamLink;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * {@code dsync-server}: the other end of somebody else's run, spoken to over standard input and output, or over a connection
 * that {@link ServeCommand} has accepted.
 */
final class DsyncServerCommand {
    private final Context context;
    private final CommandOptions options;
    private final Preparation preparation;
    private final Location own;
    /** Whether the messages here are for others than who began the run. */
    private final boolean logs;

    private DsyncServerCommand(Context context, CommandLine line, CommandOptions options, boolean logs) throws Refusal {
        this.logs = logs;
        this.context = context;
        this.options = options;
        this.preparation = new Preparation(context, line, options);
        this.own = preparation.own();
    }

    /** Runs it; returns the exit code. Nothing but the conversation is written to standard output. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        CommandOptions options = CommandParser.server(line.words(), context.clock());
        if (options.help()) {
            return Help.print(context.output(), "dsync-server");
        }
        DsyncServerCommand command = new DsyncServerCommand(context, line, options, false);
        OptionalInt done = command.preparation.runAsOwner(List.of(command.own));
        if (done.isPresent()) {
            return done.getAsInt();
        }
        Link link = Rawlogs.on(
                context,
                options,
                new StreamLink("initiator", context.input(), context.output().toPeer()));
        context.interruption().cutting(link::abort);
        return command.serve(link).status().exitCode();
    }

    /**
     * For a user that a client has asked for.
     *
     * @throws Refusal if there is no such user, or this process may not touch the mail
     */
    static DsyncServerCommand ofUser(Context context, CommandLine line, String user, int timeoutSeconds)
            throws Refusal {
        CommandOptions options =
                CommandParser.server(List.of("-u", user, "-T", Integer.toString(timeoutSeconds)), context.clock());
        DsyncServerCommand command = new DsyncServerCommand(context, line, options, true);
        command.preparation.requireOwner(List.of(command.own));
        return command;
    }

    /** The whole conversation. */
    Outcome serve(Link link) {
        Messages messages = context.messages();
        RunTelling telling = new RunTelling(context, options, null);
        RunObserver observer = telling.observer();
        Outcome outcome;
        try {
            outcome = converse(link, observer);
        } catch (IOException e) {
            outcome = RunTelling.failed(e);
        } finally {
            telling.endProgress();
        }
        String reason = outcome.reason() == null ? "" : outcome.reason();
        switch (outcome.status()) {
            case DONE -> messages.debug("done");
            case CHANGED -> messages.warning("changes during the run: " + reason);
            case DAMAGED, NOT_POSSIBLE, NOT_FOUND, NO_SPACE, NO_PERMISSION, TEMPORARY, GUARDED -> {
                // What we write here ends up where the run was begun, and is said there; but a server has a log.
                if (outcome.shared() && !logs) {
                    messages.debug(reason);
                } else {
                    messages.error(reason);
                }
            }
        }
        return outcome;
    }

    private Outcome converse(Link link, RunObserver observer) throws IOException {
        MailStore account = context.engine().open(own, false, observer);
        try (TreeAhead store = new TreeAhead(account, context.clock());
                Asked asked = new Asked(account, observer)) {
            // Which of several namespaces takes part is not said before the handshake; nor that nothing is to be
            // written, as a look at a list of names may do, where a name has no GUID yet.
            if (!(account instanceof NamespaceStore) && own.account().layout() != Layout.INDEX) {
                store.look();
            }
            Peer peer =
                    Greeting.respond(link, options.timeoutSeconds(), Twins.settings(options.wire(), context.clock()));
            if (!peer.isTwinbox()) {
                store.forgetNumbers();
            }
            return RemoteRun.respond(
                    store,
                    peer,
                    context.host().name(),
                    asked,
                    seconds -> {
                        store.forget();
                        return UserLock.takeOrFail(context, preparation.user(), seconds);
                    },
                    observer);
        }
    }

    /** What the initiator asks, seen from here. */
    private final class Asked implements RemoteRun.Answer, AutoCloseable {
        private final MailStore account;
        private final SyncObserver observer;
        private @Nullable MailStore readOnly;

        Asked(MailStore account, SyncObserver observer) {
            this.account = account;
            this.observer = observer;
        }

        @Override
        public SyncOptions options(Handshake asked) throws IOException {
            MailStore used = account;
            if (asked.dryRun()) {
                used = context.engine().open(own, true, observer);
                readOnly = used;
            }
            if (used instanceof NamespaceStore namespaces) {
                choose(asked, namespaces);
            }
            return Filters.answer(asked, context.host().name(), own, preparation.settings());
        }

        @Override
        public MailStore readOnly() {
            return Objects.requireNonNull(readOnly);
        }

        @Override
        public void close() throws IOException {
            MailStore store = readOnly;
            if (store != null) {
                store.close();
            }
        }
    }

    /** The initiator has looked at its own namespaces only. */
    private void choose(Handshake asked, NamespaceStore namespaces) throws NotPossibleException {
        try {
            NamespaceChoice choice = new NamespaceChoice(asked.namespacePrefixes(), asked.allNamespaces());
            namespaces.choose(choice.of(own, context.messages()::warning).chosenPrefixes());
        } catch (Refusal e) {
            throw new NotPossibleException(e.text());
        }
    }
}
