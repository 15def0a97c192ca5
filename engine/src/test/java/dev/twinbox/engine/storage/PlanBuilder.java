package dev.twinbox.engine.storage;

import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes plans for tests. The target is exact, keeps the identity of the basis and has the lowest UIDNEXT and HIGHESTMODSEQ
 * that fit the basis and the steps, unless told otherwise.
 */
public final class PlanBuilder {
    private static final String WHY = "the test wants it";

    private final List<Step> steps = new ArrayList<>();
    private MailboxGuid guid;
    private long uidValidity;
    private long uidNext;
    private long firstRecentUid;
    private long highestModSeq;
    private boolean exact = true;

    /** Values of a mail that a plan gives it. */
    public record Values(Flags flags, Keywords keywords, long modSeq, long received) {
        /** No flags. */
        public static Values of(long modSeq, long received) {
            return new Values(Flags.NONE, Keywords.NONE, modSeq, received);
        }

        /** The same with these flags and keywords. */
        public Values with(int flagBits, String... names) {
            return new Values(new Flags(flagBits), Keywords.of(List.of(names)), modSeq, received);
        }
    }

    /** A plan without steps for a mailbox as it is. */
    public PlanBuilder(MailboxStatus basis) {
        guid = basis.guid();
        uidValidity = basis.uidValidity();
        uidNext = basis.uidNext();
        firstRecentUid = basis.firstRecentUid();
        highestModSeq = basis.highestModSeq();
    }

    /** Lower bounds instead of exact numbers. */
    public PlanBuilder notExact() {
        exact = false;
        return this;
    }

    /** Another identity. */
    public PlanBuilder identity(MailboxGuid newGuid, long newUidValidity) {
        guid = newGuid;
        uidValidity = newUidValidity;
        return this;
    }

    /** These numbers; to be called after the steps. */
    public PlanBuilder numbers(long newUidNext, long newFirstRecentUid, long newHighestModSeq) {
        uidNext = newUidNext;
        firstRecentUid = newFirstRecentUid;
        highestModSeq = newHighestModSeq;
        return this;
    }

    public PlanBuilder save(long uid, MailGuid mail, Values v) {
        return add(uid, v, new Save(uid, mail, v.flags(), v.keywords(), v.modSeq(), v.received(), WHY));
    }

    public PlanBuilder copy(long fromUid, long uid, Values v) {
        return add(uid, v, new Copy(fromUid, uid, v.flags(), v.keywords(), v.modSeq(), v.received(), WHY));
    }

    public PlanBuilder renumber(long uid, long newUid, Values v) {
        return add(newUid, v, new Renumber(uid, newUid, v.flags(), v.keywords(), v.modSeq(), v.received(), WHY));
    }

    public PlanBuilder update(long uid, Values v) {
        return add(uid, v, new Update(uid, v.flags(), v.keywords(), v.modSeq(), v.received(), true, WHY));
    }

    /** Only the modseq changes. */
    public PlanBuilder touch(long uid, Values v) {
        return add(uid, v, new Update(uid, v.flags(), v.keywords(), v.modSeq(), v.received(), false, WHY));
    }

    public PlanBuilder expunge(long uid, MailGuid mail) {
        steps.add(new Expunge(uid, mail, WHY));
        return this;
    }

    public MailboxPlan build() {
        return new MailboxPlan(
                new Target(guid, uidValidity, uidNext, firstRecentUid, highestModSeq, exact), List.copyOf(steps));
    }

    private PlanBuilder add(long uid, Values v, Step step) {
        steps.add(step);
        uidNext = Math.max(uidNext, uid + 1);
        highestModSeq = Math.max(highestModSeq, v.modSeq());
        return this;
    }
}
