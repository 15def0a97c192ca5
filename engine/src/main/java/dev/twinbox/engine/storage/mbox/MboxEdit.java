package dev.twinbox.engine.storage.mbox;

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
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox as it is to be: what a plan makes of a table. Pure.
 */
final class MboxEdit {
    private final MboxTable table;
    private final MailboxPlan plan;
    private final PlanNumbers numbers;
    private final PlanSteps steps;
    private final Map<MailGuid, MboxStaging.Staged> staged;
    private final List<Row> rows = new ArrayList<>();
    private final MboxBase base;
    private final Map<String, String> spelling = new HashMap<>();

    /**
     * @param staged the bodies that can be saved
     * @throws IllegalArgumentException if the plan is not one for this table
     */
    MboxEdit(MboxTable table, MailboxPlan plan, Map<MailGuid, MboxStaging.Staged> staged) {
        this.table = table;
        this.plan = plan;
        this.numbers = PlanNumbers.of(plan, table.snapshot());
        this.steps = new PlanSteps(plan, table.snapshot());
        this.staged = staged;
        build();
        this.base = makeBase();
    }

    /**
     * One mail of the mailbox as it will be.
     *
     * @param tableRow the mail's row in the table, or that of the mail it is a copy of; -1 if it was staged
     * @param body what was staged, or null
     * @param fresh whether the file gets a mail more by it
     * @param received what the From_ line is to say
     * @param changed whether the plan speaks of it
     */
    record Row(
            long uid,
            int tableRow,
            MboxStaging.@Nullable Staged body,
            boolean fresh,
            Flags flags,
            Keywords keywords,
            long modSeq,
            long received,
            boolean changed) {}

    /** All mails, by rising UID. */
    List<Row> rows() {
        return rows;
    }

    /** The numbers the mailbox gets. */
    Target target() {
        return numbers.target();
    }

    /** What the first mail is to say. */
    MboxBase base() {
        return base;
    }

    private void build() {
        MailboxSnapshot now = table.snapshot();
        for (int row = 0; row < now.size(); row++) {
            Step step = steps.at(row);
            if (!(step instanceof Expunge)) {
                rows.add(kept(row, step));
            }
        }
        for (Step step : plan.steps()) {
            if (step instanceof Copy copy) {
                copy(copy);
            } else if (step instanceof Save save) {
                save(save);
            }
        }
        rows.sort(Comparator.comparingLong(Row::uid));
    }

    private Row kept(int row, @Nullable Step step) {
        MailboxSnapshot now = table.snapshot();
        if (!(step instanceof Valued valued)) {
            return new Row(
                    now.uid(row),
                    row,
                    null,
                    false,
                    now.flags(row).settable(),
                    now.keywords(row),
                    numbers.modSeq(now.modSeq(row), false),
                    now.received(row),
                    false);
        }
        long uid = valued instanceof Renumber renumber ? renumber.newUid() : now.uid(row);
        return row(uid, row, null, false, valued, now.received(row));
    }

    private Row row(
            long uid,
            int tableRow,
            MboxStaging.@Nullable Staged body,
            boolean fresh,
            Valued step,
            long receivedUnlessPlanned) {
        long received = step.received() == MailboxSnapshot.RECEIVED_UNKNOWN ? receivedUnlessPlanned : step.received();
        return new Row(
                uid,
                tableRow,
                body,
                fresh,
                step.flags().settable(),
                step.keywords(),
                numbers.modSeq(step),
                received,
                true);
    }

    private void copy(Copy step) {
        int from = steps.original(step);
        rows.add(row(step.newUid(), from, null, true, step, table.snapshot().received(from)));
    }

    private void save(Save step) {
        MboxStaging.Staged body = staged.get(step.guid());
        if (body == null) {
            throw new IllegalArgumentException("plan saves UID " + step.newUid() + ", which was not staged");
        }
        rows.add(row(step.newUid(), -1, body, true, step, body.received()));
    }

    private MboxBase makeBase() {
        TreeMap<String, String> known = new TreeMap<>();
        List<String> names = new ArrayList<>();
        if (table.base() != null) {
            for (String name : table.base().keywords()) {
                if (Keywords.isValidName(name)) {
                    add(name, known, names);
                }
            }
        }
        for (Row row : rows) {
            for (String name : row.keywords().names()) {
                add(name, known, names);
            }
        }
        spelling.putAll(known);
        return new MboxBase(target().uidValidity(), target().uidNext() - 1, names, false);
    }

    private static void add(String name, Map<String, String> known, List<String> names) {
        if (known.putIfAbsent(name.toLowerCase(Locale.ROOT), name) == null) {
            names.add(name);
        }
    }

    /** The hidden lines a mail is to have. */
    HiddenBlock hidden(int index, long contentLength) {
        Row row = rows.get(index);
        List<String> spelled = new ArrayList<>();
        for (String name : row.keywords().names()) {
            spelled.add(spelling.getOrDefault(name.toLowerCase(Locale.ROOT), name));
        }
        return new HiddenBlock(
                index == 0 ? base : null,
                row.uid(),
                row.flags(),
                row.uid() < target().firstRecentUid(),
                Keywords.of(spelled),
                contentLength);
    }

    /** Whether the first mail does not say what it should of the mailbox, or another one does. */
    boolean differsInBase(int index) {
        Row row = rows.get(index);
        MboxBase said =
                row.tableRow() < 0 ? null : table.mails().get(row.tableRow()).base();
        return index == 0 ? !base.equals(said) : said != null;
    }

    /** Whether the file's mail says something else than it should of the mail itself. */
    boolean differs(int index) {
        Row row = rows.get(index);
        if (row.tableRow() < 0) {
            return true;
        }
        MboxMail mail = table.mails().get(row.tableRow());
        return mail.uid() != row.uid()
                || mail.flags() != row.flags().bits()
                || !MboxTableJoin.keywords(mail, table.base()).sameAs(row.keywords())
                || !mail.complete();
    }
}
