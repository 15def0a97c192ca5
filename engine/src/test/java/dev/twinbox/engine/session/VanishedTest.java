package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VanishedTest {
    private static final MailboxGuid BOX = new MailboxGuid(1, 1);
    private static final long HIGHEST = 50;

    private final Vanished vanished = new Vanished();

    private static MailGuid guid(long mail) {
        return new MailGuid("mail" + mail);
    }

    /** Mails m1, m2 and so on under these UIDs, 0 for one that is not there. */
    private static MailboxSnapshot table(long modSeq, long... uids) {
        MailboxSnapshot.Builder rows = new MailboxSnapshot.Builder();
        int count = 0;
        for (int mail = 1; mail <= uids.length; mail++) {
            if (uids[mail - 1] > 0) {
                rows.add(uids[mail - 1], guid(mail), Flags.NONE, Keywords.NONE, 1, 0);
                count++;
            }
        }
        return rows.build(new MailboxStatus(BOX, 7, 10, count, 1, modSeq, false), new Object());
    }

    private static Renumber renumber(long uid, long newUid) {
        return new Renumber(uid, newUid, Flags.NONE, Keywords.NONE, HIGHEST, 0, "conflict");
    }

    private static MailboxPlan plan(Step... steps) {
        return new MailboxPlan(new Target(BOX, 8, 20, 1, HIGHEST, true), List.of(steps));
    }

    private List<Long> told(MailboxSnapshot now) {
        ChangeLog log =
                new ChangeLog(true, List.of(new ChangeLog.Expunge(1, guid(1).guid128(), 2, false)), Map.of(), 5);
        return vanished.in(MailboxName.INBOX, log, now).expunges().stream()
                .map(ChangeLog.Expunge::uid)
                .toList();
    }

    @Test
    void aMailThatWentIsToldToBeGoneUnderTheUidThatItWasToGet() {
        vanished.note(MailboxName.INBOX, plan(renumber(1, 10), renumber(2, 11)), table(2, 1, 2, 3), table(3, 0, 2, 0));

        assertEquals(List.of(1L, 3L, 10L), told(table(3, 0, 2)));
        assertEquals(List.of(1L, 3L), told(table(3, 0, 10)), "another mail has it meanwhile");
        ChangeLog log = ChangeLog.UNKNOWN;
        assertSame(log, vanished.in(MailboxName.parse("Work", '/'), log, table(3)));
    }

    @Test
    void aMailThatIsThereIsNotGone() {
        vanished.note(MailboxName.INBOX, plan(renumber(1, 10)), table(2, 1), table(3, 1));

        assertEquals(List.of(1L), told(table(3)));
    }

    @Test
    void theRestOfAPlanCanBeDoneIfMailsOnlyWent() {
        MailboxPlan plan = plan(renumber(1, 10), renumber(2, 11), new Expunge(3, guid(3), "expunged"));

        MailboxPlan rest = Objects.requireNonNull(Vanished.without(plan, table(2, 1, 2, 3), table(3, 0, 2, 0)));
        assertEquals(List.of(renumber(2, 11)), rest.steps());
        assertEquals(plan.target(), rest.target());
        MailboxPlan later = Objects.requireNonNull(Vanished.without(plan, table(2, 1, 2), table(HIGHEST + 9, 0, 2)));
        assertEquals(HIGHEST + 9, later.target().highestModSeq(), "never goes back");
    }

    @Test
    void itCannotIfAnythingElseHappened() {
        MailboxPlan plan = plan(renumber(1, 10));

        assertNull(Vanished.without(plan, table(2, 1, 2), table(3, 1, 2)), "nothing is gone");
        assertNull(Vanished.without(plan, table(2, 1, 2), table(3, 0, 2, 4)), "a mail came");
        MailboxSnapshot.Builder flagged = new MailboxSnapshot.Builder();
        flagged.add(2, guid(2), new Flags(Flags.SEEN), Keywords.NONE, 3, 0);
        MailboxSnapshot now = flagged.build(new MailboxStatus(BOX, 7, 10, 1, 1, 3, false), new Object());
        assertNull(Vanished.without(plan, table(2, 1, 2), now), "a flag was set");
    }
}
