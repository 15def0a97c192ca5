package dev.twinbox.engine.verify;

import dev.twinbox.engine.verify.Difference.Kind;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects differences: all are counted, the first ones kept. Used by one thread. */
final class Findings {
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final List<Difference> kept = new ArrayList<>();

    void add(MailboxName mailbox, long uid, Kind kind, String a, String b) {
        counts.merge(kind, 1L, Long::sum);
        if (kept.size() < VerifyReport.DIFFERENCES_MAX) {
            kept.add(new Difference(mailbox, uid, kind, a, b));
        }
    }

    void addIfNot(boolean equal, MailboxName mailbox, long uid, Kind kind, Object a, Object b) {
        if (!equal) {
            add(mailbox, uid, kind, a.toString(), b.toString());
        }
    }

    VerifyReport report(int mailboxes, long mails, long bytes) {
        return new VerifyReport(mailboxes, mails, bytes, counts, kept);
    }
}
