package dev.twinbox.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.twinbox.cli.convert.ConversionRecord;
import dev.twinbox.cli.convert.Stage;
import dev.twinbox.cli.exit.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result object of {@code convert --json}, written as the conversion goes: what is converted, what the new format cannot
 * hold, {@code steps} with the result objects of the commands that did them, then how far it is. One thread.
 */
public final class JsonConvert {
    private static final String COMMAND = "convert";

    private final Output output;
    private final JsonGenerator json;

    private JsonConvert(Output output) {
        this.output = output;
        this.json = Json.open(output);
    }

    /**
     * Begins the object.
     *
     * @param losses what the new format cannot hold, in words
     */
    public static JsonConvert begin(Output output, ConversionRecord record, List<String> losses) {
        JsonConvert result = new JsonConvert(output);
        try {
            result.open(record);
            result.strings("losses", losses);
            result.json.writeArrayFieldStart("steps");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    /**
     * Says how one step ended.
     *
     * @param results what the command that did it printed: an object in each line
     */
    public void step(String name, int exitCode, long durationMillis, ByteArrayOutputStream results) {
        try {
            json.writeStartObject();
            json.writeStringField("step", name);
            json.writeNumberField("exit_code", exitCode);
            json.writeNumberField("duration_ms", durationMillis);
            json.writeArrayFieldStart("results");
            for (String line : results.toString(StandardCharsets.UTF_8).split("\n")) {
                if (isObject(line)) {
                    json.writeRawValue(line);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command that was killed may have said half of it. */
    private static boolean isObject(String line) {
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            boolean object = parser.nextToken() == JsonToken.START_OBJECT;
            JsonToken token = parser.currentToken();
            while (token != null) {
                token = parser.nextToken();
            }
            return object;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Ends the object.
     *
     * @param record how far it is
     * @param reason why it did not come to its end; null if it did
     */
    public void finish(ConversionRecord record, int exitCode, @Nullable String reason, long durationMillis) {
        try {
            json.writeEndArray();
            progress(record);
            boolean again = exitCode == ExitCode.TEMPORARY || exitCode == ExitCode.DIFFERENT;
            Json.ending(json, status(record, exitCode), exitCode, again, reason);
            json.writeNumberField("duration_ms", durationMillis);
            json.writeEndObject();
            Json.close(json, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the object of {@code --status}. */
    public static void status(Output output, ConversionRecord record, int exitCode) {
        JsonConvert result = new JsonConvert(output);
        try {
            result.open(record);
            result.progress(record);
            result.json.writeStringField(
                    "since", Instant.ofEpochSecond(record.changedSeconds()).toString());
            boolean done = record.stage() == Stage.DONE;
            Json.ending(result.json, done ? "done" : "pending", exitCode, false, null);
            result.json.writeEndObject();
            Json.close(result.json, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String status(ConversionRecord record, int exitCode) {
        return switch (exitCode) {
            case ExitCode.OK -> record.stage() == Stage.DONE ? "done" : "ready";
            case ExitCode.DIFFERENT -> "changed";
            default -> "failed";
        };
    }

    private void open(ConversionRecord record) throws IOException {
        json.writeStartObject();
        json.writeStringField("command", COMMAND);
        json.writeStringField("user", record.user());
        json.writeStringField("from", record.from());
        json.writeStringField("to", record.to());
        strings("excluded", record.excluded());
    }

    private void strings(String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private void progress(ConversionRecord record) throws IOException {
        json.writeStringField("stage", record.stage().word());
        json.writeNumberField("copies", record.rounds());
        json.writeNumberField("last_copy_seconds", record.lastSeconds());
    }
}
