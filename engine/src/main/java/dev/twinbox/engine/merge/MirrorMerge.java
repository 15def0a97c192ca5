package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Makes a destination mailbox exactly like the source's: what {@code backup} does to one mailbox.
 *
 * <p>Unlike dsync, which deletes the whole mailbox when a mail is missing in the middle or another one sits at its UID,
 * every difference is put right mail by mail: mails are matched by UID and GUID, then by GUID alone (renumbered), and only
 * what is left is fetched or expunged.
 *
 * <p>Where the source's numbers are provisional (a plain Maildir in which nobody has recorded UIDs) only GUIDs count and
 * the destination keeps its own numbers.
 */
public final class MirrorMerge {
    private static final String NEW = "new at the source";
    private static final String NOT_AT_SOURCE = "not at the source";
    private static final String OTHER_UID = "has another UID at the source";
    private static final String SECOND = "is there twice at the source";
    private static final String FLAGS = "flags differ from the source";
    private static final String DATE = "received date differs from the source";
    private static final String MODSEQ = "modseq differs from the source";

    private final MailboxSnapshot source;
    private final MailboxSnapshot destination;
    private final IntPredicate wanted;
    private final List<Step> steps = new ArrayList<>();

    private MirrorMerge(MailboxSnapshot source, MailboxSnapshot destination, IntPredicate wanted) {
        this.source = source;
        this.destination = destination;
        this.wanted = wanted;
    }

    /**
     * The plan for the destination.
     *
     * @param wanted whether a mail in that row of the source may be fetched if the destination has not got it
     */
    public static MailboxPlan plan(MailboxSnapshot source, MailboxSnapshot destination, IntPredicate wanted) {
        MirrorMerge merge = new MirrorMerge(source, destination, wanted);
        return source.status().provisional() ? merge.byGuid() : merge.byUid();
    }

    /** Whether the numbers alone say that there is nothing to do (fast mode). */
    public static boolean looksEqual(MailboxStatus source, MailboxStatus destination) {
        return !source.provisional()
                && source.highestModSeq() > 0
                && !destination.provisional()
                && source.guid().equals(destination.guid())
                && source.uidValidity() == destination.uidValidity()
                && source.uidNext() == destination.uidNext()
                && source.messages() == destination.messages()
                && source.firstRecentUid() == destination.firstRecentUid()
                && source.highestModSeq() == destination.highestModSeq();
    }

    /** Whether carrying the plan out would change nothing at all. */
    public static boolean isNoOp(MailboxPlan plan, MailboxStatus destination) {
        Target target = plan.target();
        return plan.steps().isEmpty()
                && !destination.provisional()
                && target.guid().equals(destination.guid())
                && target.uidValidity() == destination.uidValidity()
                && target.uidNext() == destination.uidNext()
                && target.firstRecentUid() == destination.firstRecentUid()
                && target.highestModSeq() == destination.highestModSeq();
    }

    private MailboxPlan byUid() {
        List<Integer> missing = new ArrayList<>();
        List<Integer> surplus = new ArrayList<>();
        int s = 0;
        int d = 0;
        while (s < source.size() || d < destination.size()) {
            long su = s < source.size() ? source.uid(s) : Long.MAX_VALUE;
            long du = d < destination.size() ? destination.uid(d) : Long.MAX_VALUE;
            if (su == du && source.sameGuid(s, destination, d)) {
                update(s, d);
                s++;
                d++;
            } else {
                if (su <= du) {
                    missing.add(s++);
                }
                if (du <= su) {
                    surplus.add(d++);
                }
            }
        }
        if (!missing.isEmpty() || !surplus.isEmpty()) {
            rematch(missing, surplus);
        }
        MailboxStatus status = source.status();
        Target target = new Target(
                status.guid(),
                status.uidValidity(),
                status.uidNext(),
                status.firstRecentUid(),
                modSeqsAreMine() ? myHighestModSeq() : status.highestModSeq(),
                true);
        return new MailboxPlan(target, steps);
    }

    /** A source without an index has no modseqs; then the destination counts its own. */
    private boolean modSeqsAreMine() {
        return source.status().highestModSeq() == 0;
    }

    private long myHighestModSeq() {
        if (source.size() == 0) {
            return 1; // what a server that makes the index will begin with
        }
        boolean visible = false;
        for (Step step : steps) {
            visible |= !(step instanceof Update update) || update.visible();
        }
        return Math.max(1, destination.status().highestModSeq()) + (visible ? 1 : 0);
    }

