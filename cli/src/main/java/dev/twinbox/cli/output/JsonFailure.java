package dev.twinbox.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.twinbox.cli.exit.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The result object of a command that ended before it began. */
public final class JsonFailure {
    private JsonFailure() {}

    /** Writes it. */
    public static void write(Output output, String command, int exitCode, String reason) {
        JsonGenerator json = Json.open(output);
        try {
            json.writeStartObject();
            json.writeStringField("command", command);
            Json.ending(json, "failed", exitCode, exitCode == ExitCode.TEMPORARY, reason);
            json.writeEndObject();
            Json.close(json, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
