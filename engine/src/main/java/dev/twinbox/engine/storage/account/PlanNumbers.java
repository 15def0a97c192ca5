package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxPlan.Valued;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import java.util.HashSet;
import java.util.Set;

/**
 * The numbers a mailbox gets by a plan. Pure.
 *
 * @param target the numbers; for a plan of lower bounds what they come to
 */
public record PlanNumbers(Target target) {
    /**
     * A target of lower bounds as the numbers it comes to here.
     *
     * @throws IllegalArgumentException if an exact UIDNEXT is not above every UID
     */
    public static PlanNumbers of(MailboxPlan plan, MailboxSnapshot now) {
        Target target = plan.target();
        MailboxStatus status = now.status();
        long lastUid = 0;
        boolean visible = false;
        Set<Long> moved = new HashSet<>();
        for (Step step : plan.steps()) {
            lastUid = Math.max(lastUid, newUid(step));
            visible |= isVisible(step);
            if (step instanceof Expunge s) {
                moved.add(s.uid());
            } else if (step instanceof Renumber s) {
                moved.add(s.uid());
            }
        }
        for (int row = now.size() - 1; row >= 0 && lastUid < now.uid(row); row--) {
            if (!moved.contains(now.uid(row))) {
                lastUid = now.uid(row);
            }
        }
        if (target.exact()) {
            if (target.uidNext() <= lastUid) {
                throw new IllegalArgumentException("UIDNEXT " + target.uidNext() + " is not above UID " + lastUid);
            }
            return new PlanNumbers(target);
        }
        return new PlanNumbers(new Target(
                target.guid(),
                status.provisional() ? target.uidValidity() : Math.max(status.uidValidity(), target.uidValidity()),
                Math.max(Math.max(status.uidNext(), target.uidNext()), lastUid + 1),
                Math.max(status.firstRecentUid(), target.firstRecentUid()),
                Math.max(Math.max(1, status.highestModSeq()) + (visible ? 1 : 0), target.highestModSeq()),
                false));
    }

    private static long newUid(Step step) {
        if (step instanceof Renumber s) {
            return s.newUid();
        }
        if (step instanceof Copy s) {
            return s.newUid();
        }
        return step instanceof Save s ? s.newUid() : 0;
    }

    /** An exact HIGHESTMODSEQ is above everything; otherwise what a client would see changed gets a new modseq. */
    public long modSeq(long planned, boolean changed) {
        if (target.exact()) {
            return Math.min(planned, Math.max(1, target.highestModSeq()));
        }
        return changed && planned > 0 ? Math.max(planned, target.highestModSeq()) : planned;
    }

    /** The modseq that a mail gets by a step. */
    public long modSeq(Valued step) {
        return modSeq(step.modSeq(), isVisible(step));
    }

    /** Whether a client would see a difference. */
    private static boolean isVisible(Step step) {
        return !(step instanceof Update update) || update.visible();
    }
}
