package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.ExpungeLog.Answer;
import dev.twinbox.engine.merge.Party.Row;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides which of the mails that only one side has were taken away at the other (dsync wire protocol, section 3.7 A and B).
 *
 * <p>First the last common UID is sought, the one up to which both sides once had the same mails. Proof of it is a mail that
 * both have under that UID, one that one side has and the other's log knows to be gone, or one that is gone from both. The
 * search ends at the first UID that cannot have been common: two different mails, a UID that one side has not reached yet, or
 * a mail that the sides have under different UIDs.
 *
 * <p>A mail goes if the other side's log knows it by UID and GUID, wherever it stands. Up to the last common UID it also
 * goes if the log knows an expunge of its UID without a GUID, or does not reach back far enough to know anything. Unlike in
 * dsync a log that does reach back and knows of no expunge is proof that the mail never was there: then it stays, and the
 * other side gets it.
 */
final class Departures {
    private final Party left;
    private final Party right;
    private final long known;

    /** Proofs of common UIDs among the mails that are gone from one side. */
    private long stop = Long.MAX_VALUE;

    private final List<Long> gone = new ArrayList<>();
    private boolean knownIsWrong;

    private Departures(Party left, Party right, long known) {
        this.left = left;
        this.right = right;
        this.known = known;
    }

    /**
     * Moves the mails that go from {@link Party#unmatched} to {@link Party#dead}.
     *
     * @param known last common UID as a former run saved it, 0 if none did
     * @return the last common UID
     */
    static long settle(Party left, Party right, long known) {
        long usable = known < left.status.uidNext() && known < right.status.uidNext() ? known : 0;
        Departures departures = new Departures(left, right, usable);
        departures.look(left, right);
        departures.look(right, left);
        if (departures.knownIsWrong) {
            Departures again = new Departures(left, right, 0);
            again.look(left, right);
            again.look(right, left);
            departures = again;
        }
        return departures.finish();
    }

    /** Finds proofs and obstacles among the mails that only one side has. */
    private void look(Party side, Party other) {
        for (Row mail : side.unmatched) {
            boolean taken = other.table.rowOf(mail.uid()) >= 0;
            if (taken && mail.uid() <= known) {
                knownIsWrong = true;
            }
            Answer answer = ask(other, mail);
            if (answer == Answer.GONE) {
                gone.add(mail.uid());
            } else if (taken || answer == Answer.ANOTHER_GONE || mail.uid() >= other.status.uidNext()) {
                stopAt(mail.uid());
            }
        }
    }

    /**
     * What the other side's log says of a mail. A mail that came to both sides after the last sync cannot have come from
     * the other, even if UID and GUID are the same, as they are when both users moved one mail away and back; nor can one in
     * a mailbox that both users created.
     */
    private Answer ask(Party other, Row mail) {
        Answer answer = other.expunges.ask(mail.uid(), mail.guid());
        boolean another = isUnseen(mail.uid()) || (isStrange(other) && !other.expunges.isBySync(mail.uid()));
        return answer == Answer.GONE && another ? Answer.ANOTHER_GONE : answer;
    }

    /**
     * Whether the UIDs in a side's log are not those of the other side. Both ways, the mailboxes of a name have become one
     * only if they have the same UIDVALIDITY. One way, the destination's log means nothing any more if its UIDVALIDITY changes.
     */
    private boolean isStrange(Party side) {
        if (left.changes && right.changes) {
            return left.status.uidValidity() != right.status.uidValidity();
        }
        long decided = new Numbers(left.status, right.status).uidValidity(0, 0);
        return side.changes && decided > side.status.uidValidity();
    }

    /** One way, a run says nothing to the source: whether it has seen a mail of the destination is not known. */
    private boolean isUnseen(long uid) {
        return left.changes && right.changes && uid >= left.log.unsynced() && uid >= right.log.unsynced();
    }

    private void stopAt(long uid) {
        if (uid > known) {
            stop = Math.min(stop, uid);
        }
    }

    private long finish() {
        bury(left, right);
        bury(right, left);
        Set<MailGuid> moved = guids(left);
        moved.retainAll(guids(right));
        for (Party side : List.of(left, right)) {
            for (Row mail : side.unmatched) {
                if (moved.contains(mail.guid())) {
                    stopAt(mail.uid());
                }
            }
        }
        long common = lastCommon();
        leaveGaps(left, right, common, moved);
        leaveGaps(right, left, common, moved);
        left.sortDead();
        right.sortDead();
        return common;
    }

    /** What the other side's log knows to be gone, goes. */
    private void bury(Party side, Party other) {
        List<Row> stay = new ArrayList<>();
        for (Row mail : side.unmatched) {
            if (ask(other, mail) == Answer.GONE) {
                side.kill(mail, Reasons.EXPUNGED, other.expunges.isBySync(mail.uid()));
            } else {
                stay.add(mail);
            }
        }
        side.unmatched = stay;
    }

    private static Set<MailGuid> guids(Party side) {
        Set<MailGuid> guids = new HashSet<>();
        for (Row mail : side.unmatched) {
            guids.add(mail.guid());
        }
        return guids;
    }

    private long lastCommon() {
        long common = Math.max(known, ExpungeLog.lastGoneFromBoth(left.expunges, right.expunges, stop));
        for (long uid : gone) {
            if (uid < stop) {
                common = Math.max(common, uid);
            }
        }
        int row = left.table.rowOf(stop);
        for (row = row < 0 ? -row - 2 : row - 1; row >= 0 && left.table.uid(row) > common; row--) {
            int same = right.table.rowOf(left.table.uid(row));
            long uid = left.table.uid(row);
            if (same >= 0 && !isUnseen(uid) && left.table.sameGuid(row, right.table, same)) {
                return uid;
            }
        }
        return common;
    }

    /** What is missing at the other side at or below the last common UID, and not because a filter kept it away, goes. */
    private static void leaveGaps(Party side, Party other, long common, Set<MailGuid> moved) {
        if (side.status.uidValidity() != other.status.uidValidity()) {
            return;
        }
        boolean forgetful = !other.log.reachesBack() && (!side.changes || other.changes);
        List<Row> stay = new ArrayList<>();
        for (Row mail : side.unmatched) {
            boolean shared = mail.uid() <= common && side.wanted.test(mail.row()) && !moved.contains(mail.guid());
            // The source of a one-way run is never written to, so its log knows of no sync.
            boolean seen = mail.uid() < side.log.unsynced();
            Answer answer = shared ? other.expunges.ask(mail.uid(), mail.guid()) : Answer.NEVER;
            if (answer == Answer.UID_GONE && (seen || !side.changes)) {
                side.kill(mail, Reasons.EXPUNGED, false);
            } else if (answer == Answer.UNKNOWN && forgetful && seen) {
                side.kill(mail, Reasons.GAP, false);
            } else {
                stay.add(mail);
            }
        }
        side.unmatched = stay;
    }
}
