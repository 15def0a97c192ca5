package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What can be done of a merge when mails did not come. A gap below UIDNEXT says that a mail was there and was expunged, and
 * the next merge would take it away from the other side, too. So UIDNEXT stops at the first mail that is missing: for the
 * next run it is new, like everything behind it. Pure.
 */
final class BeforeMissing {
    private BeforeMissing() {}

    /** "All mails are there." */
    static final long NONE = Long.MAX_VALUE;

    /** The UID that the first missing mail was to get, or {@link #NONE}. */
    static long first(MailboxPlan plan, Predicate<Save> isMissing) {
        long first = NONE;
        for (Step step : plan.steps()) {
            if (step instanceof Save save && isMissing.test(save)) {
                first = Math.min(first, save.newUid());
            }
        }
        return first;
    }

    /**
     * The plan up to the first missing mail. If there is one, nothing is taken away, and nothing gets another UID: that is
     * decided anew when all are there.
     *
     * @param first as {@link #first} says
     * @param uidNext the mailbox's UIDNEXT now, which does not go down
     */
    static MailboxPlan of(MailboxPlan plan, long first, long uidNext) {
        if (first == NONE) {
            return plan;
        }
        List<Step> possible = new ArrayList<>();
        for (Step step : plan.steps()) {
            if (step instanceof Update || (step instanceof Save save && save.newUid() < first)) {
                possible.add(step);
            }
        }
        Target target = plan.target();
        long next = Math.max(uidNext, first);
        return new MailboxPlan(
                new Target(
                        target.guid(),
                        target.uidValidity(),
                        next,
                        Math.min(target.firstRecentUid(), next),
                        target.highestModSeq(),
                        target.exact()),
                possible);
    }
}
