package dev.twinbox.cli.output;

import dev.twinbox.engine.session.Outcome;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.SyncObserver;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a run's events, or those of one account of a run that writes two, into messages, progress and, for a dry run, the
 * plan; and keeps the results. Safe for use by several threads.
 */
public final class RunObserver implements SyncObserver {
    /** How many warnings are remembered, so that none is said twice: a run looks at a mailbox more than once. */
    private static final int WARNINGS_MAX = 1000;

    private final Messages messages;
    private final Progress progress;
    private final @Nullable PlanSink plan;
    private final String account;
    private final String prefix;
    private final boolean leading;
    private final Set<String> warnings = new HashSet<>();
    private final Map<MailboxName, MailboxResult> results = new LinkedHashMap<>();
    private int treeChanges;

    private RunObserver(
            Messages messages, Progress progress, @Nullable PlanSink plan, String account, boolean leading) {
        this.messages = messages;
        this.progress = progress;
        this.plan = plan;
        this.account = account;
        this.prefix = account.isEmpty() ? "" : account + ": ";
        this.leading = leading;
    }

    /**
     * Of a run that writes one account.
     *
     * @param plan where a dry run's plan goes, or null
     */
    public static RunObserver ofAll(Messages messages, Progress progress, @Nullable PlanSink plan) {
        return new RunObserver(messages, progress, plan, "", true);
    }

    /**
     * Of one account of two; its name stands before each message.
     *
     * @param leading whether this one's mailboxes are counted for the progress; the other's are the same ones
     */
    public static RunObserver ofOne(
            Messages messages, Progress progress, @Nullable PlanSink plan, String account, boolean leading) {
        return new RunObserver(messages, progress, plan, account, leading);
    }

    @Override
    public void sized(int mailboxes, long mails) {
        if (leading) {
            progress.total(mailboxes, mails);
        }
    }

    @Override
    public synchronized void treeChange(TreeChange change, boolean dryRun) {
        treeChanges++;
        if (dryRun && plan != null) {
            plan.treeChange(change);
        }
        if (messages.isVerbose() && !dryRun) {
            messages.info(prefix + change.name() + ": " + PlanWords.of(change));
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
    public synchronized void mailboxDone(MailboxResult result, int mails) {
        MailboxResult earlier = results.get(result.name());
        results.put(result.name(), earlier == null ? result : earlier.and(result));
        if (leading) {
            progress.mailbox(result.name().toString(), mails);
        }
        boolean silent = result.skipped() && result.reason().equals(Outcome.UNCHANGED);
        if (messages.isDebug() || (messages.isVerbose() && !silent)) {
            messages.info(prefix + result.name() + ": " + words(result, mails));
        }
    }

    private static String words(MailboxResult result, int mails) {
        if (result.skipped()) {
            return (mails > 0 ? mails + " mails, " : "") + result.reason();
        }
        String changes = Totals.changes(
                result.saved(), result.expunged(), result.flagged(), result.renumbered(), result.bytes());
        return mails + " mails, " + changes + (result.reason().isEmpty() ? "" : " (" + result.reason() + ")");
    }

    /** What has been done so far, as far as it was told here. */
    public synchronized AccountResult result() {
        return new AccountResult(account.isEmpty() ? null : account, List.copyOf(results.values()), treeChanges);
    }

    @Override
    public synchronized void warning(@Nullable MailboxName mailbox, String message) {
        String text = prefix + StoreMessages.place(mailbox, message);
        if (warnings.size() >= WARNINGS_MAX || warnings.add(text)) {
            messages.warning(text);
        }
    }

    @Override
    public void damage(@Nullable MailboxName mailbox, String message) {
        messages.error(prefix + StoreMessages.place(mailbox, message));
    }

    @Override
    public void debug(@Nullable MailboxName mailbox, String message) {
        if (messages.isDebug()) {
            messages.debug(prefix + StoreMessages.place(mailbox, message));
        }
    }
}
