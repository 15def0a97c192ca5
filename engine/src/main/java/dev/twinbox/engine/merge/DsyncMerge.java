package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.DsyncUids.Entry;
import dev.twinbox.engine.merge.DsyncUids.Group;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * What {@code sync} and {@code sync -1} do to a mailbox when the other end is a Dovecot (dsync wire protocol, sections 3.5
 * to 3.7). It works its own half out by rules of its own, so ours must follow the same rules, and {@link MailboxMerge}, which
 * keeps more, cannot be used: what one end kept and the other did not would be gone from one of them for good.
 *
 * <p>Of two ends each works out just its own half.
 */
public final class DsyncMerge {
    private final MergeInput mine;
    private final MergeInput theirs;
    private final MailboxSnapshot table;
    private final MailboxSnapshot other;
    private final boolean initiator;
    private final long uidValidity;
    private final List<Step> steps = new ArrayList<>();
    /** Own rows that go. */
    private final BitSet gone = new BitSet();
    /** Own rows that were to go, and get a new UID instead. */
    private final Map<MailGuid, Integer> moved = new HashMap<>();

    private DsyncMerge(MergeInput mine, MergeInput theirs, boolean initiator, long uidValidity) {
        this.mine = mine;
        this.theirs = theirs;
        this.table = mine.table();
        this.other = theirs.table();
        this.initiator = initiator;
        this.uidValidity = uidValidity;
    }

    /**
     * What is to be done at this end.
     *
     * @param commonUid last UID that both have when both have done their half
     * @param mismatches UIDs at which the saved state was wrong: everything must be compared next time
     */
    public record Result(MailboxPlan plan, long commonUid, List<Long> mismatches) {
        public Result {
            mismatches = List.copyOf(mismatches);
        }
    }

    /**
     * Works it out.
     *
     * @param theirs what the other end has said: all its mails, or in a stateful run those that changed since
     * @param initiator whether this end began the run: of equal modseqs the initiator's counts
     * @param saved up to where the ends were the same after a former run
     * @param uidValidity {@link #uidValidity} of what both have said at the start
     * @param wanted which of the other end's rows may be fetched
     */
    public static Result merge(
            MergeInput mine,
            MergeInput theirs,
            boolean initiator,
            MailboxMerge.Common saved,
            long uidValidity,
            IntPredicate wanted) {
        return new DsyncMerge(mine, theirs, initiator, uidValidity).run(saved, wanted);
    }

    /** The UIDVALIDITY that both ends will have. */
    public static long uidValidity(MailboxStatus here, MailboxStatus there) {
        return new Numbers(here, there).uidValidity(0, 0);
    }

    private Result run(MailboxMerge.Common saved, IntPredicate wanted) {
        DsyncMatch match = DsyncMatch.of(mine, theirs, saved, wanted);
        for (int row : match.expunged) {
            gone.set(row);
        }
        for (int[] pair : match.pairs) {
            if (!gone.get(pair[0])) {
                stays(pair[0], pair[1]);
            }
        }
        List<Integer> own = new ArrayList<>();
        for (int row = 0; row < table.size(); row++) {
            if (table.uid(row) > match.common() && !gone.get(row)) {
                own.add(row);
            }
        }
        DsyncUids.Result uids = DsyncUids.assign(table, own, other, match.saves);
        for (Group group : uids.groups()) {
            place(group);
        }
        gone.stream().forEach(row -> steps.add(new Expunge(table.uid(row), table.guid(row), Reasons.EXPUNGED)));
        return new Result(
                new MailboxPlan(target(uids.uidNext(), match.common()), sorted()),
                uids.uidNext() - 1,
                match.mismatches);
    }

    private List<Step> sorted() {
        steps.sort(Comparator.comparingLong(PlanWriter::about));
        return steps;
    }

    /** A mail that both ends have and that keeps its UID. */
    private void stays(int own, int there) {
        Wanted wanted = merged(own, there);
        boolean differ =
                wanted.flags.settable().bits() != table.flags(own).settable().bits()
                        || !wanted.keywords.sameAs(table.keywords(own));
        if (differ) {
            steps.add(new Update(
                    table.uid(own),
                    wanted.flags,
                    wanted.keywords,
                    wanted.modSeq,
                    MailboxSnapshot.RECEIVED_UNKNOWN,
                    true,
                    Reasons.FLAGS));
        }
    }

    private record Wanted(Flags flags, Keywords keywords, long modSeq) {}

    private Wanted merged(int own, int there) {
        DsyncFlags.View here = new DsyncFlags.View(
                table.flags(own), table.keywords(own), mine.log().of(table.uid(own)));
        DsyncFlags.View said = new DsyncFlags.View(
                other.flags(there), other.keywords(there), theirs.log().of(other.uid(there)));
        long ownModSeq = shown(table, own);
        long theirModSeq = shown(other, there);
        boolean preferTheirs = ownModSeq < theirModSeq || (ownModSeq == theirModSeq && !initiator);
        Flags flags = DsyncFlags.flags(here, said, preferTheirs);
        Keywords keywords = DsyncFlags.keywords(here, said, preferTheirs);
        boolean asThere =
                flags.bits() == other.flags(there).settable().bits() && keywords.sameAs(other.keywords(there));
        long modSeq =
                asThere ? theirModSeq : Math.max(theirModSeq, other.status().highestModSeq() + 1);
        return new Wanted(flags, keywords, Math.max(ownModSeq, modSeq));
    }

