package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxPlan.Valued;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a plan means for the files of a mailbox: which names go, come and change, and what the uidlist, the keyword file and
 * the index say afterwards. Decides only; {@link MaildirCommit} does it.
 */
final class MaildirEdit {
    private final MaildirTable table;
    private final MailboxPlan plan;
    private final PlanNumbers numbers;
    private final Map<MailGuid, MaildirStaging.Staged> staged;
    private final Supplier<String> freshNames;

    private final Map<Integer, Row> kept = new HashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private final Set<String> bases = new HashSet<>();
    private final Map<MailGuid, Row> saved = new HashMap<>();
    private final KeywordFile.Added keywords;
    private boolean listChanged;

    MaildirEdit(
            MaildirTable table,
            MailboxPlan plan,
            Map<MailGuid, MaildirStaging.Staged> staged,
            Supplier<String> freshNames) {
        this.table = table;
        this.plan = plan;
        this.numbers = PlanNumbers.of(plan, table.snapshot());
        this.staged = staged;
        this.freshNames = freshNames;
        this.keywords = table.keywordFile().withUnknown(table.usedLetters()).add(neededKeywords(plan));
        build();
    }

    /** Where a final mail's file comes from. */
    enum Origin {
        /** It is there. */
        HERE,
        /** It is in {@code tmp/}. */
        STAGED,
        /** It becomes a second name of another mail's file. */
        LINK
    }

    /** One mail of the mailbox as it will be. */
    static final class Row {
        final long uid;
        final MailGuid guid;
        final Origin origin;
        final int tableRow;
        final Flags flags;
        final Keywords keywords;
        final long modSeq;
        final long received;
        final UidlistFields fields;
        final String base;
        final boolean changed;
        /** Of a link: the mail whose file it shares. */
        final @Nullable Row linked;

        private Row(
                long uid,
                MailGuid guid,
                Origin origin,
                int tableRow,
                Values values,
                UidlistFields fields,
                String base,
                boolean changed,
                @Nullable Row linked) {
            this.uid = uid;
            this.guid = guid;
            this.origin = origin;
            this.tableRow = tableRow;
            this.flags = values.flags;
            this.keywords = values.keywords;
            this.modSeq = values.modSeq;
            this.received = values.received;
            this.fields = fields;
            this.base = base;
            this.changed = changed;
            this.linked = linked;
        }
    }

    private record Values(Flags flags, Keywords keywords, long modSeq, long received) {}

    /** The numbers the mailbox gets. */
    Target target() {
        return numbers.target();
    }

    private static Collection<String> neededKeywords(MailboxPlan plan) {
        Set<String> needed = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (Step step : plan.steps()) {
            if (step instanceof Valued valued) {
                needed.addAll(valued.keywords().names());
            }
        }
        return needed;
    }

    private Values planned(Valued step) {
        boolean visible = !(step instanceof Update update) || update.visible();
        return new Values(step.flags(), step.keywords(), numbers.modSeq(step.modSeq(), visible), step.received());
    }

    private void build() {
        Map<Long, Step> byUid = new HashMap<>();
        for (Step step : plan.steps()) {
            if (step instanceof Update s) {
                byUid.put(s.uid(), s);
            } else if (step instanceof Renumber s) {
                byUid.put(s.uid(), s);
            } else if (step instanceof Expunge s) {
                byUid.put(s.uid(), s);
            }
        }
        MailboxSnapshot now = table.snapshot();
        for (int row = 0; row < now.size(); row++) {
            Step step = byUid.remove(now.uid(row));
            if (step instanceof Expunge) {
                listChanged = true;
            } else {
                keep(row, step);
            }
        }
        if (!byUid.isEmpty()) {
            throw new IllegalArgumentException("plan speaks of UIDs that are not there: " + byUid.keySet());
        }
        for (Step step : plan.steps()) {
            if (step instanceof Copy copy) {
                copy(copy);
            } else if (step instanceof Save save) {
                save(save);
            }
        }
        rows.sort(Comparator.comparingLong(row -> row.uid));
    }

    private void keep(int row, @Nullable Step step) {
        listChanged |= step instanceof Renumber || table.uidlistRow(row) < 0;
        Row added = row(row, step);
        bases.add(added.base);
        kept.put(row, added);
        rows.add(added);
    }

    private Row row(int row, @Nullable Step step) {
        MailboxSnapshot now = table.snapshot();
        Values values = step instanceof Valued valued
                ? planned(valued)
                : new Values(
                        now.flags(row),
                        now.keywords(row),
                        numbers.modSeq(now.modSeq(row), false),
                        MailboxSnapshot.RECEIVED_UNKNOWN);
        long uid = step instanceof Renumber renumber ? renumber.newUid() : now.uid(row);
        String base = MaildirName.parse(table.file(row)).orElseThrow().base();
        return new Row(uid, now.guid(row), Origin.HERE, row, values, UidlistFields.NONE, base, step != null, null);
    }

    private void copy(Copy step) {
        int from = table.snapshot().rowOf(step.fromUid());
        if (from < 0) {
            throw new IllegalArgumentException("plan copies UID " + step.fromUid() + ", which is not there");
        }
        Row original = kept.get(from);
        if (original == null) {
            original = row(from, null); // goes in this very plan, but only after it was copied
        }
        addNew(step.newUid(), original.guid, planned(step), pop3(from), original);
    }

