package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * In the first round no mail is taken away whose place nobody needs: it may have been moved to a mailbox that is still to
 * come, and a run that is cut off in between must not leave the replica without it. The next round takes it away. Pure.
 */
final class HeldBack {
    private HeldBack() {}

    /** The plan without the expunges that can wait. */
    static MailboxPlan without(MailboxPlan plan) {
        Set<Long> needed = needed(plan);
        List<Step> now = new ArrayList<>(plan.steps().size());
        for (Step step : plan.steps()) {
            if (!canWait(step, plan, needed)) {
                now.add(step);
            }
        }
        return now.size() == plan.steps().size() ? plan : new MailboxPlan(plan.target(), now);
    }

    /**
     * The plan with another HIGHESTMODSEQ than the source's: as long as something is missing the mailbox must not look
     * equal, and a mail too many and one too few would make up for each other in the count.
     */
    static MailboxPlan notYetEqual(MailboxPlan plan) {
        MailboxPlan.Target target = plan.target();
        long highest = target.highestModSeq() > 1 ? target.highestModSeq() - 1 : target.highestModSeq() + 1;
        List<Step> capped = new ArrayList<>(plan.steps().size());
        for (Step step : plan.steps()) {
            capped.add(capped(step, highest));
        }
        return new MailboxPlan(target.withHighestModSeq(highest), capped);
    }

    private static Step capped(Step step, long highest) {
        if (step instanceof MailboxPlan.Save s && s.modSeq() > highest) {
            return new MailboxPlan.Save(
                    s.newUid(), s.guid(), s.flags(), s.keywords(), highest, s.received(), s.reason());
        }
        if (step instanceof MailboxPlan.Copy s && s.modSeq() > highest) {
            return new MailboxPlan.Copy(
                    s.fromUid(), s.newUid(), s.flags(), s.keywords(), highest, s.received(), s.reason());
        }
        if (step instanceof MailboxPlan.Renumber s && s.modSeq() > highest) {
            return new MailboxPlan.Renumber(
                    s.uid(), s.newUid(), s.flags(), s.keywords(), highest, s.received(), s.reason());
        }
        if (step instanceof MailboxPlan.Update s && s.modSeq() > highest) {
            return new MailboxPlan.Update(
                    s.uid(), s.flags(), s.keywords(), highest, s.received(), s.visible(), s.reason());
        }
        return step;
    }

    /** How many expunges can wait. */
    static int count(MailboxPlan plan) {
        Set<Long> needed = needed(plan);
        int count = 0;
        for (Step step : plan.steps()) {
            if (canWait(step, plan, needed)) {
                count++;
            }
        }
        return count;
    }

    private static boolean canWait(Step step, MailboxPlan plan, Set<Long> needed) {
        return step instanceof Expunge expunge
                && expunge.uid() < plan.target().uidNext()
                && !needed.contains(expunge.uid());
    }

    /** The UIDs that other mails get. */
    private static Set<Long> needed(MailboxPlan plan) {
        Set<Long> uids = new HashSet<>();
        for (Step step : plan.steps()) {
            if (step instanceof MailboxPlan.Save save) {
                uids.add(save.newUid());
            } else if (step instanceof MailboxPlan.Copy copy) {
                uids.add(copy.newUid());
            } else if (step instanceof MailboxPlan.Renumber renumber) {
                uids.add(renumber.newUid());
            }
        }
        return uids;
    }
}
