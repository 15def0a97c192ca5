package dev.twinbox.engine.verify;

import dev.twinbox.engine.verify.Difference.Kind;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How a comparison ended.
 *
 * @param mailboxes that are on both sides
 * @param mails that are on both sides and were compared
 * @param bytes content read on each side
 * @param counts how often each kind of difference occurred; kinds that did not are missing
 * @param differences the first ones, in order of the mailboxes
 */
public record VerifyReport(
        int mailboxes, long mails, long bytes, Map<Kind, Long> counts, List<Difference> differences) {
    /** Most differences kept; all are counted. */
    public static final int DIFFERENCES_MAX = 1000;

    public VerifyReport {
        EnumMap<Kind, Long> copy = new EnumMap<>(Kind.class);
        copy.putAll(counts);
        counts = Collections.unmodifiableMap(copy);
        differences = List.copyOf(differences);
    }

    /** Whether the accounts are the same in everything compared. */
    public boolean same() {
        return counts.isEmpty();
    }

    /** Whether something could not be read. */
    public boolean incomplete() {
        return counts.containsKey(Kind.UNREADABLE);
    }

    /** All differences, those not kept included. */
    public long total() {
        long sum = 0;
        for (long count : counts.values()) {
            sum += count;
        }
        return sum;
    }
}