    /** Finds a place for the mails that are not at their UID: renumber, copy, fetch, expunge. */
    private void rematch(List<Integer> missing, List<Integer> surplus) {
        Map<MailGuid, Deque<Integer>> spare = new HashMap<>();
        for (int d : surplus) {
            spare.computeIfAbsent(destination.guid(d), guid -> new ArrayDeque<>())
                    .add(d);
        }
        Map<MailGuid, Integer> present =
                missing.isEmpty() || destination.size() == 0 ? Map.of() : presentGuids(missing, spare);
        for (int s : missing) {
            MailGuid guid = source.guid(s);
            Deque<Integer> same = spare.get(guid);
            Integer other = present.get(guid);
            if (same != null && !same.isEmpty()) {
                steps.add(renumber(s, same.remove(), source.uid(s)));
            } else if (other != null) {
                steps.add(new Copy(
                        destination.uid(other),
                        source.uid(s),
                        source.flags(s),
                        source.keywords(s),
                        source.modSeq(s),
                        source.received(s),
                        SECOND));
            } else if (wanted.test(s)) {
                steps.add(save(s, source.uid(s)));
            }
        }
        for (Deque<Integer> left : spare.values()) {
            for (int d : left) {
                steps.add(new Expunge(destination.uid(d), destination.guid(d), NOT_AT_SOURCE));
            }
        }
    }

    /** Rows of the destination that stay in it, for the GUIDs that are missing somewhere. */
    private Map<MailGuid, Integer> presentGuids(List<Integer> missing, Map<MailGuid, Deque<Integer>> spare) {
        Set<MailGuid> sought = new HashSet<>();
        for (int s : missing) {
            sought.add(source.guid(s));
        }
        Map<MailGuid, Integer> found = new HashMap<>();
        for (int d = 0; d < destination.size(); d++) {
            MailGuid guid = destination.guid(d);
            if (sought.contains(guid)) {
                Deque<Integer> same = spare.get(guid);
                if (same == null || !same.contains(d)) {
                    found.put(guid, d);
                } else {
                    found.putIfAbsent(guid, d);
                }
            }
        }
        return found;
    }

    private MailboxPlan byGuid() {
        Map<MailGuid, Deque<Integer>> spare = new HashMap<>();
        for (int d = 0; d < destination.size(); d++) {
            spare.computeIfAbsent(destination.guid(d), guid -> new ArrayDeque<>())
                    .add(d);
        }
        MailboxStatus mine = destination.status();
        long uidNext = Math.max(1, mine.uidNext());
        boolean keepNumbers = mine.uidValidity() > 0;
        for (int s = 0; s < source.size(); s++) {
            Deque<Integer> same = spare.get(source.guid(s));
            if (same != null && !same.isEmpty()) {
                update(s, same.remove());
            } else if (wanted.test(s)) {
                steps.add(save(s, uidNext++));
            }
        }
        for (Deque<Integer> left : spare.values()) {
            for (int d : left) {
                steps.add(new Expunge(destination.uid(d), destination.guid(d), NOT_AT_SOURCE));
            }
        }
        Target target = new Target(
                source.status().guid(),
                keepNumbers ? mine.uidValidity() : source.status().uidValidity(),
                uidNext,
                Math.min(uidNext, Math.max(1, mine.firstRecentUid())),
                mine.highestModSeq(),
                false);
        return new MailboxPlan(target, steps);
    }

    private void update(int s, int d) {
        boolean flagsDiffer = source.flags(s).settable().bits()
                        != destination.flags(d).settable().bits()
                || !source.keywords(s).sameAs(destination.keywords(d));
        boolean dateDiffers = source.received(s) != MailboxSnapshot.RECEIVED_UNKNOWN
                && destination.received(d) != MailboxSnapshot.RECEIVED_UNKNOWN
                && source.received(s) != destination.received(d);
        boolean modSeqDiffers = !modSeqsAreMine() && visibleModSeq(source, s) != visibleModSeq(destination, d);
        if (flagsDiffer || dateDiffers || modSeqDiffers) {
            steps.add(new Update(
                    destination.uid(d),
                    source.flags(s),
                    source.keywords(s),
                    source.modSeq(s),
                    dateDiffers ? source.received(s) : MailboxSnapshot.RECEIVED_UNKNOWN,
                    flagsDiffer || dateDiffers,
                    flagsDiffer ? FLAGS : dateDiffers ? DATE : MODSEQ));
        }
    }

    /** A mail without a modseq of its own shows the mailbox's highest. */
    private static long visibleModSeq(MailboxSnapshot table, int row) {
        long own = table.modSeq(row);
        return own == 0 ? table.status().highestModSeq() : own;
    }

    private Renumber renumber(int s, int d, long newUid) {
        return new Renumber(
                destination.uid(d),
                newUid,
                source.flags(s),
                source.keywords(s),
                source.modSeq(s),
                source.received(s),
                OTHER_UID);
    }

    private Save save(int s, long newUid) {
        return new Save(
                newUid, source.guid(s), source.flags(s), source.keywords(s), source.modSeq(s), source.received(s), NEW);
    }
}
