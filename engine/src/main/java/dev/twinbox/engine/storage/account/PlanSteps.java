package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The steps of a plan that are about mails of a table, found by UID. Immutable. */
public final class PlanSteps {
    private final MailboxSnapshot table;
    private final Map<Long, Step> byUid = new HashMap<>();

    /**
     * @throws IllegalArgumentException if a mail is to be changed that is not in the table
     */
    public PlanSteps(MailboxPlan plan, MailboxSnapshot table) {
        this.table = table;
        for (Step step : plan.steps()) {
            if (step instanceof Update s) {
                byUid.put(s.uid(), s);
            } else if (step instanceof Renumber s) {
                byUid.put(s.uid(), s);
            } else if (step instanceof Expunge s) {
                byUid.put(s.uid(), s);
            }
        }
        TreeSet<Long> missing = new TreeSet<>();
        for (long uid : byUid.keySet()) {
            if (table.rowOf(uid) < 0) {
                missing.add(uid);
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("plan speaks of UIDs that are not there: " + missing);
        }
    }

    /** What is to be done to the mail of a row: updated, renumbered or expunged; null if nothing. */
    public @Nullable Step at(int row) {
        return byUid.isEmpty() ? null : byUid.get(table.uid(row));
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
