package dev.twinbox.cli.output;

import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.SyncObserver;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/** Turns a run's events into messages, progress and, for a dry run, the plan. Safe for use by several threads. */
public final class BackupObserver implements SyncObserver {
    private final Messages messages;
    private final Progress progress;
    private final @Nullable PlanSink plan;

    /**
     * @param plan where a dry run's plan goes, or null
     */
    public BackupObserver(Messages messages, Progress progress, @Nullable PlanSink plan) {
        this.messages = messages;
        this.progress = progress;
        this.plan = plan;
    }

    @Override
    public void sized(int mailboxes, long mails) {
        progress.total(mailboxes, mails);
    }

    @Override
    public synchronized void treeChange(TreeChange change, boolean dryRun) {
        if (dryRun && plan != null) {
            plan.treeChange(change);
        }
        if (messages.isVerbose() && !dryRun) {
            messages.info(change.name() + ": " + PlanWords.of(change));
        }
    }

    @Override
    public synchronized void planned(MailboxName mailbox, MailboxPlan steps, boolean dryRun) {
        if (dryRun && plan != null) {
            plan.planned(mailbox, steps);
        }
    }

    @Override
    public void mailSaved(MailboxName mailbox, long bytes) {
        progress.mail(mailbox.toString(), bytes);
    }

    @Override
    public void mailboxDone(Outcome.MailboxResult result, int mails) {
        progress.mailbox(result.name().toString(), mails);
        if (messages.isDebug() || (messages.isVerbose() && !result.skipped())) {
            messages.info(result.name() + ": " + mails + " mails, "
                    + (result.skipped()
                            ? "unchanged"
                            : Totals.changes(
                                    result.saved(),
                                    result.expunged(),
                                    result.flagged(),
                                    result.renumbered(),
                                    result.bytes()))
                    + (result.reason().isEmpty() ? "" : " (" + result.reason() + ")"));
        }
    }

    @Override
    public void warning(@Nullable MailboxName mailbox, String message) {
        messages.warning(StoreMessages.place(mailbox, message));
    }

    @Override
    public void damage(@Nullable MailboxName mailbox, String message) {
        messages.error(StoreMessages.place(mailbox, message));
    }

    @Override
    public void debug(@Nullable MailboxName mailbox, String message) {
        if (messages.isDebug()) {
            messages.debug(StoreMessages.place(mailbox, message));
        }
    }
}
