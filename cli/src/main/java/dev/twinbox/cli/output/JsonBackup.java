package dev.twinbox.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * The result object of {@code backup --json}, written as the run goes so that a plan of any size needs no memory: what was
 * asked, {@code plan} (dry runs only), then how it ended. Called by one thread at a time.
 */
public final class JsonBackup implements PlanSink {
    private final Output output;
    private final JsonGenerator json;
    private boolean planOpen;

    /** Begins the object. */
    public JsonBackup(Output output, String user, String source, String destination, boolean dryRun) {
        this.output = output;
        this.json = Json.open(output);
        try {
            json.writeStartObject();
            json.writeStringField("command", "backup");
            json.writeStringField("user", user);
            json.writeStringField("source", source);
            json.writeStringField("destination", destination);
            json.writeBooleanField("dry_run", dryRun);
            if (dryRun) {
                json.writeArrayFieldStart("plan");
                planOpen = true;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void treeChange(TreeChange change) {
        try {
            json.writeStartObject();
            json.writeStringField("mailbox", change.name().toString());
            json.writeStringField("step", PlanWords.kind(change));
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

    @Override
    public void planned(MailboxName mailbox, MailboxPlan plan) {
        try {
            for (Step step : plan.steps()) {
                PlanWords words = PlanWords.of(step);
                json.writeStartObject();
                json.writeStringField("mailbox", mailbox.toString());
                json.writeStringField("step", words.what());
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
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the object with how the run went. */
    public void finish(Outcome outcome, long durationMillis) {
        try {
            closePlan();
            Json.ending(
                    json,
                    name(outcome.status()),
                    outcome.status().exitCode(),
                    outcome.status().retryable(),
                    outcome.reason());
            json.writeArrayFieldStart("mailboxes");
            for (MailboxResult result : outcome.mailboxes()) {
                mailbox(result);
            }
            json.writeEndArray();
            totals(Totals.of(outcome));
            json.writeNumberField("duration_ms", durationMillis);
            json.writeEndObject();
            Json.close(json, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the object of a run that did not come to an outcome. */
    public void fail(int exitCode, String reason, long durationMillis) {
        try {
            closePlan();
            Json.ending(json, "failed", exitCode, exitCode == dev.twinbox.cli.exit.ExitCode.TEMPORARY, reason);
            json.writeNumberField("duration_ms", durationMillis);
            json.writeEndObject();
            Json.close(json, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void closePlan() throws IOException {
        if (planOpen) {
            json.writeEndArray();
            planOpen = false;
        }
    }

    private void mailbox(MailboxResult result) throws IOException {
        json.writeStartObject();
        json.writeStringField("mailbox", result.name().toString());
        json.writeStringField("status", name(result.status()));
        json.writeStringField("reason", result.reason());
        json.writeBooleanField("skipped", result.skipped());
        json.writeNumberField("saved", result.saved());
        json.writeNumberField("expunged", result.expunged());
        json.writeNumberField("flagged", result.flagged());
        json.writeNumberField("renumbered", result.renumbered());
        json.writeNumberField("bytes", result.bytes());
        json.writeEndObject();
    }

    private void totals(Totals totals) throws IOException {
        json.writeObjectFieldStart("totals");
        json.writeNumberField("mailboxes", totals.mailboxes());
        json.writeNumberField("skipped", totals.skipped());
        json.writeNumberField("tree_changes", totals.treeChanges());
        json.writeNumberField("saved", totals.saved());
        json.writeNumberField("expunged", totals.expunged());
        json.writeNumberField("flagged", totals.flagged());
        json.writeNumberField("renumbered", totals.renumbered());
        json.writeNumberField("bytes", totals.bytes());
        json.writeEndObject();
    }

    private static String name(Outcome.Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
