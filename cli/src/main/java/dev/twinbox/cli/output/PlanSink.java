package dev.twinbox.cli.output;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;

/** Takes down what a dry run would do to one account. Called by one thread at a time. */
public interface PlanSink {
    /** A change to the mailbox tree. */
    void treeChange(TreeChange change);

    /** A change to a mailbox, step by step. */
    void planned(MailboxName mailbox, MailboxPlan plan);
}
