package dev.twinbox.engine.session;

import dev.twinbox.engine.state.SyncState;
import dev.twinbox.protocol.item.MailboxName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param status the run as a whole; the command line makes its exit code of it
 * @param reason why it is not {@link Status#DONE}, for the administrator; null if it is
 * @param mailboxes one result for each mailbox that was looked at
 * @param treeChanges mailboxes created, renamed, deleted, subscribed and so on
 * @param state what a stateful run can go on from; of a two-way or one-way merge only
 * @param cut whether it broke off because the way to the other end did, so that another try may get further
 * @param shared whether the other end has told the reason, or was told it: then it need not be told to people twice
 */
public record Outcome(
        Status status,
        @Nullable String reason,
        List<MailboxResult> mailboxes,
        int treeChanges,
        SyncState state,
        boolean cut,
        boolean shared) {
    /** The reason of a mailbox whose numbers were equal and in which nothing differs. */
    public static final String UNCHANGED = "unchanged";

    public Outcome {
        mailboxes = List.copyOf(mailboxes);
    }

    /** Of a run that came to its end. */
    public Outcome(
            Status status, @Nullable String reason, List<MailboxResult> mailboxes, int treeChanges, SyncState state) {
        this(status, reason, mailboxes, treeChanges, state, false, false);
    }

    /** The same, whose reason the other end knows. */
    Outcome asShared() {
        return new Outcome(status, reason, mailboxes, treeChanges, state, cut, true);
    }

    /** Of a run that keeps no state. */
    public Outcome(Status status, @Nullable String reason, List<MailboxResult> mailboxes, int treeChanges) {
        this(status, reason, mailboxes, treeChanges, SyncState.EMPTY);
    }

    /** How far a run got; later constants outrank earlier ones when several things went wrong. */
    public enum Status {
        /** The destination is like the source. */
        DONE(0, false),
        /** Everything was done, but the source changed meanwhile: run again. */
        CHANGED(2, true),
        /** Something is damaged or cannot be stored there; the rest was done. */
        DAMAGED(65, false),
        /** The other end cannot do what was asked for; nothing was done. */
        NOT_POSSIBLE(64, false),
        /** There is no such thing as was asked for. */
        NOT_FOUND(68, false),
        /** No space or quota. */
        NO_SPACE(73, true),
        /** No permission. */
        NO_PERMISSION(77, false),
        /** A temporary failure. */
        TEMPORARY(75, true),
        /** The delete guard stopped the run before the first write. */
        GUARDED(66, false);

        private final int exitCode;
        private final boolean retryable;

        Status(int exitCode, boolean retryable) {
            this.exitCode = exitCode;
            this.retryable = retryable;
        }

        /** The status with that exit code; one that is not known is a temporary failure. */
        static Status of(int exitCode) {
            for (Status each : values()) {
                if (each.exitCode == exitCode) {
                    return each;
                }
            }
            return TEMPORARY;
        }

        /** The exit code of doveadm's table. */
        public int exitCode() {
            return exitCode;
        }

        /** Whether running again may help without anybody doing anything. */
        public boolean retryable() {
            return retryable;
        }

        /** The graver of two. */
        public Status and(Status other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /**
     * What happened to one mailbox of the destination.
     *
     * @param status as for the run
     * @param reason why it was synced, skipped or failed; of a one-way merge also in what it differs from the source
     * @param skipped whether it was left alone: its numbers were equal, or only one side has it
     */
    public record MailboxResult(
            MailboxName name,
            Status status,
            String reason,
            boolean skipped,
            long saved,
            long expunged,
            long flagged,
            long renumbered,
            long bytes) {
        /** What happened to the mailbox in two rounds of one run. */
        public MailboxResult and(MailboxResult later) {
            Status worst = status.and(later.status);
            return sum(later, worst, worst == later.status ? later.reason : reason);
        }

        /** This result, and what was done to the mailbox over connections before that did not come to its end. */
        MailboxResult after(MailboxResult before) {
            return sum(before, status, reason);
        }

        private MailboxResult sum(MailboxResult other, Status how, String why) {
            return new MailboxResult(
                    name,
                    how,
                    why,
                    skipped && other.skipped,
                    saved + other.saved,
                    expunged + other.expunged,
                    flagged + other.flagged,
                    renumbered + other.renumbered,
                    bytes + other.bytes);
        }

        /** All changes a client would see. */
        public long changes() {
            return saved + expunged + flagged + renumbered;
        }
    }

    /** How a run ended whose last connection ended so, and what it did in all, if the ones before ended as {@code before} says. */
    public Outcome after(Outcome before) {
        Map<MailboxName, MailboxResult> all = new LinkedHashMap<>();
        for (MailboxResult one : before.mailboxes) {
            all.put(one.name(), one);
        }
        for (MailboxResult one : mailboxes) {
            MailboxResult earlier = all.get(one.name());
            all.put(one.name(), earlier == null ? one : one.after(earlier));
        }
        return new Outcome(
                status, reason, List.copyOf(all.values()), before.treeChanges + treeChanges, state, cut, shared);
    }

    /** All changes a client would see, mailbox tree included. */
    public long changes() {
        long sum = treeChanges;
        for (MailboxResult mailbox : mailboxes) {
            sum += mailbox.changes();
        }
        return sum;
    }
}
