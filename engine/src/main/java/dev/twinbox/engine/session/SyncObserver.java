package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;

/**
 * Told what a run does as it does it; prints, counts or records. Called from several threads, one call at a time for the
 * destination's events. Must return quickly and must not throw.
 */
public interface SyncObserver extends StoreReport {
    /** The size of the job: how many mailboxes and mails the source has. */
    void sized(int mailboxes, long mails);

    /** A change to the destination's tree; only planned if {@code dryRun}. */
    void treeChange(TreeChange change, boolean dryRun);

    /** What will be done (or, if {@code dryRun}, would be done) to a mailbox. Called with at least one step. */
    void planned(MailboxName mailbox, MailboxPlan plan, boolean dryRun);

    /** A mail was staged at the destination. */
    void mailSaved(MailboxName mailbox, long bytes);

    /** A mailbox is through. */
    void mailboxDone(Outcome.MailboxResult result, int messages);
}
