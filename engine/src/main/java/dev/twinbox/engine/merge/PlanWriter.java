package dev.twinbox.engine.merge;

import dev.twinbox.engine.merge.Party.Dead;
import dev.twinbox.engine.merge.UidAssignment.Place;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes one side's steps down. What the side must not change is not written, and does not count as a change. */
final class PlanWriter {
    private final Party side;
    private final long firstRecentUid;
    private final List<Step> steps = new ArrayList<>();
    private Map<MailGuid, Integer> present = Map.of();
    private boolean visible;

    PlanWriter(Party side, long firstRecentUid) {
        this.side = side;
        this.firstRecentUid = firstRecentUid;
    }

    /** Flags, keywords and modseq that a mail is to have. */
    record Wanted(Flags flags, Keywords keywords, long modSeq) {}

    /** Whether a client of this side will see a difference. */
    boolean visible() {
        return visible;
    }

    /** The steps so far, in order of UIDs. */
    List<Step> steps() {
        steps.sort(Comparator.comparingLong(PlanWriter::about));
        return steps;
    }

    /** The UID by which a step has its place in a plan. */
    static long about(Step step) {
        if (step instanceof Expunge s) {
            return s.uid();
        }
        if (step instanceof Update s) {
            return s.uid();
        }
        if (step instanceof Renumber s) {
            return s.uid();
        }
        return step instanceof Copy s ? s.newUid() : ((Save) step).newUid();
    }

    /** Remembers where mails lie that this side has already got under another UID. */
    void findCopies(List<Place> places) {
        Set<MailGuid> sought = new HashSet<>();
        for (Place place : places) {
            if (side.row(place) < 0 && place.shared()) {
                sought.add(place.guid());
            }
        }
        if (!side.changes || sought.isEmpty() || side.input.hashed()) {
            return; // the same headers do not prove that two mails are the same to the last byte
        }
        present = side.table.rowsOf(sought);
    }

    /** A mail that stays under its UID, or moves to another. */
    void keep(int row, long uid, Wanted wanted, long received, String whyMoved) {
        if (!side.changes) {
            return;
        }
        MailboxSnapshot table = side.table;
        if (table.uid(row) != uid) {
            steps.add(new Renumber(
                    table.uid(row),
                    uid,
                    recent(wanted.flags, uid),
                    wanted.keywords,
                    wanted.modSeq,
                    received,
                    whyMoved));
            visible = true;
            return;
        }
        boolean differ = differ(row, wanted);
        if (differ || table.modSeq(row) != wanted.modSeq) {
            steps.add(new Update(
                    uid,
                    recent(wanted.flags, uid),
                    differ ? wanted.keywords : table.keywords(row),
                    wanted.modSeq,
                    MailboxSnapshot.RECEIVED_UNKNOWN,
                    differ,
                    differ ? Reasons.FLAGS : Reasons.MODSEQ));
            visible |= differ;
        }
    }

    private boolean differ(int row, Wanted wanted) {
        return side.table.flags(row).settable().bits()
                        != wanted.flags.settable().bits()
                || !side.table.keywords(row).sameAs(wanted.keywords);
    }

    /**
     * A mail that this side has not got.
     *
     * @param key what it is told from others by
     * @param guid its GUID here
     */
    void add(MailGuid key, MailGuid guid, long uid, Wanted wanted, long received) {
        if (!side.changes) {
            return;
        }
        Flags flags = recent(wanted.flags, uid);
        Integer here = present.get(key);
        if (here != null) {
            steps.add(new Copy(
                    side.table.uid(here), uid, flags, wanted.keywords, wanted.modSeq, received, Reasons.SECOND));
        } else {
            steps.add(new Save(uid, guid, flags, wanted.keywords, wanted.modSeq, received, Reasons.NEW));
        }
        visible = true;
    }

    /** What the other side took away and nobody has found a new place for. */
    void expungeDead() {
        if (!side.changes) {
            return;
        }
        side.dead.forEach((guid, mails) -> {
            for (Dead mail : mails) {
                steps.add(new Expunge(side.table.uid(mail.row()), guid, mail.reason()));
                visible = true;
            }
        });
    }

    private Flags recent(Flags flags, long uid) {
        int bits = flags.settable().bits();
        return new Flags(uid >= firstRecentUid ? bits | Flags.RECENT : bits);
    }
}
