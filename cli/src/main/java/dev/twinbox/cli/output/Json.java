package dev.twinbox.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** What the JSON results have in common. Loaded only for {@code --json}. */
final class Json {
    private Json() {}

    /** A writer to standard output; one object in one line; to be ended by {@link #close}. */
    static JsonGenerator open(Output output) {
        try {
            JsonGenerator json = new JsonFactory().createGenerator(output);
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            return json;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the line and flushes. */
    static void close(JsonGenerator json, Output output) throws IOException {
        json.close();
        output.write('\n');
        output.flush();
    }

    static void ending(JsonGenerator json, String status, int exitCode, boolean retryable, @Nullable String reason)
            throws IOException {
        json.writeStringField("status", status);
        json.writeNumberField("exit_code", exitCode);
        json.writeBooleanField("retryable", retryable);
        stringOrNull(json, "reason", reason);
    }

    static void stringOrNull(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, value);
        }
    }

    static void stringIfThere(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }
}
