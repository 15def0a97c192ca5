package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.output.RunObserver;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.RemoteRun;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.transport.dsync.DsyncPeer;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.StreamLink;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/** {@code dsync-server}: the other end of somebody else's run, spoken to over standard input and output. */
final class DsyncServerCommand {
    private DsyncServerCommand() {}

    /** Runs it; returns the exit code. Nothing but the conversation is written to standard output. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        CommandOptions options = CommandParser.server(line.words(), context.clock());
        if (options.help()) {
            return Help.print(context.output(), "dsync-server");
        }
        Preparation preparation = new Preparation(context, line, options);
        Location own = preparation.own();
        OptionalInt done = preparation.runAsOwner(List.of(own));
        if (done.isPresent()) {
            return done.getAsInt();
        }
        Link link =
                new StreamLink("initiator", context.input(), context.output().toPeer());
        context.interruption().cutting(link::abort);
        return serve(context, options, preparation, own, link).status().exitCode();
    }

    private static Outcome serve(
            Context context, CommandOptions options, Preparation preparation, Location own, Link link) {
        Messages messages = context.messages();
        RunTelling telling = new RunTelling(context, options, null);
        RunObserver observer = telling.observer();
        Outcome outcome;
        try (MailStore store = context.engine().open(own, false, observer)) {
            DsyncPeer peer = new DsyncPeer(Role.RESPONDER, link, options.timeoutSeconds());
            outcome = RemoteRun.respond(
                    store,
                    peer,
                    context.host().name(),
                    asked -> Filters.answer(asked, context.host().name(), own, preparation.settings()),
                    seconds -> UserLock.takeOrFail(context, preparation.user(), seconds),
                    observer);
        } catch (IOException e) {
            outcome = RunTelling.failed(e);
        }
        String reason = outcome.reason() == null ? "" : outcome.reason();
        switch (outcome.status()) {
            case DONE -> messages.debug("done");
            case CHANGED -> messages.warning("changes during the run: " + reason);
            case DAMAGED, NOT_FOUND, NO_SPACE, NO_PERMISSION, TEMPORARY, GUARDED -> messages.error(reason);
        }
        return outcome;
    }
}
