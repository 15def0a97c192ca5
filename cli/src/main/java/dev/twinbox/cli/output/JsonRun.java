package dev.twinbox.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result object of {@code backup --json} and {@code sync --json}, written as the run goes so that a plan of any size
 * needs no memory: what was asked, {@code plan} (dry runs only), then how it ended. Where a run writes two accounts, each
 * step and each mailbox has its {@code account}, and {@code accounts} has the totals of either. Safe for use by several
 * threads.
 */
public final class JsonRun {
    private final Output output;
    private final JsonGenerator json;
    private boolean planOpen;

    private JsonRun(Output output) {
        this.output = output;
        this.json = Json.open(output);
    }

    /** Begins the object of a backup. */
    public static JsonRun ofBackup(Output output, String user, String source, String destination, boolean dryRun) {
        JsonRun run = new JsonRun(output);
        try {
            run.json.writeStartObject();
            run.json.writeStringField("command", "backup");
            run.json.writeStringField("user", user);
            run.json.writeStringField("source", source);
            run.json.writeStringField("destination", destination);
            run.openPlan(dryRun);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return run;
    }

    /**
     * Begins the object of a merge.
     *
     * @param first with {@code oneWay} the source
     * @param number which run of several it is, from 1; 0 if there is only one
     */
    public static JsonRun ofSync(
            Output output, String user, String first, String second, boolean oneWay, boolean dryRun, int number) {
        JsonRun run = new JsonRun(output);
        try {
            run.json.writeStartObject();
            run.json.writeStringField("command", "sync");
            run.json.writeStringField("user", user);
            run.json.writeStringField("first", first);
            run.json.writeStringField("second", second);
            run.json.writeBooleanField("one_way", oneWay);
            if (number > 0) {
                run.json.writeNumberField("run", number);
            }
            run.openPlan(dryRun);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return run;
    }

    private void openPlan(boolean dryRun) throws IOException {
        json.writeBooleanField("dry_run", dryRun);
        if (dryRun) {
            json.writeArrayFieldStart("plan");
            planOpen = true;
        }
    }

    /**
     * Where the plan for an account goes.
     *
     * @param account null where only one account is written
     */
    public PlanSink plan(@Nullable String account) {
        return new Plan(account);
    }

    private final class Plan implements PlanSink {
        private final @Nullable String account;

        Plan(@Nullable String account) {
            this.account = account;
        }

        @Override
        public void treeChange(TreeChange change) {
            synchronized (json) {
                try {
                    begin(change.name(), PlanWords.kind(change));
                    if (change instanceof TreeChange.Rename rename) {
                        json.writeStringField("to", rename.to().toString());
                    } else if (change instanceof TreeChange.Create create) {
                        json.writeStringField("guid", create.guid().toString());
                        json.writeNumberField("uid_validity", create.uidValidity());
                    } else if (change instanceof TreeChange.SetGuid set) {
                        json.writeStringField("guid", set.guid().toString());
                    }
                    json.writeEndObject();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public void planned(MailboxName mailbox, MailboxPlan plan) {
            synchronized (json) {
                try {
                    for (Step step : plan.steps()) {
                        step(mailbox, step);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private void begin(MailboxName mailbox, String what) throws IOException {
            json.writeStartObject();
            Json.stringIfThere(json, "account", account);
            json.writeStringField("mailbox", mailbox.toString());
            json.writeStringField("step", what);
        }

        private void step(MailboxName mailbox, Step step) throws IOException {
            PlanWords words = PlanWords.of(step);
            begin(mailbox, words.what());
            if (words.uid() != 0) {
                json.writeNumberField("uid", words.uid());
            }
            if (words.newUid() != 0) {
                json.writeNumberField("new_uid", words.newUid());
            }
            Json.stringIfThere(json, "guid", words.guid());
            Json.stringIfThere(json, "flags", words.flags());
            json.writeStringField("reason", step.reason());
            json.writeEndObject();
        }
    }

    /**
     * Ends the object with how the run went.
     *
     * @param accounts the results of the accounts the run writes: one or both
     */
    public void finish(Outcome outcome, List<AccountResult> accounts, long durationMillis) {
        synchronized (json) {
            try {
                closePlan();
                Json.ending(
                        json,
                        name(outcome.status()),
                        outcome.status().exitCode(),
                        outcome.status().retryable(),
                        outcome.reason());
                json.writeArrayFieldStart("mailboxes");
                for (AccountResult account : accounts) {
                    for (MailboxResult result : account.mailboxes()) {
                        mailbox(account.account(), result);
                    }
                }
                json.writeEndArray();
                results(accounts);
                json.writeNumberField("duration_ms", durationMillis);
                json.writeEndObject();
                Json.close(json, output);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Ends the object of a run that did not come to an outcome. */
    public void fail(int exitCode, String reason, long durationMillis) {
        synchronized (json) {
            try {
                closePlan();
                Json.ending(json, "failed", exitCode, exitCode == ExitCode.TEMPORARY, reason);
                json.writeNumberField("duration_ms", durationMillis);
                json.writeEndObject();
                Json.close(json, output);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void closePlan() throws IOException {
        if (planOpen) {
            json.writeEndArray();
            planOpen = false;
        }
    }

    private void mailbox(@Nullable String account, MailboxResult result) throws IOException {
        json.writeStartObject();
        Json.stringIfThere(json, "account", account);
        json.writeStringField("mailbox", result.name().toString());
        json.writeStringField("status", name(result.status()));
        json.writeStringField("reason", result.reason());
        json.writeBooleanField("retryable", result.status().retryable());
        json.writeBooleanField("skipped", result.skipped());
        json.writeNumberField("saved", result.saved());
        json.writeNumberField("expunged", result.expunged());
        json.writeNumberField("flagged", result.flagged());
        json.writeNumberField("renumbered", result.renumbered());
        json.writeNumberField("bytes", result.bytes());
        json.writeEndObject();
    }

    private void results(List<AccountResult> accounts) throws IOException {
        if (accounts.size() > 1) {
            json.writeArrayFieldStart("accounts");
            for (AccountResult account : accounts) {
                json.writeStartObject();
                Json.stringIfThere(json, "account", account.account());
                totals(Totals.of(account));
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeObjectFieldStart("totals");
        totals(Totals.ofAll(accounts));
        json.writeEndObject();
    }

    private void totals(Totals totals) throws IOException {
        json.writeNumberField("mailboxes", totals.mailboxes());
        json.writeNumberField("skipped", totals.skipped());
        json.writeNumberField("tree_changes", totals.treeChanges());
        json.writeNumberField("saved", totals.saved());
        json.writeNumberField("expunged", totals.expunged());
        json.writeNumberField("flagged", totals.flagged());
        json.writeNumberField("renumbered", totals.renumbered());
        json.writeNumberField("bytes", totals.bytes());
    }

    private static String name(Outcome.Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
