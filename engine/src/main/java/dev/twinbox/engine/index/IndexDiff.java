package dev.twinbox.engine.index;

import dev.twinbox.protocol.item.Keywords;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells the way from one state of an index to another as log records, if there is one.
 *
 * <p>The order of the extensions is part of it: processes that have the index open go on writing records that speak of
 * extensions by number, so the new snapshot must list the old ones first and in their order, and the records must
 * introduce new ones in the order in which the snapshot lists them. Pure.
 */
final class IndexDiff {
    private static final String VSIZE_SUM = "hdr-vsize";

    private final IndexState before;
    private final IndexState after;
    private final IndexTransaction changes = new IndexTransaction();
    /** Rows of the state after that are new or have other flags or keywords than before. */
    private final List<Integer> touchedRows = new ArrayList<>();
    /** What others had made of mails before, by row of the state after. */
    private final Map<Integer, IndexWriter.Found> found = new TreeMap<>();

    private boolean representable = true;
    private boolean mailsDiffer;
    private boolean keywordsAdded;

    private IndexDiff(IndexState before, IndexState after) {
        this.before = before;
        this.after = after;
    }

    /**
     * A way.
     *
     * @param state what is to be written after the changes: the wanted state with the extensions in order
     */
    record Result(IndexTransaction changes, IndexState state) {}

    /** The way from one state to another; null if records cannot tell it. */
    static @Nullable Result of(IndexState before, IndexState after, IndexWriter.Witness witness) {
        return new IndexDiff(before, after).run(witness);
    }

    /** Everything about a state, said to an empty index. */
    static IndexTransaction statement(IndexState state) {
        IndexTransaction all = new IndexTransaction();
        all.uidValidity(state.header().uidValidity());
        Map<String, List<Long>> keywords = new TreeMap<>();
        for (int row = 0; row < state.size(); row++) {
            long uid = state.uid(row);
            all.append(uid, state.flags(row));
            state.keywords(row).names().forEach(name -> note(keywords, name, uid));
        }
        keywords.forEach((name, uids) -> uids.forEach(uid -> all.keyword(name, true, uid, uid)));
        for (IndexExtension ext : state.extensions()) {
            if (isForeign(ext)) {
                all.extension(ext, state);
            }
        }
        if (state.isTracking()) {
            all.track(1);
            for (int row = 0; row < state.size(); row++) {
                all.modSeq(state.uid(row), state.modSeq(row));
            }
        }
        all.nextUid(state.header().nextUid());
        all.firstRecentUid(state.header().firstRecentUid());
        return all;
    }

    private static boolean isForeign(IndexExtension ext) {
        return !ext.name().equals(IndexExtension.KEYWORDS) && !ext.name().equals(IndexExtension.MODSEQ);
    }

    private static void note(Map<String, List<Long>> keywords, String name, long uid) {
        keywords.computeIfAbsent(name, n -> new ArrayList<>()).add(uid);
    }

    /**
     * The way from a state to one in which some mails have gone and others are as given; the rest stays.
     *
     * @param some the mails that come or change, and the numbers and extension headers that are wanted
     * @param gone UIDs of mails that go
     * @return null if records cannot tell it, or modseqs of mails that stay are not recorded
     */
    static @Nullable IndexTransaction amendment(
            IndexState before, IndexState some, List<Long> gone, IndexWriter.Witness witness) {
        return before.tracksEach() && some.isTracking() ? new IndexDiff(before, some).amend(gone, witness) : null;
    }

    private @Nullable IndexTransaction amend(List<Long> gone, IndexWriter.Witness witness) {
        if (!goesOn()) {
            return null;
        }
        expunge(gone, witness);
        mails(witness);
        keywords();
        for (IndexExtension wanted : after.extensions()) {
            IndexExtension old = before.extension(wanted.name()).orElse(null);
            if (!isForeign(wanted)) {
                continue;
            }
            if (old == null) {
                changes.extension(wanted, after);
            } else {
                announceUpdate(old, wanted);
            }
        }
        before.extension(VSIZE_SUM).filter(sum -> mailsDiffer).ifPresent(this::announceUnknownSum);
        modSeqs();
        numbers();
        return representable ? changes : null;
    }

    private void announceUnknownSum(IndexExtension sum) {
        changes.in(sum.name(), sum.rawHeader().length, sum.recordSize(), sum.recordAlign())
                .part(0, new byte[sum.rawHeader().length]);
    }

    /** Whether UIDs and their meaning go on; says a new UIDVALIDITY. */
    private boolean goesOn() {
        IndexHeader old = before.header();
        IndexHeader wanted = after.header();
        if (old.uidValidity() != wanted.uidValidity() && old.uidValidity() != 0
                || wanted.nextUid() < old.nextUid()
                || (old.flags() & IndexHeader.WAS_REPAIRED) != 0) {
            return false;
        }
        if (old.uidValidity() != wanted.uidValidity()) {
            changes.uidValidity(wanted.uidValidity());
        }
        return true;
    }

