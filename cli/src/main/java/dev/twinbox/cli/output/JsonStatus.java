package dev.twinbox.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.twinbox.engine.storage.MailboxStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The result object of {@code status --json}. */
public final class JsonStatus {
    private JsonStatus() {}

    /** Writes it. */
    public static void write(Output output, String user, String location, List<StatusRow> rows, int exitCode) {
        JsonGenerator json = Json.open(output);
        try {
            json.writeStartObject();
            json.writeStringField("command", "status");
            json.writeStringField("user", user);
            json.writeStringField("location", location);
            Json.ending(
                    json,
                    exitCode == 0 ? "done" : "damaged",
                    exitCode,
                    false,
                    exitCode == 0 ? null : "something could not be read");
            json.writeArrayFieldStart("mailboxes");
            long messages = 0;
            for (StatusRow row : rows) {
                MailboxStatus status = row.status();
                messages += status.messages();
                json.writeStartObject();
                json.writeStringField("mailbox", row.name());
                json.writeNumberField("messages", status.messages());
                json.writeNumberField("uid_validity", status.uidValidity());
                json.writeNumberField("uid_next", status.uidNext());
                json.writeNumberField("highest_modseq", status.highestModSeq());
                json.writeStringField("guid", status.guid().toString());
                json.writeBooleanField("provisional", status.provisional());
                json.writeBooleanField("subscribed", row.subscribed());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeObjectFieldStart("totals");
            json.writeNumberField("mailboxes", rows.size());
            json.writeNumberField("messages", messages);
            json.writeEndObject();
            json.writeEndObject();
            Json.close(json, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
