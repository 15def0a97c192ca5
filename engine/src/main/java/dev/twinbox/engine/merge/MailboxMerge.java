package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.Party.Dead;
import dev.twinbox.engine.merge.PlanWriter.Wanted;
import dev.twinbox.engine.merge.UidAssignment.Place;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailboxGuid;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Merges two mailboxes (dsync wire protocol, sections 3.5 to 3.7): what {@code sync} and {@code sync -1} do to one mailbox.
 * Each end of a run works the same out from the same two accounts and carries its own plan out.
 *
 * <p>In order: mails are matched by UID and GUID, or header hash where GUIDs cannot be kept; of the others it is settled
 * which were taken away ({@link Departures}), and which UIDs the rest gets ({@link UidAssignment}); flags and keywords are merged one by one ({@link FlagMerge},
 * {@link KeywordMerge}). A mail that somebody expunged stays gone, even if its flags were changed meanwhile; of a mail that
 * was given a new UID the new one counts.
 *
 * <p>Both ways the sides get the same numbers: what a client of either will see changed has a modseq {@link Numbers#ROOM}
 * after the highest of both, everything else the higher of its two. So equal modseqs of the two sides mean the same state, and modseqs can be
 * compared between the sides. Sides that are equal already get plans that change nothing.
 *
 * <p>One way, only the destination's plan has steps, its numbers are lower bounds, and a flag that it has set stays unless the
 * source's log knows that somebody took it away. Its modseqs never fall behind the source's, so that a later change there
 * has a higher one, too.
 *
 * <p>The result of swapping the sides is the same but for three ties, which go to the initiator: a flag that both changed at
 * the same modseq, one that nobody's log knows anything about in a mail with equal modseqs, and the order of mails that
 * neither side has recorded UIDs for.
 */
public final class MailboxMerge {
    private final Party left;
    private final Party right;
    private final Mode mode;
    private final Numbers numbers;
    private final PlanWriter leftPlan;
    private final PlanWriter rightPlan;
    private final Notes notes = new Notes();
    private final Divergence divergence = new Divergence();
    private Common common = Common.NONE;
    /** A mail that no client will see changed gets a new modseq all the same. */
    private boolean raised;

    private MailboxMerge(Party left, Party right, Mode mode) {
        this.left = left;
        this.right = right;
        this.mode = mode;
        this.numbers = new Numbers(left.status, right.status);
        this.leftPlan = new PlanWriter(left, firstRecentUid(left));
        this.rightPlan = new PlanWriter(right, firstRecentUid(right));
    }

    /** Whose plan is carried out. */
    public enum Mode {
        /** Both: afterwards the sides are the same. */
        TWO_WAY,
        /** Only the responder's: {@code sync -1}. */
        INITIATOR_TO_RESPONDER,
        /** Only the initiator's: {@code sync -1 -R}. */
        RESPONDER_TO_INITIATOR
    }

    /**
     * Up to where the sides were the same after a former run.
     *
     * @param uid last common UID, 0 if not known
     * @param modSeq highest common modseq, 0 if not known
     */
    public record Common(long uid, long modSeq) {
        /** Nothing is known. */
        public static final Common NONE = new Common(0, 0);
    }

    /**
     * What is to be done.
     *
     * @param commonUid last UID that both have seen when the plans are carried out
     * @param notes what could not be merged or is odd, with UIDs, never with content
     * @param divergence one way: in what the destination will differ from the source, in words; empty if in nothing
     */
    public record Result(
            MailboxPlan initiatorPlan, MailboxPlan responderPlan, long commonUid, List<Note> notes, String divergence) {
        public Result {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Something the administrator should know.
     *
     * @param initiator whether it is about a mail of the initiator
     * @param text with UIDs, never with content
     */
    public record Note(boolean initiator, String text) {}

    /**
     * Works both plans out. Takes time in proportion to the mails of both sides.
     *
     * @param common what a former run saved; a position that cannot be right is not used
     * @param wantedFromInitiator whether the mail in that row of the initiator may go to the responder if it has not got
     *     it; if not, it stays where it is, and that it is missing there means nothing
     * @param wantedFromResponder the same the other way round
     */
    public static Result merge(
            MergeInput initiator,
            MergeInput responder,
            Mode mode,
            Common common,
            IntPredicate wantedFromInitiator,
            IntPredicate wantedFromResponder) {
        Party left = new Party(initiator, wantedFromInitiator, true, mode != Mode.INITIATOR_TO_RESPONDER);
        Party right = new Party(responder, wantedFromResponder, false, mode != Mode.RESPONDER_TO_INITIATOR);
        return new MailboxMerge(left, right, mode).run(common);
    }

    private Result run(Common position) {
        common = position;
        boolean byUid = !left.status.provisional() && !right.status.provisional();
        match(byUid);
        if (byUid) {
            Departures.settle(left, right, common.uid());
            notes.departures(left);
            notes.departures(right);
        }
        UidAssignment.Result uids = UidAssignment.assign(left, right);
        if (mode == Mode.INITIATOR_TO_RESPONDER) {
            notes.drift(left, right, uids.places());
        } else if (mode == Mode.RESPONDER_TO_INITIATOR) {
            notes.drift(right, left, uids.places());
        }
        leftPlan.findCopies(uids.places());
        rightPlan.findCopies(uids.places());
        for (Place place : uids.places()) {
            put(place);
        }
        if (mode != Mode.TWO_WAY) {
            (left.changes ? right : left).dead.values().forEach(mails -> mails.forEach(mail -> divergence.onlyThere()));
        }
        leftPlan.expungeDead();
        rightPlan.expungeDead();
        boolean changed = raised || leftPlan.visible() || rightPlan.visible();
        long commonUid = mode == Mode.TWO_WAY ? uids.uidNext() - 1 : (left.changes ? right : left).status.uidNext() - 1;
        return new Result(
                new MailboxPlan(target(left, uids.uidNext(), changed), leftPlan.steps()),
                new MailboxPlan(target(right, uids.uidNext(), changed), rightPlan.steps()),
                commonUid,
                notes.all(),
                divergence.text());
    }

    /** Walks both tables and deals with the mails that have the same UID and GUID. */
    private void match(boolean byUid) {
        int l = 0;
        int r = 0;
        while (l < left.table.size() || r < right.table.size()) {
            long leftUid = l < left.table.size() ? left.table.uid(l) : Long.MAX_VALUE;
            long rightUid = r < right.table.size() ? right.table.uid(r) : Long.MAX_VALUE;
            if (byUid && leftUid == rightUid && left.table.sameGuid(l, right.table, r)) {
                both(l, r, leftUid);
                l++;
                r++;
            } else {
                boolean takeLeft = leftUid <= rightUid;
                boolean takeRight = rightUid <= leftUid;
                if (takeLeft) {
                    left.addUnmatched(l++);
                }
                if (takeRight) {
                    right.addUnmatched(r++);
                }
            }
        }
    }

    /** A mail that both sides have and that gets this UID. */
    private void both(int l, int r, long uid) {
        MailboxSnapshot leftTable = left.table;
        MailboxSnapshot rightTable = right.table;
        boolean moves = leftTable.uid(l) != uid || rightTable.uid(r) != uid;
        if (mode == Mode.TWO_WAY && !moves && leftTable.sameValues(l, rightTable, r)) {
            return; // nearly all mails of nearly all runs
        }
        Flags flags = leftTable.flags(l).settable();
        Keywords keywords = leftTable.keywords(l);
        boolean same = flags.bits() == rightTable.flags(r).settable().bits()
                && (keywords.isEmpty() ? rightTable.keywords(r).isEmpty() : keywords.sameAs(rightTable.keywords(r)));
        if (!same) {
            boolean leftIsLater = left.shownModSeq(l) >= right.shownModSeq(r);
            boolean sets = mode == Mode.TWO_WAY && cameToBoth(l, r);
            MailView leftView = view(left, l, sets);
            MailView rightView = view(right, r, sets);
            flags = FlagMerge.merge(leftView, rightView, leftIsLater);
            keywords = KeywordMerge.merge(leftView, rightView, leftIsLater);
        }
        if (mode != Mode.TWO_WAY) {
            oneWay(l, r, uid, flags, keywords);
            return;
        }
        long leftModSeq = leftTable.modSeq(l);
        long rightModSeq = rightTable.modSeq(r);
        boolean touched = wasTouched(uid, leftModSeq, rightModSeq);
        raised |= touched;
        long modSeq = same && !moves && !touched
                ? Math.min(Math.max(left.shownModSeq(l), right.shownModSeq(r)), numbers.highestModSeq(false))
                : numbers.highestModSeq(true);
        Wanted wanted = new Wanted(flags, keywords, modSeq);
        leftPlan.keep(l, uid, wanted, MailboxSnapshot.RECEIVED_UNKNOWN, moveReason());
        rightPlan.keep(r, uid, wanted, MailboxSnapshot.RECEIVED_UNKNOWN, moveReason());
    }

    /**
     * Whether a common mail was changed since, if only there and back. What it was like at the other side is known from its
     * changes alone then, and not all of it: so that both ends come to the same numbers, it counts as changed.
     */
    private boolean wasTouched(long uid, long leftModSeq, long rightModSeq) {
        return uid <= common.uid() && leftModSeq != rightModSeq && Math.max(leftModSeq, rightModSeq) > common.modSeq();
    }

    /** The source's mail stays as it is, and modseqs may differ. */
    private void oneWay(int l, int r, long uid, Flags flags, Keywords keywords) {
        Party side = left.changes ? left : right;
        PlanWriter plan = left.changes ? leftPlan : rightPlan;
        int row = left.changes ? l : r;
        MailboxSnapshot table = side.table;
        boolean differ = flags.bits() != table.flags(row).settable().bits() || !keywords.sameAs(table.keywords(row));
        Party source = left.changes ? right : left;
        int there = left.changes ? r : l;
        divergence.both(
                source.table.uid(there) == uid,
                flags.bits() == source.table.flags(there).settable().bits()
                        && keywords.sameAs(source.table.keywords(there)));
        if (differ || table.uid(row) != uid) {
            plan.keep(
                    row,
                    uid,
                    new Wanted(flags, keywords, numbers.highestModSeq(true)),
                    MailboxSnapshot.RECEIVED_UNKNOWN,
                    moveReason());
        }
    }

    private String moveReason() {
        return left.status.provisional() || right.status.provisional() ? Reasons.NUMBERS : Reasons.CONFLICT;
    }

    /**
     * Whether users brought the mail to both sides since the last sync. What was done to it where it was before is in no log
     * here, and an arrival later than another says nothing of its flags: those that are set stay.
     */
    private boolean cameToBoth(int l, int r) {
        return left.table.uid(l) >= left.log.unsynced() && right.table.uid(r) >= right.log.unsynced();
    }

    private MailView view(Party side, int row, boolean sets) {
        boolean keeps = mode != Mode.TWO_WAY && side.changes;
        // With another UIDVALIDITY a log begins anew; what it says now must not decide otherwise than the next run
        // will.
        boolean forgets = keeps && numbers.uidValidity(0, 0) > side.status.uidValidity();
        Change change = forgets ? Change.NONE : side.log.of(side.table.uid(row));
        return new MailView(side.table.flags(row), side.table.keywords(row), change, keeps || sets);
    }

    private void put(Place place) {
        if (place.uid() == 0) {
            notes.noUid(left, place.left());
            notes.noUid(right, place.right());
            return;
        }
        if (place.left() >= 0) {
            notes.moved(left, place.left(), place.uid());
        }
        if (place.right() >= 0) {
            notes.moved(right, place.right(), place.uid());
        }
        if (place.left() >= 0 && place.right() >= 0) {
            both(place.left(), place.right(), place.uid());
        } else if (place.left() >= 0) {
            single(place, place.left(), left, leftPlan, right, rightPlan);
        } else {
            single(place, place.right(), right, rightPlan, left, leftPlan);
        }
    }

    /** A mail that only one side has. */
    private void single(Place place, int row, Party side, PlanWriter plan, Party other, PlanWriter otherPlan) {
        MailboxSnapshot table = side.table;
        Dead moved = place.shared() ? takeDead(other, place) : null;
        boolean oneWay = mode != Mode.TWO_WAY;
        if (moved != null && (moved.bySync() || other.table.uid(moved.row()) == place.uid())) {
            // A run that was cut off gave it a new UID on one side only, or it stays where it is: it is the same mail.
            both(side == left ? row : moved.row(), side == left ? moved.row() : row, place.uid());
            return;
        }
        Wanted wanted = oneWay && moved != null && other.changes
                ? withOwn(side, row, other, moved.row())
                : new Wanted(table.flags(row), table.keywords(row), numbers.highestModSeq(true));
        if (oneWay && place.shared()) {
            if (other.changes) {
                divergence.both(table.uid(row) == place.uid(), moved == null || hasSameFlags(wanted, table, row));
            } else {
                divergence.onlyHere();
            }
        }
        if (!place.shared() || (!other.changes && table.uid(row) == place.uid())) {
            return;
        }
        plan.keep(row, place.uid(), wanted, MailboxSnapshot.RECEIVED_UNKNOWN, moveReason());
        if (moved != null) {
            otherPlan.keep(moved.row(), place.uid(), wanted, table.received(row), Reasons.MOVED);
        } else {
            otherPlan.add(place.guid(), side.input.copyName(row), place.uid(), wanted, table.received(row));
        }
    }

    private static boolean hasSameFlags(Wanted wanted, MailboxSnapshot table, int row) {
        return wanted.flags().settable().bits() == table.flags(row).settable().bits()
                && wanted.keywords().sameAs(table.keywords(row));
    }

    /** One way, the destination's flags stay when the source puts another mail of the same GUID in the place of one. */
    private Wanted withOwn(Party source, int row, Party destination, int old) {
        MailView there = view(source, row, true);
        MailView here = view(destination, old, false);
        return new Wanted(
                FlagMerge.merge(there, here, true), KeywordMerge.merge(there, here, true), numbers.highestModSeq(true));
    }

    private static @Nullable Dead takeDead(Party side, Place place) {
        List<Dead> mails = side.dead.get(place.guid());
        if (mails == null || mails.isEmpty()) {
            return null;
        }
        return mails.remove(0);
    }

    // Numbers

    private long firstRecentUid(Party side) {
        return mode == Mode.TWO_WAY ? numbers.firstRecentUid() : Math.max(1, side.status.firstRecentUid());
    }

    private Target target(Party side, long uidNext, boolean changed) {
        MailboxStatus status = side.status;
        MailboxGuid guid = numbers.guid();
        if (mode == Mode.TWO_WAY) {
            return new Target(
                    guid,
                    numbers.uidValidity(0, 0),
                    uidNext,
                    Math.min(uidNext, numbers.firstRecentUid()),
                    numbers.highestModSeq(changed),
                    true);
        }
        if (!side.changes) {
            return new Target(
                    status.guid(),
                    status.uidValidity(),
                    status.uidNext(),
                    status.firstRecentUid(),
                    status.highestModSeq(),
                    false);
        }
        // The source does not take over what is decided, so the next run must not decide otherwise.
        long validity = numbers.uidValidity(left.changes ? left.deadCount() : 0, right.changes ? right.deadCount() : 0);
        return new Target(
                guid,
                status.provisional() ? validity : Math.max(validity, status.uidValidity()),
                uidNext,
                status.provisional() ? 1 : Math.min(uidNext, status.firstRecentUid()),
                numbers.highestModSeq(changed),
                false);
    }
}
