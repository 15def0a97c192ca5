package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The steps of a plan that are about mails of a table, found by UID. Immutable. */
public final class PlanSteps {
    private final MailboxSnapshot table;
    private final Map<Integer, Step> byRow = new HashMap<>();

    /** Where there are steps: asked of every row, most of which have none. */
    private final BitSet rows = new BitSet();

    /**
     * @throws IllegalArgumentException if a mail is to be changed that is not in the table
     */
    public PlanSteps(MailboxPlan plan, MailboxSnapshot table) {
        this.table = table;
        TreeSet<Long> missing = new TreeSet<>();
        for (Step step : plan.steps()) {
            if (step instanceof Update s) {
                put(s.uid(), s, missing);
            } else if (step instanceof Renumber s) {
                put(s.uid(), s, missing);
            } else if (step instanceof Expunge s) {
                put(s.uid(), s, missing);
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("plan speaks of UIDs that are not there: " + missing);
        }
    }

    private void put(long uid, Step step, Set<Long> missing) {
        int row = table.rowOf(uid);
        if (row < 0) {
            missing.add(uid);
        } else {
            byRow.put(row, step);
            rows.set(row);
        }
    }

    /** What is to be done to the mail of a row: updated, renumbered or expunged; null if nothing. */
    public @Nullable Step at(int row) {
        return rows.get(row) ? byRow.get(row) : null;
    }

    /**
     * The row of the mail that is to be copied.
     *
     * @throws IllegalArgumentException if there is none
     */
    public int original(Copy step) {
        int row = table.rowOf(step.fromUid());
        if (row < 0) {
            throw new IllegalArgumentException("plan copies UID " + step.fromUid() + ", which is not there");
        }
        return row;
    }
}