    private @Nullable Result run(IndexWriter.Witness witness) {
        if (!goesOn()) {
            return null;
        }
        List<Long> gone = new ArrayList<>();
        for (int row = 0; row < before.size(); row++) {
            if (after.rowOf(before.uid(row)) < 0) {
                gone.add(before.uid(row));
            }
        }
        expunge(gone, witness);
        mails(witness);
        boolean newKeywords = keywords();
        List<IndexExtension> merged = extensions(newKeywords);
        if (!representable) {
            return null;
        }
        modSeqs();
        numbers();
        return new Result(changes, after.withExtensions(merged));
    }

    private void numbers() {
        IndexHeader old = before.header();
        IndexHeader wanted = after.header();
        if (wanted.nextUid() != old.nextUid()) {
            changes.nextUid(wanted.nextUid());
        }
        if (wanted.firstRecentUid() != old.firstRecentUid()) {
            changes.firstRecentUid(wanted.firstRecentUid());
        }
    }

    /** What others had made of the mails comes first: of one that only gets another UID it is still news. */
    private void expunge(List<Long> gone, IndexWriter.Witness witness) {
        Words words = new Words();
        changes.byOthers(true);
        for (long uid : gone) {
            int row = before.rowOf(uid);
            IndexWriter.Found others = row < 0 ? null : witness.found(uid);
            if (others != null) {
                flags(uid, before.flags(row), others.flags());
                words.note(uid, before.keywords(row), known(others.keywords()));
            }
        }
        write(words);
        changes.byOthers(false);
        for (long uid : gone) {
            changes.expunge(uid, witness.guid(uid));
            mailsDiffer = true;
        }
    }

    /** Those that have a place in the index; of others no mail speaks any more. */
    private Keywords known(Keywords all) {
        List<String> known = new ArrayList<>();
        for (String name : all.names()) {
            if (spelling(name) != null) {
                known.add(name);
            }
        }
        return Keywords.of(known);
    }

    private void mails(IndexWriter.Witness witness) {
        for (int row = 0; row < after.size(); row++) {
            look(row, witness);
        }
        changes.byOthers(true);
        for (Map.Entry<Integer, IndexWriter.Found> entry : found.entrySet()) {
            long uid = after.uid(entry.getKey());
            flags(uid, before.flags(before.rowOf(uid)), entry.getValue().flags());
        }
        changes.byOthers(false);
        for (int row : touchedRows) {
            int there = before.rowOf(after.uid(row));
            if (there >= 0) {
                IndexWriter.Found others = found.get(row);
                flags(after.uid(row), others == null ? before.flags(there) : others.flags(), after.flags(row));
            }
        }
    }

    private void look(int row, IndexWriter.Witness witness) {
        long uid = after.uid(row);
        int there = before.rowOf(uid);
        if (there < 0) {
            representable &= uid >= before.header().nextUid();
            changes.byOthers(witness.cameOtherwise(uid)).append(uid, after.flags(row));
            touchedRows.add(row);
            mailsDiffer = true;
        } else if (before.flags(there) != after.flags(row)
                || !before.keywords(there).equals(after.keywords(row))) {
            touchedRows.add(row);
            IndexWriter.Found others = witness.found(uid);
            if (others != null) {
                found.put(row, others);
            }
        }
    }

    private void flags(long uid, int then, int now) {
        if (now != then) {
            changes.flags(uid, uid, now & ~then, then & ~now);
        }
    }

    /** Returns whether keywords were introduced. */
    private boolean keywords() {
        Words byOthers = new Words();
        Words bySync = new Words();
        for (int row : touchedRows) {
            long uid = after.uid(row);
            int there = before.rowOf(uid);
            Keywords then = there < 0 ? Keywords.NONE : before.keywords(there);
            IndexWriter.Found others = found.get(row);
            if (others != null) {
                byOthers.note(uid, then, others.keywords());
                then = others.keywords();
            }
            bySync.note(uid, then, after.keywords(row));
        }
        changes.byOthers(true);
        write(byOthers);
        changes.byOthers(false);
        write(bySync);
        return before.extension(IndexExtension.KEYWORDS).isEmpty() && keywordsAdded;
    }

    /** Records spell a keyword as the state does; the map's order only has to be some order. */
    private void write(Words words) {
        keywordsAdded |= !words.added.isEmpty();
        words.added.forEach((folded, uids) -> uids.forEach(uid -> changes.keyword(spelled(folded), true, uid, uid)));
        words.removed.forEach((folded, uids) -> uids.forEach(uid -> changes.keyword(spelled(folded), false, uid, uid)));
    }

    /** Which mails get a keyword or lose it, by its name in lower case. */
    private static final class Words {
        final Map<String, List<Long>> added = new TreeMap<>();
        final Map<String, List<Long>> removed = new TreeMap<>();

        void note(long uid, Keywords then, Keywords now) {
            if (then.equals(now)) {
                return;
            }
            for (String name : now.names()) {
                if (!then.contains(name)) {
                    IndexDiff.note(added, name.toLowerCase(Locale.ROOT), uid);
                }
            }
            for (String name : then.names()) {
                if (!now.contains(name)) {
                    IndexDiff.note(removed, name.toLowerCase(Locale.ROOT), uid);
                }
            }
        }
    }

