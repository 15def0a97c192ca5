package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.merge.MailboxMerge.Common;
import dev.twinbox.engine.merge.MailboxMerge.Mode;
import dev.twinbox.engine.merge.MailboxMerge.Result;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.BlockDigests;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/** Merges, and makes sure that the plans are the same where the ends leave out of their lists what both have. */
final class LeftOut {
    private LeftOut() {}

    static Result merge(MergeInput initiator, MergeInput responder, Mode mode, Common common) {
        IntPredicate all = row -> true;
        Result whole = MailboxMerge.merge(initiator, responder, mode, common, all, all);
        if (!initiator.table().status().provisional()
                && !responder.table().status().provisional()) {
            Result here =
                    MailboxMerge.merge(told(initiator, responder), heard(initiator, responder), mode, common, all, all);
            assertEquals(whole, here, "at the initiator");
            Result there =
                    MailboxMerge.merge(heard(responder, initiator), told(responder, initiator), mode, common, all, all);
            assertEquals(whole, there, "at the responder");
        }
        return whole;
    }

    private static BlockDigests.Common shared(MergeInput one, MergeInput other) {
        return BlockDigests.common(one.table().blocks(), other.table().blocks());
    }

    /** One's own account: the log says nothing of what is not listed. */
    private static MergeInput told(MergeInput own, MergeInput other) {
        return new MergeInput(own.table(), without(own.log(), shared(own, other)));
    }

    private static ChangeLog without(ChangeLog log, BlockDigests.Common shared) {
        Map<Long, Change> listed = new HashMap<>(log.changes());
        listed.keySet().removeIf(shared::has);
        return new ChangeLog(log.reachesBack(), log.expunges(), listed, log.unsynced());
    }

    /** The other one's account, of which only the rest is said. */
    private static MergeInput heard(MergeInput own, MergeInput other) {
        BlockDigests.Common shared = shared(own, other);
        MailboxSnapshot from = other.table();
        MailboxSnapshot.Builder listed = new MailboxSnapshot.Builder();
        int size = 0;
        for (int row = 0; row < from.size(); row++) {
            if (!shared.has(from.uid(row))) {
                listed.add(
                        from.uid(row),
                        from.guid(row),
                        from.flags(row),
                        from.keywords(row),
                        from.modSeq(row),
                        from.received(row));
                size++;
            }
        }
        MailboxSnapshot rest = listed.build(counted(from.status(), size), new Object());
        MailboxSnapshot all =
                MailboxSnapshot.together(own.table(), shared::has, rest, mails -> counted(from.status(), mails));
        assertEquals(from.size(), all.size());
        for (int row = 0; row < from.size(); row++) {
            assertEquals(row, all.rowOf(from.uid(row)));
        }
        return new MergeInput(all, without(other.log(), shared));
    }

    private static MailboxStatus counted(MailboxStatus status, int mails) {
        return new MailboxStatus(
                status.guid(),
                status.uidValidity(),
                status.uidNext(),
                mails,
                status.firstRecentUid(),
                status.highestModSeq(),
                status.provisional());
    }
}
