package dev.twinbox.cli.output;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;

/**
 * The plan of a dry run on standard output, one line a step. Several may write to one output at once: the steps of one
 * mailbox stay together.
 */
public final class PlanText implements PlanSink {
    private final Output output;
    private final String prefix;

    /**
     * @param account the account that would be changed, to stand before each line; empty where there is only one
     */
    public PlanText(Output output, String account) {
        this.output = output;
        this.prefix = account.isEmpty() ? "" : account + ": ";
    }

    @Override
    public void treeChange(TreeChange change) {
        output.line(prefix + change.name() + ": " + PlanWords.of(change));
    }

    @Override
    public void planned(MailboxName mailbox, MailboxPlan plan) {
        String name = prefix + mailbox + ": ";
        synchronized (output) {
            for (Step step : plan.steps()) {
                output.line(name + line(step));
            }
        }
    }

    private static String line(Step step) {
        PlanWords words = PlanWords.of(step);
        StringBuilder line = new StringBuilder(words.what());
        if (words.uid() != 0) {
            line.append(" UID ").append(words.uid());
        }
        if (words.newUid() != 0) {
            line.append(words.uid() != 0 ? " to UID " : " UID ").append(words.newUid());
        }
        if (words.guid() != null) {
            line.append(" GUID ").append(words.guid());
        }
        if (words.flags() != null) {
            line.append(" flags (").append(words.flags()).append(')');
        }
        return line.append(": ").append(step.reason()).toString();
    }
}
