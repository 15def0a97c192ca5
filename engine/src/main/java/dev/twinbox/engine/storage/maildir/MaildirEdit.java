package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.Mailbox.Pop3;
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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a plan means for the files of a mailbox: which names go, come and change, and what the uidlist, the keyword file and
 * the index say afterwards. Decides only; {@link MaildirCommit} does it.
 */
final class MaildirEdit {
    /** A uidlist that is shorter, in bytes, is as quickly written anew. */
    static final int APPEND_FILE_BYTES_MIN = 1 << 16;

    /** More lines than these are not appended to a uidlist. */
    private static final int APPEND_LINES_MAX = 10_000;

    /** The index of fewer mails is as quickly written anew. */
    static final int AMEND_MAILS_MIN = 1_000;

    /** The index is written anew if more than one mail in so many is given something, comes or goes. */
    private static final int AMEND_SHARE = 16;

    /** One in so many lines of a uidlist at most is left that of a mail that has gone, as in Dovecot. */
    private static final int APPEND_DEAD_SHARE = 4;

    private final MaildirTable table;
    private final MailboxPlan plan;
    private final PlanNumbers numbers;
    private final PlanSteps steps;
    private final Map<MailGuid, MaildirStaging.Staged> staged;
    private final FreshNames freshNames;

    /** Mails that are given something, or that come, by rising UID; the others are as the table has them. */
    private final List<Row> special = new ArrayList<>();

    /** Those of them that are there already, by their row in the table. */
    private final Map<Integer, Row> changed = new HashMap<>();

    private final BitSet gone = new BitSet();
    private final Set<String> newBases = new HashSet<>();
    private final PlannedMails<Row> mails;
    private final Map<MailGuid, Row> saved = new HashMap<>();
    private final KeywordFile.Added keywords;
    private boolean listChanged;
    private boolean namesOtherwise;

    /** A mail that comes has a name that is in the uidlist already, if only of a mail that has gone. */
    private boolean nameIsListed;

    /** A mail has no line in the uidlist, or gets another UID than its line says. */
    private boolean numbersChange;

    /** Base names that no file has. */
    interface FreshNames {
        /** One for a mail of these sizes, {@link MaildirName#SIZE_UNKNOWN} if nobody has counted. */
        String next(long size, long virtualSize);
    }

