package dev.twinbox.cli.output;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;

/** The plan of a dry run on standard output, one line a step. */
public final class PlanText implements PlanSink {
    private final Output output;

    public PlanText(Output output) {
        this.output = output;
    }

    @Override
    public void treeChange(TreeChange change) {
        output.line(change.name() + ": " + PlanWords.of(change));
    }

    @Override
    public void planned(MailboxName mailbox, MailboxPlan plan) {
        String name = mailbox + ": ";
        for (Step step : plan.steps()) {
            PlanWords words = PlanWords.of(step);
            StringBuilder line = new StringBuilder(name).append(words.what());
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
            output.line(line.append(": ").append(step.reason()).toString());
        }
    }
}
