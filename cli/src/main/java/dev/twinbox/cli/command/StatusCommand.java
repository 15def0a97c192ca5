package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.JsonFailure;
import dev.twinbox.cli.output.JsonStatus;
import dev.twinbox.cli.output.StatusRow;
import dev.twinbox.cli.output.StatusText;
import dev.twinbox.cli.output.StoreMessages;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** {@code status}: lists mailboxes with their numbers. */
final class StatusCommand {
    private StatusCommand() {}

    /** Runs it; returns the exit code. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        CommandOptions options = CommandParser.status(line.words(), context.clock());
        if (options.help()) {
            return Help.print(context.output(), "status");
        }
        try {
            return run(context, line, options);
        } catch (Refusal e) {
            if (options.json()) {
                JsonFailure.write(context.output(), "status", e.exitCode(), e.text());
            }
            throw e;
        }
    }

    private static int run(Context context, CommandLine line, CommandOptions options)
            throws Refusal, InterruptedException {
        if (!options.words().isEmpty()
                && (options.allNamespaces() || !options.namespaces().isEmpty())) {
            throw Refusal.usage("status: a location has no namespaces; -n and -N choose among the user's own");
        }
        Preparation preparation = new Preparation(context, line, options);
        Location location = options.words().isEmpty()
                ? preparation.own()
                : preparation.other(Destination.location(options.words(), "status"));
        OptionalInt done = preparation.runAsOwner(List.of(location));
        if (done.isPresent()) {
            return done.getAsInt();
        }
        StoreMessages report = new StoreMessages(context.messages());
        List<StatusRow> rows = new ArrayList<>();
        try (MailStore store = context.engine().open(location, true, report)) {
            VerifyCommand.requireThere(store);
            for (MailboxNode node : store.tree().mailboxes()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                try (Mailbox mailbox = store.open(node.name())) {
                    rows.add(new StatusRow(
                            node.name().join(location.account().separator()), node.subscribed(), mailbox.status()));
                } catch (IOException e) {
                    report.damage(node.name(), IoTrouble.refusal(e).text());
                }
            }
        } catch (IOException e) {
            throw IoTrouble.refusal(e);
        }
        int code = report.sawDamage() ? ExitCode.DATA : ExitCode.OK;
        if (options.json()) {
            JsonStatus.write(context.output(), preparation.user().name(), location.text(), rows, code);
        } else {
            StatusText.write(context.output(), rows);
        }
        return code;
    }
}
