package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.config.Location;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.JsonFailure;
import dev.twinbox.cli.output.JsonVerify;
import dev.twinbox.cli.output.Progress;
import dev.twinbox.cli.output.StoreMessages;
import dev.twinbox.cli.output.VerifyText;
import dev.twinbox.engine.session.MailboxFilter;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.verify.Contained;
import dev.twinbox.engine.verify.Verify;
import dev.twinbox.engine.verify.VerifyListener;
import dev.twinbox.engine.verify.VerifyReport;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/** {@code verify}: compares two accounts. */
final class VerifyCommand {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private VerifyCommand() {}

    /** Runs it and says what differs; returns the exit code. */
    static int run(Context context, CommandLine line) throws Refusal, InterruptedException {
        CommandOptions options = CommandParser.verify(line.words(), context.clock());
        if (options.help()) {
            return Help.print(context.output(), "verify");
        }
        try {
            return run(context, line, options);
        } catch (Refusal e) {
            if (options.json()) {
                JsonFailure.write(context.output(), "verify", e.exitCode(), e.text());
            }
            throw e;
        }
    }

    private static int run(Context context, CommandLine line, CommandOptions options)
            throws Refusal, InterruptedException {
        long start = context.clock().monotonicNanos();
        String word = Destination.location(options.words(), "verify");
        Preparation preparation = new Preparation(context, line, options);
        Location a = preparation.own();
        Location b = preparation.other(word).asOtherPlaceOf(a);
        OptionalInt done = preparation.runAsOwner(List.of(a, b));
        if (done.isPresent()) {
            return done.getAsInt();
        }
        Progress progress = new Progress(
                RunTelling.style(options.progress(), context.terminal()), context.messages(), context.clock());
        StoreMessages store = new StoreMessages(context.messages());
        MailboxFilter part = Filters.of(options, a.account().separator(), preparation.settings());
        VerifyReport report;
        try (MailStore storeA = context.engine().open(a, true, store);
                MailStore storeB = context.engine().open(b, true, store)) {
            requireThere(storeA);
            requireThere(storeB);
            VerifyListener listener = new ProgressListener(progress);
            report = options.contained()
                    ? Contained.look(storeA, storeB, part::accepts, listener)
                    : Verify.compare(storeA, storeB, part::accepts, listener);
        } catch (IOException e) {
            throw IoTrouble.refusal(e);
        } finally {
            progress.end();
        }
        boolean incomplete = report.incomplete() || store.sawDamage();
        int code = incomplete ? ExitCode.DATA : report.same() ? ExitCode.OK : ExitCode.DIFFERENT;
        if (options.json()) {
            long millis = (context.clock().monotonicNanos() - start) / NANOS_PER_MILLI;
            JsonVerify.write(context.output(), preparation.user().name(), a.text(), b.text(), report, code, millis);
        } else {
            VerifyText.write(context.output(), report);
        }
        if (incomplete) {
            context.messages().error("not everything could be read and compared");
        }
        return code;
    }

    static void requireThere(MailStore store) throws IOException, Refusal {
        if (!store.exists()) {
            throw new Refusal(ExitCode.NOT_FOUND, "there is no mail at " + store.describe());
        }
    }

    /** Shows how far it is. */
    private record ProgressListener(Progress progress) implements VerifyListener {
        @Override
        public void sized(int mailboxes, long mails) {
            progress.total(mailboxes, mails);
        }

        @Override
        public void mailCompared(MailboxName mailbox, long bytes) {
            progress.mail(mailbox.toString(), bytes);
        }

        @Override
        public void mailboxCompared(MailboxName mailbox, int mails) {
            progress.mailbox(mailbox.toString(), mails);
        }
    }
}
