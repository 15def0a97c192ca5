package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Step;

/** What a plan does, in numbers a client would notice. */
record Counts(long saved, long expunged, long flagged, long renumbered, long bytes) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    static Counts of(MailboxPlan plan) {
        long saved = 0;
        long expunged = 0;
        long flagged = 0;
        long renumbered = 0;
        for (Step step : plan.steps()) {
            if (step instanceof MailboxPlan.Save || step instanceof MailboxPlan.Copy) {
                saved++;
            } else if (step instanceof MailboxPlan.Expunge) {
                expunged++;
            } else if (step instanceof MailboxPlan.Renumber) {
                renumbered++;
            } else if (step instanceof MailboxPlan.Update update && update.visible()) {
                flagged++;
            }
        }
        return new Counts(saved, expunged, flagged, renumbered, 0);
    }

    /** Of a source: what it has sent. */
    static Counts sent(long mails, long bytes) {
        return new Counts(mails, 0, 0, 0, bytes);
    }

    Counts withBytes(long count) {
        return new Counts(saved, expunged, flagged, renumbered, count);
    }
}