    private String spelled(String folded) {
        String known = spelling(folded);
        return known == null ? folded : known;
    }

    /** A keyword as the index spells it; null if it has no place there. */
    private @Nullable String spelling(String folded) {
        for (String name : after.keywordNames()) {
            if (name.equalsIgnoreCase(folded)) {
                return name;
            }
        }
        for (String name : before.keywordNames()) {
            if (name.equalsIgnoreCase(folded)) {
                return name;
            }
        }
        return null;
    }

    private List<IndexExtension> extensions(boolean newKeywords) {
        List<IndexExtension> merged = new ArrayList<>();
        for (IndexExtension old : before.extensions()) {
            IndexExtension wanted = after.extension(old.name()).orElse(null);
            if (wanted == null && old.name().equals(IndexExtension.KEYWORDS)) {
                merged.add(unused(old));
                continue;
            }
            merged.add(wanted == null ? kept(old) : wanted);
            if (wanted != null && isForeign(wanted)) {
                announceUpdate(old, wanted);
            }
        }
        if (newKeywords) {
            after.extension(IndexExtension.KEYWORDS).ifPresent(merged::add);
        }
        if (after.isTracking() && before.extension(IndexExtension.MODSEQ).isEmpty()) {
            changes.track(before.highestModSeq());
            after.extension(IndexExtension.MODSEQ).ifPresent(merged::add);
        }
        for (IndexExtension added : after.extensions()) {
            if (isForeign(added) && before.extension(added.name()).isEmpty()) {
                merged.add(added);
                changes.extension(added, after);
            }
        }
        return merged;
    }

    /** The keywords of before, set nowhere: an extension without any name makes Dovecot 2.3.19 crash. */
    private IndexExtension unused(IndexExtension old) {
        representable &= !before.keywordNames().isEmpty();
        byte[] nowhere = new byte[old.recordSize() * after.size()];
        byte[] names = IndexSnapshotCodec.keywordHeader(before.keywordNames());
        return new IndexExtension(old.name(), old.resetId(), old.recordSize(), old.recordAlign(), names, nowhere);
    }

    private void announceUpdate(IndexExtension old, IndexExtension wanted) {
        if (old.resetId() != wanted.resetId() || old.recordSize() > wanted.recordSize()) {
            representable = false;
        }
        boolean sameHeader = java.util.Arrays.equals(old.rawHeader(), wanted.rawHeader());
        List<Integer> rows = otherRecords(old, wanted);
        if (!sameHeader || !rows.isEmpty()) {
            changes.extensionRows(wanted, after, rows);
        }
    }

    /** Rows of the state after whose records are not what whoever has the state before takes them for. */
    private List<Integer> otherRecords(IndexExtension old, IndexExtension wanted) {
        byte[] records = wanted.rawRecords();
        byte[] oldRecords = old.rawRecords();
        int size = wanted.recordSize();
        int oldSize = old.recordSize();
        List<Integer> rows = new ArrayList<>();
        if (size == 0 || records.length == 0 && oldRecords.length == 0) {
            return rows;
        }
        byte[] blank = new byte[Math.max(size, oldSize)];
        for (int row = 0; row < after.size(); row++) {
            int there = oldRecords.length == 0 ? -1 : before.rowOf(after.uid(row));
            byte[] then = there < 0 ? blank : oldRecords;
            byte[] now = records.length == 0 ? blank : records;
            int at = records.length == 0 ? 0 : row * size;
            int oldAt = there < 0 ? 0 : there * oldSize;
            int common = Math.min(size, oldSize);
            if (!java.util.Arrays.equals(now, at, at + common, then, oldAt, oldAt + common)
                    || !java.util.Arrays.equals(now, at + common, at + size, blank, 0, size - common)) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** An extension the wanted state does not speak of, for the mails of that state. */
    private IndexExtension kept(IndexExtension old) {
        byte[] header = old.rawHeader();
        if (old.name().equals(VSIZE_SUM) && mailsDiffer) {
            header = new byte[header.length];
        }
        byte[] records = new byte[0];
        // Modseqs all zero mean HIGHESTMODSEQ, which is what a mail has where they are not tracked.
        if (isForeign(old) && old.rawRecords().length > 0) {
            int size = old.recordSize();
            records = new byte[after.size() * size];
            for (int row = 0; row < after.size(); row++) {
                int there = before.rowOf(after.uid(row));
                if (there >= 0) {
                    System.arraycopy(old.rawRecords(), there * size, records, row * size, size);
                }
            }
        }
        return new IndexExtension(old.name(), old.resetId(), old.recordSize(), old.recordAlign(), header, records);
    }

    private void modSeqs() {
        if (!after.isTracking()) {
            return;
        }
        for (int row = 0; row < after.size(); row++) {
            int there = before.rowOf(after.uid(row));
            if (there < 0 || before.modSeq(there) < after.modSeq(row)) {
                changes.modSeq(after.uid(row), after.modSeq(row));
            }
        }
    }
}
