package dev.twinbox.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.twinbox.engine.verify.Difference;
import dev.twinbox.engine.verify.Difference.Kind;
import dev.twinbox.engine.verify.VerifyReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/** The result object of {@code verify --json}. */
public final class JsonVerify {
    private JsonVerify() {}

    /** Writes it. */
    public static void write(
            Output output, String user, String a, String b, VerifyReport report, int exitCode, long durationMillis) {
        JsonGenerator json = Json.open(output);
        try {
            json.writeStartObject();
            json.writeStringField("command", "verify");
            json.writeStringField("user", user);
            json.writeStringField("a", a);
            json.writeStringField("b", b);
            boolean incomplete = exitCode != 0 && exitCode != dev.twinbox.cli.exit.ExitCode.DIFFERENT;
            Json.ending(
                    json,
                    incomplete ? "damaged" : report.same() ? "same" : "different",
                    exitCode,
                    false,
                    incomplete ? "not everything could be read" : null);
            json.writeObjectFieldStart("totals");
            json.writeNumberField("mailboxes", report.mailboxes());
            json.writeNumberField("mails", report.mails());
            json.writeNumberField("bytes", report.bytes());
            json.writeNumberField("differences", report.total());
            json.writeEndObject();
            json.writeObjectFieldStart("counts");
            for (Map.Entry<Kind, Long> count : report.counts().entrySet()) {
                json.writeNumberField(name(count.getKey()), count.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("differences");
            for (Difference difference : report.differences()) {
                json.writeStartObject();
                json.writeStringField("mailbox", difference.mailbox().toString());
                if (difference.uid() != 0) {
                    json.writeNumberField("uid", difference.uid());
                }
                json.writeStringField("kind", name(difference.kind()));
                json.writeStringField("a", difference.a());
                json.writeStringField("b", difference.b());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeBooleanField(
                    "truncated", report.total() > report.differences().size());
            json.writeNumberField("duration_ms", durationMillis);
            json.writeEndObject();
            Json.close(json, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