    MaildirEdit(
            MaildirTable table, MailboxPlan plan, Map<MailGuid, MaildirStaging.Staged> staged, FreshNames freshNames) {
        this.table = table;
        this.plan = plan;
        this.numbers = PlanNumbers.of(plan, table.snapshot());
        this.steps = new PlanSteps(plan, table.snapshot());
        this.staged = staged;
        this.freshNames = freshNames;
        this.keywords = table.keywordFile().withUnknown(table.usedLetters()).add(neededKeywords(plan));
        this.mails = build();
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
        final Origin origin;
        final int tableRow;
        final Flags flags;
        final Keywords keywords;
        final long modSeq;
        final long received;
        final UidlistFields fields;
        final boolean changed;
        private final @Nullable MailGuid guid;
        private final @Nullable String base;
        /** Of a link: the mail whose file it shares. */
        final @Nullable Row linked;

        private Row(
                long uid,
                @Nullable MailGuid guid,
                Origin origin,
                int tableRow,
                Values values,
                UidlistFields fields,
                @Nullable String base,
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
        return new Values(step.flags(), step.keywords(), numbers.modSeq(step), step.received());
    }

    private PlannedMails<Row> build() {
        MailboxSnapshot now = table.snapshot();
        for (int row = 0; row < now.size(); row++) {
            if (table.uidlistRow(row) < 0) {
                listChanged = true;
                numbersChange = true;
                namesOtherwise |= table.fields(row).guid() != null;
            }
            Step step = steps.at(row);
            if (step instanceof Expunge) {
                listChanged = true;
                gone.set(row);
            } else if (step != null) {
                listChanged |= step instanceof Renumber;
                numbersChange |= step instanceof Renumber;
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
        BitSet stepped = new BitSet();
        changed.keySet().forEach(stepped::set);
        stepped.or(gone);
        return new PlannedMails<>(now, row -> !stepped.get(row), special, row -> row.uid, row -> row(row, null));
    }

    /** The row of a mail that is there, or -1. */
    private int tableRow(int index) {
        int row = mails.plainRow(index);
        return row >= 0 ? row : mails.get(index).tableRow;
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
        UidlistFields fields = table.uidlistRow(row) < 0 ? table.fields(row) : UidlistFields.NONE;
        return new Row(uid, null, Origin.HERE, row, values, fields, null, step != null, null);
    }

    private MailGuid guid(Row row) {
        return row.guid == null ? table.snapshot().guid(row.tableRow) : row.guid;
    }

    private String base(Row row) {
        return row.base == null ? table.files().base(row.tableRow) : row.base;
    }

    private void copy(Copy step) {
        int from = steps.original(step);
        Row original = changed.get(from);
        if (original == null) {
            original = row(from, null); // perhaps goes in this very plan, but only after it was copied
        }
        addNew(step.newUid(), guid(original), planned(step), Pop3.NONE, original);
    }

    private void save(Save step) {
        MaildirStaging.Staged body = staged.get(step.guid());
        if (body == null) {
            throw new IllegalArgumentException("plan saves UID " + step.newUid() + ", which was not staged");
        }
        addNew(step.newUid(), step.guid(), planned(step), body.pop3(), saved.get(step.guid()));
    }

    /** @param linked the mail it is a second one of, without POP3 values, as where Dovecot copies; null if it is the first */
    private void addNew(long uid, MailGuid guid, Values values, Pop3 pop3, @Nullable Row linked) {
        listChanged = true;
        String own = guid.value();
        // A blank would not survive in the uidlist's G field, but does no harm in a file name.
        boolean usable = MaildirName.isUsableBase(own.replace(' ', '_')) && !isTaken(own) && sizeFits(own, guid);
        namesOtherwise |= !usable;
        String base = usable ? own : freshName(linked == null ? own : base(linked), guid);
        newBases.add(base);
        Row added = new Row(
                uid,
                guid,
                linked == null ? Origin.STAGED : Origin.LINK,
                -1,
                values,
                UidlistFields.of(usable ? null : guid, linked == null ? pop3 : Pop3.NONE),
                base,
                true,
                linked);
        if (linked == null) {
            saved.put(guid, added);
        }
        special.add(added);
    }

    /** A name that promises the sizes which the name of the same mail does. */
    private String freshName(String same, MailGuid guid) {
        MaildirName named = MaildirName.parse(same).orElse(null);
        return named == null || !MaildirName.isUsableBase(same) || !sizeFits(same, guid)
                ? freshNames.next(MaildirName.SIZE_UNKNOWN, MaildirName.SIZE_UNKNOWN)
                : freshNames.next(named.size(), named.virtualSize());
    }

    /** Whether a mail that stays, or another new one, has the base name. */
    private boolean isTaken(String base) {
        if (newBases.contains(base)) {
            return true;
        }
        Uidlist list = table.uidlist();
        int listRow = list == null ? -1 : list.rowOfBase(base);
        nameIsListed |= listRow >= 0;
        int row = table.files().rowOfBase(base, listRow);
        return row >= 0 && !gone.get(row);
    }

    /** A name that promises another size than the file has would make Dovecot refuse the mail. */
    private boolean sizeFits(String base, MailGuid guid) {
        MaildirStaging.Staged body = staged.get(guid);
        long promised = MaildirName.parse(base).map(MaildirName::size).orElse(MaildirName.SIZE_UNKNOWN);
        return body == null || !body.plain() || promised < 0 || promised == body.size();
    }

    /** Number of mails. */
    int size() {
        return mails.size();
    }

    /** Those of them that are given something, or that come; of all others nothing changes. */
    List<Row> special() {
        return special;
    }

    /** Whether any mail has a modseq. */
    boolean hasModSeqs() {
        for (Row row : mails) {
            if (row.modSeq > 0) {
                return true;
            }
        }
        return false;
    }

    /** The file of a staged mail. */
    MaildirStaging.Staged body(Row row) {
        return java.util.Objects.requireNonNull(staged.get(guid(row)));
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
        return gone.stream().boxed().toList();
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
            return saysAll(row)
                    ? new Place(file, table.isInNew(row.tableRow))
                    : new Place(MaildirName.parse(file).orElseThrow().withFlags(row.flags, mask), false);
        }
        if (row.flags.has(Flags.RECENT) && bits == 0 && row.keywords.isEmpty()) {
            return new Place(base(row), true);
        }
        return new Place(MaildirName.ofBase(base(row), row.flags, mask), false);
    }

    /** Whether the file of a mail that is there says its flags and keywords, so that it can stay as it is. */
    boolean saysAll(Row row) {
        return says(row.tableRow, row.flags.settable().bits(), row.keywords);
    }

    private boolean says(int tableRow, int flags, Keywords words) {
        return table.files().flagBits(tableRow) == flags
                && table.files().keywordLetters(tableRow) == keywords.file().maskOf(words);
    }

    /** The same of the mail of a row that stays as it is. */
    private boolean plainSaysAll(int tableRow) {
        MailboxSnapshot now = table.snapshot();
        return says(tableRow, now.flagBits(tableRow) & Flags.SETTABLE, now.keywords(tableRow));
    }

    /** Of the mails that are there, those that stay, and whose files must or may have another name. */
    List<Row> toBeNamed() {
        List<Row> rows = new ArrayList<>();
        // Then the names in cur/ are those that say what the mails have.
        boolean believed = table.isBelieved() && !keywordFileChanged();
        for (int i = 0; i < mails.size(); i++) {
            int plain = mails.plainRow(i);
            if (plain >= 0 && believed && !table.isInNew(plain)) {
                continue;
            }
            if (plain >= 0 ? !plainSaysAll(plain) : mails.get(i).origin == Origin.HERE) {
                rows.add(mails.get(i));
            }
        }
        return rows;
    }

    /** Takes each mail of the mailbox as it will be, as an index has it. */
    interface IndexRows {
        /**
         * One mail.
         *
         * @param tableRow of a mail that is there, else -1
         * @param flags without \Recent
         * @param changed whether it is given anything
         */
        void take(long uid, int tableRow, int flags, Keywords keywords, long modSeq, boolean changed)
                throws IOException;
    }

    /** All mails, by rising UID, without an object for each. */
    void eachIndexRow(IndexRows rows) throws IOException {
        MailboxSnapshot now = table.snapshot();
        for (int i = 0; i < mails.size(); i++) {
            int plain = mails.plainRow(i);
            if (plain >= 0) {
                long modSeq = numbers.modSeq(now.modSeq(plain), false);
                rows.take(
                        now.uid(plain),
                        plain,
                        now.flagBits(plain) & Flags.SETTABLE,
                        now.keywords(plain),
                        modSeq,
                        false);
            } else {
                take(mails.get(i), rows);
            }
        }
    }

    private static void take(Row row, IndexRows rows) throws IOException {
        rows.take(row.uid, row.tableRow, row.flags.settable().bits(), row.keywords, row.modSeq, row.changed);
    }

    /**
     * Whether the index has all mails just as the table has them, and goes on having those so that this plan does not speak of:
     * then {@linkplain #eachSpecialIndexRow some rows} are all that it needs to hear. Only looked for in a long mailbox.
     */
    boolean canAmendIndex() {
        IndexState index = table.index();
        return index != null
                && table.isAsIndexed()
                && index.isTracking()
                && index.size() >= AMEND_MAILS_MIN
                && special.size() + gone.cardinality() <= index.size() / AMEND_SHARE
                && numbers.target().highestModSeq() >= index.highestModSeq();
    }

    /** UIDs that no mail has any more. */
    List<Long> uidsGone() {
        List<Long> uids = new ArrayList<>();
        for (int row : expunged()) {
            uids.add(table.snapshot().uid(row));
        }
        for (Row row : special) {
            if (row.tableRow >= 0 && table.snapshot().uid(row.tableRow) != row.uid) {
                uids.add(table.snapshot().uid(row.tableRow));
            }
        }
        return uids;
    }

    /** As {@link #eachIndexRow}, but only of mails that are given something, or that come. */
    void eachSpecialIndexRow(IndexRows rows) throws IOException {
        for (Row row : special) {
            take(row, rows);
        }
    }

    /** A file name, one byte per character, in {@code new/} or {@code cur/}. */
    record Place(String file, boolean inNew) {}

    /** Whether a mail comes, or came, whose file's name is not its GUID, so that only the new uidlist says which one it is. */
    boolean namesOtherwise() {
        return namesOtherwise;
    }

    /** Whether the uidlist there is not right. */
    boolean changesUidlist() {
        Uidlist now = table.uidlist();
        Target target = numbers.target();
        return now == null
                || listChanged
                || now.version() != 3
                || !now.problems().isEmpty()
                || now.headerNextUid() != target.uidNext()
                || !hasIdentity(now);
    }

    /** Whether a uidlist has the UIDVALIDITY and the GUID that the mailbox gets. */
    private boolean hasIdentity(Uidlist list) {
        Target target = numbers.target();
        return list.uidValidity() == target.uidValidity() && target.guid().equals(list.guid());
    }

    /**
     * Whether a long uidlist that is not right needs nothing but {@linkplain #newLines lines at its end}, and those of mails
     * that go may stay, as Dovecot leaves them: then it need not be written anew.
     */
    boolean canAppendToUidlist() {
        Uidlist now = table.uidlist();
        if (now == null || !now.hasLines() || now.fileBytes() < APPEND_FILE_BYTES_MIN) {
            return false;
        }
        long added = special.stream().filter(row -> row.tableRow < 0).count();
        long lines = now.size() + added;
        return !namesOtherwise
                && !nameIsListed
                && !numbersChange
                && added <= APPEND_LINES_MAX
                && lines - size() <= lines / APPEND_DEAD_SHARE
                && hasIdentity(now)
                && numbers.target().uidNext() == nextUidWhenAppended(now)
                && isBehind(now);
    }

    private long nextUidWhenAppended(Uidlist now) {
        Row last = special.isEmpty() ? null : special.get(special.size() - 1);
        return Math.max(now.nextUid(), last == null ? 1 : last.uid + 1);
    }

    /** Whether the UIDs of all mails that come are above those of all lines. */
    private boolean isBehind(Uidlist now) {
        for (Row row : special) {
            if (row.tableRow < 0) {
                return now.size() == 0 || row.uid > now.uid(now.size() - 1); // they rise
            }
        }
        return true;
    }

    /** The lines of the mails that come. */
    byte[] newLines() {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Row row : special) {
            if (row.tableRow < 0) {
                lines.writeBytes(Uidlist.line(row.uid, base(row), row.fields));
            }
        }
        return lines.toByteArray();
    }

    /** Writes the new uidlist. */
    void writeUidlist(DiskFile file) throws IOException {
        Uidlist now = table.uidlist();
        Target target = numbers.target();
        UidlistWriter writer = new UidlistWriter(file);
        Uidlist.Builder header = now == null ? new Uidlist.Builder(target.uidValidity()) : now.toBuilder();
        long last = mails.size() == 0 ? 0 : mails.uid(mails.size() - 1);
        writer.header(header.uidValidity(target.uidValidity())
                .nextUid(Math.max(target.uidNext(), last + 1))
                .guid(target.guid())
                .build());
        int i = 0;
        while (i < mails.size()) {
            int stay = now == null || !now.hasLines() ? i : endOfLines(i);
            if (now != null && stay > i) {
                int first = table.uidlistRow(mails.plainRow(i));
                writer.rows(now, first, first + stay - i);
                i = stay;
                continue;
            }
            int row = tableRow(i);
            int listRow = row < 0 ? -1 : table.uidlistRow(row);
            if (now != null && listRow >= 0) {
                writer.row(mails.uid(i), now, listRow);
            } else {
                Row mail = mails.get(i);
                writer.row(mail.uid, base(mail), mail.fields);
            }
            i++;
        }
        writer.flush();
    }

    /** The first mail from this one on that does not stay as it is, or whose line does not follow that of the one before. */
    private int endOfLines(int start) {
        int i = start;
        int first = -1;
        while (i < mails.size() && mails.plainRow(i) >= 0) {
            int listRow = table.uidlistRow(mails.plainRow(i));
            first = i == start ? listRow : first;
            if (listRow < 0 || listRow != first + i - start) {
                break;
            }
            i++;
        }
        return i;
    }

    /** A {@link NameSum} of all names as they must be. */
    NameSum sum() {
        NameSum sum = new NameSum();
        for (int i = 0; i < mails.size(); i++) {
            int plain = mails.plainRow(i);
            if (plain >= 0 && plainSaysAll(plain)) {
                table.files().addTo(sum, plain);
            } else {
                Place place = place(mails.get(i));
                sum.add(place.file().getBytes(StandardCharsets.ISO_8859_1), place.inNew());
            }
        }
        return sum;
    }
}
