package dev.twinbox.cli.output;

import dev.twinbox.engine.storage.MailboxStatus;
import java.util.ArrayList;
import java.util.List;

/** The table of {@code status}: numbers to the right, and the name last because it may be long. */
public final class StatusText {
    private static final List<String> HEAD =
            List.of("messages", "uidvalidity", "uidnext", "highestmodseq", "guid", "mailbox");

    private StatusText() {}

    /** Writes it. Numbers that nobody has recorded are bracketed. */
    public static void write(Output output, List<StatusRow> rows) {
        List<List<String>> table = new ArrayList<>();
        table.add(HEAD);
        for (StatusRow row : rows) {
            table.add(cells(row));
        }
        int[] widths = new int[HEAD.size() - 1];
        for (List<String> line : table) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : table) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(" ".repeat(widths[i] - line.get(i).length()))
                        .append(line.get(i))
                        .append("  ");
            }
            output.line(text.append(line.get(widths.length)).toString());
        }
    }

    private static List<String> cells(StatusRow row) {
        MailboxStatus status = row.status();
        return List.of(
                Integer.toString(status.messages()),
                number(status.uidValidity(), status),
                number(status.uidNext(), status),
                number(status.highestModSeq(), status),
                status.provisional() ? "(none)" : status.guid().toString(),
                row.name());
    }

    private static String number(long value, MailboxStatus status) {
        return status.provisional() ? "(" + value + ")" : Long.toString(value);
    }
}