    private Pop3 pop3(int row) {
        Uidlist list = table.uidlist();
        int listRow = table.uidlistRow(row);
        return list == null || listRow < 0 ? Pop3.NONE : list.fields(listRow).pop3();
    }

    private void save(Save step) {
        MaildirStaging.Staged body = staged.get(step.guid());
        if (body == null) {
            throw new IllegalArgumentException("plan saves UID " + step.newUid() + ", which was not staged");
        }
        addNew(step.newUid(), step.guid(), planned(step), body.pop3(), saved.get(step.guid()));
    }

    private void addNew(long uid, MailGuid guid, Values values, Pop3 pop3, @Nullable Row linked) {
        listChanged = true;
        String own = guid.value();
        // A blank would not survive in the uidlist's G field, but does no harm in a file name.
        boolean usable = MaildirName.isUsableBase(own.replace(' ', '_')) && !bases.contains(own) && sizeFits(own, guid);
        String base = usable ? own : freshNames.get();
        bases.add(base);
        Row added = new Row(
                uid,
                guid,
                linked == null ? Origin.STAGED : Origin.LINK,
                -1,
                values,
                UidlistFields.of(usable ? null : guid, pop3),
                base,
                true,
                linked);
        if (linked == null) {
            saved.put(guid, added);
        }
        rows.add(added);
    }

    /** A name that promises another size than the file has would make Dovecot refuse the mail. */
    private boolean sizeFits(String base, MailGuid guid) {
        MaildirStaging.Staged body = staged.get(guid);
        long promised = MaildirName.parse(base).map(MaildirName::size).orElse(MaildirName.SIZE_UNKNOWN);
        return body == null || !body.plain() || promised < 0 || promised == body.size();
    }

    /** All mails, by rising UID. */
    List<Row> rows() {
        return rows;
    }

    /**
     * The mail of a UID, or null.
     *
     * @param guess where it is most likely to stand
     */
    @Nullable
    Row find(int guess, long uid) {
        if (guess < rows.size() && rows.get(guess).uid == uid) {
            return rows.get(guess);
        }
        int low = 0;
        int high = rows.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long there = rows.get(middle).uid;
            if (there == uid) {
                return rows.get(middle);
            }
            if (there < uid) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /** The file of a staged mail. */
    MaildirStaging.Staged body(Row row) {
        return java.util.Objects.requireNonNull(staged.get(row.guid));
    }

    /** GUIDs of the staged mails that get a place. */
    Set<MailGuid> usedBodies() {
        return saved.keySet();
    }

    KeywordFile keywordFile() {
        return keywords.file();
    }

    boolean keywordFileChanged() {
        return !java.util.Arrays.equals(
                keywords.file().toBytes(), table.keywordFile().toBytes());
    }

    /** Keywords for which there is no letter left; only the index can hold them. */
    List<String> keywordsWithoutLetter() {
        return keywords.overflow();
    }

    /** Files whose mails are not in the result. */
    List<Integer> expunged() {
        List<Integer> gone = new ArrayList<>();
        for (int row = 0; row < table.snapshot().size(); row++) {
            if (!kept.containsKey(row)) {
                gone.add(row);
            }
        }
        return gone;
    }

    /**
     * The name a mail's file must have, and in which folder. A mail that is recent and that nobody has touched lies in
     * {@code new/}, as a delivery would; a file that already says what it must is left as it is.
     */
    Place place(Row row) {
        int mask = keywords.file().maskOf(row.keywords);
        int bits = row.flags.settable().bits();
        if (row.origin == Origin.HERE) {
            String file = table.file(row.tableRow);
            MaildirName parsed = MaildirName.parse(file).orElseThrow();
            boolean inNew = table.isInNew(row.tableRow);
            if (parsed.flags().bits() == bits && parsed.keywordLetters() == mask) {
                return new Place(file, inNew);
            }
            return new Place(parsed.withFlags(row.flags, mask), false);
        }
        if (row.flags.has(Flags.RECENT) && bits == 0 && row.keywords.isEmpty()) {
            return new Place(row.base, true);
        }
        return new Place(MaildirName.ofBase(row.base, row.flags, mask), false);
    }

    /** A file name, one byte per character, in {@code new/} or {@code cur/}. */
    record Place(String file, boolean inNew) {}

    /** The new uidlist, or null if the one there is right. */
    @Nullable
    Uidlist uidlist() {
        Uidlist now = table.uidlist();
        Target target = numbers.target();
        boolean right = now != null
                && !listChanged
                && now.version() == 3
                && now.problems().isEmpty()
                && now.uidValidity() == target.uidValidity()
                && now.headerNextUid() == target.uidNext()
                && target.guid().equals(now.guid());
        if (right) {
            return null;
        }
        Uidlist.Builder builder = (now == null ? new Uidlist.Builder(target.uidValidity()) : now.toBuilder())
                .uidValidity(target.uidValidity())
                .nextUid(target.uidNext())
                .guid(target.guid());
        for (Row row : rows) {
            int listRow = row.tableRow < 0 ? -1 : table.uidlistRow(row.tableRow);
            if (now != null && listRow >= 0) {
                builder.add(row.uid, now, listRow);
            } else {
                builder.add(row.uid, row.base, row.fields);
            }
        }
        return builder.build();
    }
}
