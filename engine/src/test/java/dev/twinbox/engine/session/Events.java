package dev.twinbox.engine.session;

import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a run said, in order. Safe for use by several threads. */
final class Events implements SyncObserver {
    private final List<String> all = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private final List<String> damages = new ArrayList<>();

    /** Everything, one line each. */
    synchronized List<String> all() {
        return List.copyOf(all);
    }

    /** What was changed, or would be: tree changes and steps, one line each. */
    synchronized List<String> changes() {
        return List.copyOf(changes);
    }

    synchronized List<String> damages() {
        return List.copyOf(damages);
    }

    private synchronized void change(String line) {
        all.add(line);
        changes.add(line);
    }

    private synchronized void note(String line) {
        all.add(line);
    }

    @Override
    public void sized(int mailboxes, long mails) {
        note("sized " + mailboxes + " " + mails);
    }

    @Override
    public void treeChange(TreeChange change, boolean dryRun) {
        change(change.toString());
    }

    @Override
    public void planned(MailboxName mailbox, MailboxPlan plan, boolean dryRun) {
        for (MailboxPlan.Step step : plan.steps()) {
            change(mailbox + ": " + step);
        }
    }

    @Override
    public void mailSaved(MailboxName mailbox, long bytes) {
        note("saved " + mailbox + " " + bytes);
    }

    @Override
    public void mailboxDone(MailboxResult result, int messages) {
        note("done " + result.name());
    }

    @Override
    public void warning(@Nullable MailboxName mailbox, String message) {
        note("warning " + mailbox + ": " + message);
    }

    @Override
    public synchronized void damage(@Nullable MailboxName mailbox, String message) {
        all.add("damage " + mailbox + ": " + message);
        damages.add(mailbox + ": " + message);
    }

    @Override
    public void debug(@Nullable MailboxName mailbox, String message) {}
}
