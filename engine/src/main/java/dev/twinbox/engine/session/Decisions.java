package dev.twinbox.engine.session;

import dev.twinbox.engine.merge.MailboxMerge;
import dev.twinbox.engine.merge.MailboxMerge.Common;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxInfo;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What was decided of mailboxes when a run was planned. Where neither side has changed since, as the digests of all its mails and its
 * highest modseq say, it is not worked out again, which takes its time with a million mails. Safe for use by several threads.
 */
final class Decisions {
    /** Of so many steps in all at most are the plans kept. */
    private static final int STEPS_MAX = 20_000;

    private final Map<MailboxGuid, Decision> known = new ConcurrentHashMap<>();
    private final AtomicInteger steps = new AtomicInteger();

    /**
     * What follows from what the sides say of a mailbox.
     *
     * @param mine this side's numbers and digests
     * @param theirs the other side's
     */
    record Decision(MailboxInfo mine, MailboxInfo theirs, Common common, MailboxMerge.Result merged) {
        private boolean isOf(MailboxInfo own, MailboxInfo other, Common position) {
            return same(mine, own)
                    && same(theirs, other)
                    && common.uid() == position.uid()
                    && common.modSeq() == position.modSeq();
        }

        private static boolean same(MailboxInfo then, MailboxInfo now) {
            return !now.blocks().isNone()
                    && now.blocks().equals(then.blocks())
                    && now.incremental() == then.incremental()
                    && Infos.status(now).equals(Infos.status(then));
        }
    }

    /** What was decided, if it was decided of just this. */
    MailboxMerge.@Nullable Result find(MailboxInfo mine, MailboxInfo theirs, Common common) {
        Decision decision = known.get(mine.guid());
        return decision != null && decision.isOf(mine, theirs, common) ? decision.merged() : null;
    }

    void keep(Decision decision) {
        MailboxMerge.Result merged = decision.merged();
        int more = merged.initiatorPlan().steps().size()
                + merged.responderPlan().steps().size();
        if (steps.addAndGet(more) <= STEPS_MAX) {
            known.put(decision.mine().guid(), decision);
        } else {
            steps.addAndGet(-more);
        }
    }
}
