package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxPlan.Valued;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.account.PlanNumbers;
import dev.twinbox.engine.storage.account.PlanSteps;
import dev.twinbox.engine.storage.account.PlannedMails;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a plan means for a mailbox: which mails there are afterwards, and where each comes from. Decides only. */
final class DboxEdit {
    private final DboxTable table;
    private final PlanNumbers numbers;
    private final PlanSteps steps;
    private final Map<MailGuid, DboxBodies.Staged> staged;

    /** Mails that are given something, or that come, by rising UID; the others are as the table has them. */
    private final List<Row> special = new ArrayList<>();

    /** Those of them that are there already, by their row in the table. */
    private final Map<Integer, Row> changed = new HashMap<>();

    private final BitSet gone = new BitSet();
    private final Set<MailGuid> used = new HashSet<>();
    private final List<Row> rows;

    DboxEdit(DboxTable table, MailboxPlan plan, Map<MailGuid, DboxBodies.Staged> staged) {
        this.table = table;
        this.numbers = PlanNumbers.of(plan, table.snapshot());
        this.steps = new PlanSteps(plan, table.snapshot());
        this.staged = staged;
        this.rows = build(plan);
    }

    /** Where a mail comes from. */
    enum Origin {
        /** It is in the mailbox, perhaps under another UID. */
        HERE,
        /** It was staged. */
        STAGED,
        /** It becomes a second mail of one that is in the mailbox. */
        COPY
    }

    /** One mail of the mailbox as it will be. */
    static final class Row {
        final long uid;
        final Origin origin;

        /** UID it has, or that the copied mail has, in the index as it is; 0 of a staged mail. */
        final long fromUid;

        /** The other flag bits of the index stay with a mail. */
        final int indexFlags;

        final Keywords keywords;
        final long modSeq;

        /** The date it must have; {@link MailboxSnapshot#RECEIVED_UNKNOWN} if any is right. */
        final long received;

        private final @Nullable MailGuid guid;

        /** Whether a step of the plan is about it. */
        final boolean changed;

        /** Whether it is a second mail of the same content, which has no POP3 values, like one that Dovecot copies. */
        final boolean isCopy;

        private Row(long uid, Origin origin, long fromUid, @Nullable MailGuid guid, Values values, boolean changed) {
            this(uid, origin, fromUid, guid, values, changed, origin == Origin.COPY);
        }

        private Row(
                long uid,
                Origin origin,
                long fromUid,
                @Nullable MailGuid guid,
                Values values,
                boolean changed,
                boolean isCopy) {
            this.uid = uid;
            this.origin = origin;
            this.fromUid = fromUid;
            this.guid = guid;
            this.indexFlags = values.indexFlags;
            this.keywords = values.keywords;
            this.modSeq = values.modSeq;
            this.received = values.received;
            this.changed = changed;
            this.isCopy = isCopy;
        }

        /** Whether it is in the mailbox now, under another UID. */
        boolean isMoved() {
            return origin == Origin.HERE && uid != fromUid;
        }

        /** Whether it is in the mailbox now, under this UID, so that nothing but its date could have to change. */
        boolean stays() {
            return origin == Origin.HERE && uid == fromUid;
        }
    }

    private record Values(int indexFlags, Keywords keywords, long modSeq, long received) {}

    /** The table the plan was made for. */
    DboxTable table() {
        return table;
    }

    /** The numbers the mailbox gets. */
    Target target() {
        return numbers.target();
    }

    /** All mails, by rising UID. */
    List<Row> rows() {
        return rows;
    }

    /** Those of them that are given something, or that come; of all others nothing changes. */
    List<Row> special() {
        return special;
    }

    /** UIDs of mails that are not there any more. */
    List<Long> expunged() {
        List<Long> uids = new ArrayList<>(gone.cardinality());
        gone.stream().forEach(row -> uids.add(table.snapshot().uid(row)));
        return uids;
    }

    /** The GUID of a mail. */
    MailGuid guid(Row row) {
        MailGuid own = row.guid;
        return own != null ? own : table.snapshot().guid(table.snapshot().rowOf(row.fromUid));
    }

    /** The staged mail a row is made of. */
    DboxBodies.Staged body(Row row) {
        DboxBodies.Staged body = staged.get(guid(row));
        if (body == null) {
            throw new IllegalArgumentException("UID " + row.uid + " was not staged");
        }
        return body;
    }

    /** GUIDs of the staged mails that get a place. */
    Set<MailGuid> usedBodies() {
        return used;
    }

    /** Whether any mail has a modseq. */
    boolean hasModSeqs() {
        for (Row row : rows) {
            if (row.modSeq > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether a UID that a mail has now is that of another mail from now on. */
    boolean reusesUids() {
        for (Row row : special) {
            if (!row.stays() && table.snapshot().rowOf(row.uid) >= 0) {
                return true;
            }
        }
        return false;
    }

    private Values planned(Valued step, int backend) {
        return new Values(
                step.flags().settable().bits() | backend, step.keywords(), numbers.modSeq(step), step.received());
    }

    private List<Row> build(MailboxPlan plan) {
        MailboxSnapshot now = table.snapshot();
        for (int row = 0; row < now.size(); row++) {
            Step step = steps.at(row);
            if (step instanceof Expunge) {
                gone.set(row);
            } else if (step != null) {
                Row added = row(row, step);
                changed.put(row, added);
                special.add(added);
            }
        }
        for (Step step : plan.steps()) {
            if (step instanceof Copy copy) {
                copy(copy);
            } else if (step instanceof Save save) {
                save(save);
            }
        }
        return new PlannedMails<>(
                now,
                row -> !gone.get(row) && !changed.containsKey(row),
                special,
                row -> row.uid,
                row -> row(row, null));
    }

    private int backend(int row) {
        return table.indexFlags(row) & IndexState.BACKEND;
    }

    private Row row(int row, @Nullable Step step) {
        MailboxSnapshot now = table.snapshot();
        Values values = step instanceof Valued valued
                ? planned(valued, backend(row))
                : new Values(
                        now.flags(row).bits() & Flags.SETTABLE | backend(row),
                        now.keywords(row),
                        numbers.modSeq(now.modSeq(row), false),
                        MailboxSnapshot.RECEIVED_UNKNOWN);
        long uid = step instanceof Renumber renumber ? renumber.newUid() : now.uid(row);
        return new Row(uid, Origin.HERE, now.uid(row), null, values, step != null);
    }

    private void copy(Copy step) {
        int from = steps.original(step);
        special.add(new Row(step.newUid(), Origin.COPY, step.fromUid(), null, planned(step, backend(from)), true));
    }

    private void save(Save step) {
        if (!staged.containsKey(step.guid())) {
            throw new IllegalArgumentException("plan saves UID " + step.newUid() + ", which was not staged");
        }
        boolean again = !used.add(step.guid());
        special.add(new Row(step.newUid(), Origin.STAGED, 0, step.guid(), planned(step, 0), true, again));
    }
}
