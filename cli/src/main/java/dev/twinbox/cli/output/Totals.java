package dev.twinbox.cli.output;

import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;

/**
 * The sums over a run.
 *
 * @param mailboxes looked at
 * @param skipped of these, left alone because their numbers were equal
 */
public record Totals(
        int mailboxes,
        int skipped,
        int treeChanges,
        long saved,
        long expunged,
        long flagged,
        long renumbered,
        long bytes) {
    /** Adds up an outcome. */
    public static Totals of(Outcome outcome) {
        int skipped = 0;
        long saved = 0;
        long expunged = 0;
        long flagged = 0;
        long renumbered = 0;
        long bytes = 0;
        for (MailboxResult result : outcome.mailboxes()) {
            skipped += result.skipped() ? 1 : 0;
            saved += result.saved();
            expunged += result.expunged();
            flagged += result.flagged();
            renumbered += result.renumbered();
            bytes += result.bytes();
        }
        return new Totals(
                outcome.mailboxes().size(),
                skipped,
                outcome.treeChanges(),
                saved,
                expunged,
                flagged,
                renumbered,
                bytes);
    }

    /** In one line. */
    public String text() {
        return mailboxes + " mailboxes, " + skipped + " unchanged; " + treeChanges + " changes to the mailbox tree; "
                + changes(saved, expunged, flagged, renumbered, bytes);
    }

    static String changes(long saved, long expunged, long flagged, long renumbered, long bytes) {
        return saved + " saved (" + bytes + " bytes), " + expunged + " expunged, " + flagged + " with other flags, "
                + renumbered + " renumbered";
    }
}
