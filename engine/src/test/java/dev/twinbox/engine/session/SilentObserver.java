package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/** Hears everything and says nothing. */
public class SilentObserver implements SyncObserver {
    @Override
    public void sized(int mailboxes, long mails) {}

    @Override
    public void treeChange(TreeChange change, boolean dryRun) {}

    @Override
    public void planned(MailboxName mailbox, MailboxPlan plan, boolean dryRun) {}

    @Override
    public void mailSaved(MailboxName mailbox, long bytes) {}

    @Override
    public void mailboxDone(Outcome.MailboxResult result, int messages) {}

    @Override
    public void warning(@Nullable MailboxName mailbox, String message) {}

    @Override
    public void damage(@Nullable MailboxName mailbox, String message) {}

    @Override
    public void debug(@Nullable MailboxName mailbox, String message) {}
}