    /** A mail without a modseq of its own shows the mailbox's highest. */
    private static long shown(MailboxSnapshot table, int row) {
        long own = table.modSeq(row);
        return own == 0 ? table.status().highestModSeq() : own;
    }

    /** All mails of one GUID: each wanted UID gets one, by the least that must be done. */
    private void place(Group group) {
        TreeSet<Long> missing = new TreeSet<>();
        for (Entry entry : group.entries()) {
            if (!entry.done) {
                missing.add(entry.uid);
            }
        }
        Deque<Entry> movable = new ArrayDeque<>(); // highest UID first
        int source = -1;
        for (Entry entry : group.entries()) {
            if (entry.own < 0) {
                continue;
            }
            source = entry.own;
            if (missing.remove(entry.oldUid)) {
                int there = counterpart(group, entry);
                if (there >= 0) {
                    stays(entry.own, there);
                }
            } else {
                movable.push(entry);
            }
        }
        for (long uid : missing) {
            Entry from = movable.poll();
            if (from != null) {
                move(group, from, uid);
            } else {
                add(group, source, uid);
            }
        }
        for (Entry entry : movable) {
            steps.add(new Expunge(entry.oldUid, entry.guid, Reasons.SURPLUS));
        }
    }

    /** The other end's row of the same mail, or -1. */
    private static int counterpart(Group group, Entry entry) {
        if (entry.other >= 0) {
            return entry.other;
        }
        for (Entry member : group.entries()) {
            if (member.other >= 0 && member.oldUid == entry.oldUid) {
                return member.other;
            }
        }
        Entry link = entry.link;
        return link != null && link.other >= 0 ? link.other : -1;
    }

    private void move(Group group, Entry from, long uid) {
        int there = counterpart(group, from);
        Wanted wanted = there >= 0
                ? merged(from.own, there)
                : new Wanted(table.flags(from.own).settable(), table.keywords(from.own), shown(table, from.own));
        steps.add(new Renumber(
                from.oldUid,
                uid,
                wanted.flags,
                wanted.keywords,
                wanted.modSeq,
                MailboxSnapshot.RECEIVED_UNKNOWN,
                Reasons.CONFLICT));
    }

    /** A mail that comes from the other end, or is copied from one here. */
    private void add(Group group, int source, long uid) {
        Entry from = null;
        for (Entry entry : group.entries()) {
            if (entry.other >= 0 && (from == null || entry.uid == uid)) {
                from = entry;
            }
        }
        if (from == null) {
            return; // a mail of this end alone always stays or moves
        }
        Flags flags = other.flags(from.other).settable();
        Keywords keywords = other.keywords(from.other);
        long received = other.received(from.other);
        long modSeq = shown(other, from.other);
        int spare = source >= 0 || mine.hashed() ? -1 : goneRow(group.guid());
        if (spare >= 0) {
            gone.clear(spare);
            moved.put(group.guid(), spare);
            steps.add(new Renumber(table.uid(spare), uid, flags, keywords, modSeq, received, Reasons.MOVED));
            return;
        }
        int present = source >= 0 ? source : moved.getOrDefault(group.guid(), -1);
        steps.add(
                present >= 0 && !mine.hashed()
                        ? new Copy(table.uid(present), uid, flags, keywords, modSeq, received, Reasons.SECOND)
                        : new Save(uid, theirs.copyName(from.other), flags, keywords, modSeq, received, Reasons.NEW));
    }

    /** A mail that goes from its old place, as the one that was moved away and back, and need not be fetched; or -1. */
    private int goneRow(MailGuid guid) {
        for (int row = gone.nextSetBit(0); row >= 0; row = gone.nextSetBit(row + 1)) {
            if (table.guid(row).equals(guid)) {
                return row;
            }
        }
        return -1;
    }

    /** Numbers are lower bounds, but a UIDVALIDITY that has to go down, with which all numbers get another meaning. */
    private MailboxPlan.Target target(long uidNext, long common) {
        MailboxStatus here = table.status();
        MailboxStatus there = other.status();
        boolean falls = !here.provisional() && uidValidity < here.uidValidity();
        long highest = Math.max(here.highestModSeq(), there.highestModSeq());
        long firstRecent = Math.max(here.firstRecentUid(), Math.min(common + 1, there.firstRecentUid()));
        return new MailboxPlan.Target(
                here.guid(),
                uidValidity,
                uidNext,
                falls ? Math.min(firstRecent, uidNext) : firstRecent,
                falls ? highest + 1 : highest,
                falls);
    }
}
