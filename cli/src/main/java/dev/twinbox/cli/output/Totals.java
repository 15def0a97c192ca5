package dev.twinbox.cli.output;

import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.protocol.item.MailboxName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The sums over a run.
 *
 * @param mailboxes looked at, by name: one that is at both accounts counts once
 * @param skipped of these, left alone at all accounts because their numbers were equal
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
    /** Adds up what was done to one account. */
    public static Totals of(AccountResult account) {
        return ofAll(List.of(account));
    }

    /** Adds up what was done to several accounts. */
    public static Totals ofAll(List<AccountResult> accounts) {
        Set<MailboxName> names = new HashSet<>();
        Set<MailboxName> touched = new HashSet<>();
        int treeChanges = 0;
        long saved = 0;
        long expunged = 0;
        long flagged = 0;
        long renumbered = 0;
        long bytes = 0;
        for (AccountResult account : accounts) {
            treeChanges += account.treeChanges();
            for (MailboxResult result : account.mailboxes()) {
                names.add(result.name());
                if (!result.skipped()) {
                    touched.add(result.name());
                }
                saved += result.saved();
                expunged += result.expunged();
                flagged += result.flagged();
                renumbered += result.renumbered();
                bytes += result.bytes();
            }
        }
        return new Totals(
                names.size(), names.size() - touched.size(), treeChanges, saved, expunged, flagged, renumbered, bytes);
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
