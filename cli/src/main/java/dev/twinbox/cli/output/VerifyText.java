package dev.twinbox.cli.output;

import dev.twinbox.engine.verify.Difference;
import dev.twinbox.engine.verify.Difference.Kind;
import dev.twinbox.engine.verify.VerifyReport;
import java.util.Locale;
import java.util.Map;

/** What {@code verify} prints: a line for each difference, then how many there are. */
public final class VerifyText {
    private VerifyText() {}

    /** Writes it. */
    public static void write(Output output, VerifyReport report) {
        for (Difference difference : report.differences()) {
            StringBuilder line =
                    new StringBuilder().append(difference.mailbox()).append(": ");
            if (difference.uid() != 0) {
                line.append("UID ").append(difference.uid()).append(": ");
            }
            line.append(name(difference.kind()))
                    .append(": ")
                    .append(shown(difference.a()))
                    .append(" | ")
                    .append(shown(difference.b()));
            output.line(line.toString());
        }
        long hidden = report.total() - report.differences().size();
        if (hidden > 0) {
            output.line("… and " + hidden + " more");
        }
        StringBuilder end = new StringBuilder(report.same() ? "same: " : "not the same: ");
        end.append(report.mailboxes())
                .append(" mailboxes, ")
                .append(report.mails())
                .append(" mails, ");
        end.append(report.bytes()).append(" bytes compared");
        String separator = "; differences: ";
        for (Map.Entry<Kind, Long> count : report.counts().entrySet()) {
            end.append(separator).append(count.getValue()).append(' ').append(name(count.getKey()));
            separator = ", ";
        }
        output.line(end.toString());
    }

    static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String shown(String value) {
        return value.isEmpty() ? "(none)" : value;
    }
}
