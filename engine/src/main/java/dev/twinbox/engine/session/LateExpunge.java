package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes mails away that had to stay until their copies had arrived elsewhere. */
final class LateExpunge {
    private LateExpunge() {}

    /** Splits a plan: without the expunges of these mails, and with nothing but them. */
    record Split(MailboxPlan now, MailboxPlan later) {}

    /** Puts off what the predicate says. */
    static Split split(MailboxPlan plan, java.util.function.Predicate<Expunge> late) {
        List<Step> now = new ArrayList<>(plan.steps().size());
        List<Step> later = new ArrayList<>();
        Set<Long> needed = new HashSet<>();
        for (Step step : plan.steps()) {
            if (step instanceof MailboxPlan.Save save) {
                needed.add(save.newUid());
            } else if (step instanceof MailboxPlan.Copy copy) {
                needed.add(copy.newUid());
            } else if (step instanceof MailboxPlan.Renumber renumber) {
                needed.add(renumber.newUid());
            }
        }
        for (Step step : plan.steps()) {
            if (step instanceof Expunge expunge && !needed.contains(expunge.uid()) && late.test(expunge)) {
                later.add(step);
            } else {
                now.add(step);
            }
        }
        return new Split(new MailboxPlan(plan.target(), now), new MailboxPlan(plan.target(), later));
    }

    /**
     * Carries out the later half.
     *
     * @return the numbers the mailbox has now, or nothing if somebody used it in between, and it is not as planned
     */
    static Optional<MailboxStatus> carryOut(Mailbox box, MailboxPlan plan) throws IOException {
        MailboxSnapshot table = box.snapshot();
        MailboxPlan.Target target = plan.target();
        List<Step> steps = new ArrayList<>();
        for (Step step : plan.steps()) {
            if (step instanceof Expunge expunge) {
                int row = table.rowOf(expunge.uid());
                if (row >= 0 && table.guid(row).equals(expunge.guid())) {
                    steps.add(expunge);
                }
            }
        }
        MailboxStatus is = table.status();
        // A plan that is not exact leaves the modseq to the store: whatever it made of it is as planned.
        boolean asLeft = steps.size() == plan.steps().size()
                && is.uidNext() == target.uidNext()
                && (!target.exact() || is.highestModSeq() == target.highestModSeq());
        MailboxPlan.Target reachable = new MailboxPlan.Target(
                is.guid(),
                is.uidValidity(),
                is.uidNext(),
                is.firstRecentUid(),
                is.highestModSeq(),
                asLeft && target.exact());
        try (Staging staging = box.stage()) {
            boolean done = staging.commit(table, new MailboxPlan(reachable, steps)) == Staging.Result.DONE;
            return done && asLeft ? Optional.of(box.status()) : Optional.empty();
        }
    }
}
