package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.LockOptions;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.StoreMessages;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.maildir.MaildirLocks;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** {@code lock}: holds Dovecot's Maildir locks while another program runs. */
final class LockCommand {
    private static final long MILLIS = 1000;

    private LockCommand() {}

    /** Runs it; returns the program's exit code. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        LockOptions options = LockOptions.parse(line.words(), context.clock());
        if (options.common().help()) {
            return Help.print(context.output(), "lock");
        }
        Preparation preparation = new Preparation(context, line, options.common());
        Location location = preparation.other(options.location());
        OptionalInt done = preparation.runAsOwner(List.of(location));
        if (done.isPresent()) {
            return done.getAsInt();
        }
        long wait = options.timeoutSeconds() == CommandOptions.NO_LOCK
                ? location.lockWaitMillis()
                : options.timeoutSeconds() * MILLIS;
        try (MaildirLocks locks = MaildirLocks.ofMailboxes(
                context.disk(),
                location.account(),
                names(context, options, location),
                context.clock(),
                context.host(),
                wait)) {
            context.messages().debug("holding the locks of " + locks.size() + " mailboxes");
            return runCommand(context, options.command(), locks);
        } catch (MailboxGoneException e) {
            throw new Refusal(ExitCode.NOT_FOUND, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw IoTrouble.refusal(e);
        }
    }

    private static List<MailboxName> names(Context context, LockOptions options, Location location)
            throws Refusal, IOException {
        List<MailboxName> names = new ArrayList<>();
        for (String name : options.mailboxes()) {
            names.add(Filters.mailbox("-m", name, location.account().separator()));
        }
        if (!names.isEmpty()) {
            return names;
        }
        StoreMessages report = new StoreMessages(context.messages());
        try (MailStore store = context.engine().open(location, true, report)) {
            VerifyCommand.requireThere(store);
            for (MailboxNode node : store.tree().mailboxes()) {
                names.add(node.name());
            }
        }
        if (report.sawDamage()) {
            throw new Refusal(
                    ExitCode.DATA, "not every mailbox can be read, so not every one can be locked; nothing was run");
        }
        return names;
    }

    private static int runCommand(Context context, List<String> command, MaildirLocks locks)
            throws Refusal, InterruptedException {
        Process child;
        try {
            child = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            throw new Refusal(ExitCode.NOT_FOUND, "cannot run '" + command.get(0) + "': " + e.getMessage());
        }
        context.interruption().childStarted(child);
        try {
            return waitFor(context, child, command.get(0), locks);
        } catch (InterruptedException e) {
            // The locks are held until it has ended, however little time it is left.
            child.destroy();
            child.waitFor();
            throw e;
        }
    }

    private static int waitFor(Context context, Process child, String name, MaildirLocks locks)
            throws InterruptedException {
        boolean lost = false;
        while (!child.waitFor(MaildirLocks.TOUCH_MILLIS, TimeUnit.MILLISECONDS)) {
            try {
                if (!lost) {
                    locks.touch();
                }
            } catch (IOException e) {
                lost = true;
                context.messages()
                        .error(e.getMessage() + ": others may have changed the mail while '" + name
                                + "' was running; run it again");
            }
        }
        int code = child.exitValue();
        return lost && code == 0 ? ExitCode.TEMPORARY : code;
    }
}
