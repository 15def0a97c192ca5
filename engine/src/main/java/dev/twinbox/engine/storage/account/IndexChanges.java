package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexHistory;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Moves;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a mailbox's mails, from two witnesses: the index log says what was done through Dovecot or by a sync; what
 * differs between the index and the mails was done since by programs that know no index. A format may know more of mails that
 * are gone ({@link Gone}). Used once.
 */
public final class IndexChanges {
    private final AccountContext context;
    private final MailboxPaths paths;
    private final MailboxSnapshot table;
    private final @Nullable IndexState index;
    private final long modSeq;
    private final Gone gone;
    private final TreeMap<Long, Expunge> expunges = new TreeMap<>();
    private final Map<Long, Change> changes = new HashMap<>();
    private Moves moves = Moves.NONE;

    /**
     * @param table the mails as they are
     * @param index the index that the table was made from; null if there was none that could be used
     * @param modSeq since when; 0 for all that is known
     */
    public IndexChanges(
            AccountContext context,
            MailboxPaths paths,
            MailboxSnapshot table,
            @Nullable IndexState index,
            long modSeq,
            Gone gone) {
        this.context = context;
        this.paths = paths;
        this.table = table;
        this.index = index;
        this.modSeq = modSeq;
        this.gone = gone;
    }

    /** What a format knows of mails that are not in the table. */
    public interface Gone {
        /** Of a format where a mail that is gone is gone from the index, too: what the table lacks cannot be read. */
        Gone NOTHING = new Gone() {
            @Override
            public String guid128(long uid) {
                return "";
            }

            @Override
            public List<Long> uids(IndexState index, boolean everything, Set<Long> logged) {
                return List.of();
            }
        };

        /** The GUID of a mail of which the log has noted none, in the form of {@link Expunge#guid128}; empty if not known. */
        String guid128(long uid);

        /**
         * UIDs of mails that are not in the table, and that the log may not say were expunged.
         *
         * @param everything also those the index knows to be gone, whenever they went
         * @param logged UIDs of which the log says so; they may be left out
         */
        Collection<Long> uids(IndexState index, boolean everything, Set<Long> logged) throws IOException;
    }

    /** Reads the log. */
    public ChangeLog read() throws IOException {
        IndexState state = index;
        if (state == null) {
            // Every sync writes the index: none has seen these mails.
            long first = table.size() == 0 ? ChangeLog.ALL_SYNCED : table.uid(0);
            return new ChangeLog(false, List.of(), Map.of(), first);
        }
        IndexHistory history = history(state);
        boolean reachesBack = history != null && history.reachesBack();
        if (history != null) {
            logged(history);
        }
        vanished(state, modSeq == 0 || !reachesBack);
        if (history != null && history.tellsOfGone()) {
            moves = Moves.of(expunges.values());
        }
        long unsynced = ChangeLog.ALL_SYNCED;
        int indexGuess = state.size() - 1;
        int logGuess = history == null ? 0 : history.state().size() - 1;
        for (int row = table.size() - 1; row >= 0; row--) {
            long uid = table.uid(row);
            int indexRow = state.rowOf(uid, indexGuess);
            indexGuess = (indexRow < 0 ? indexGuess : indexRow) - 1;
            int logRow = history == null ? -1 : history.state().rowOf(uid, logGuess);
            logGuess = (logRow < 0 ? logGuess : logRow) - 1;
            boolean logged = history != null && logRow >= 0 && history.isChanged(logRow);
            boolean differs = indexRow >= 0 && differs(state, indexRow, row);
            if (logged || differs) {
                change(row, logged ? history : null, logRow, differs ? state : null, indexRow);
            }
            // UIDs rise, so whatever came behind one that no sync saw was not seen by one, either.
            if (indexRow < 0 || history != null && uid >= history.unsynced()) {
                unsynced = uid;
            }
        }
        return new ChangeLog(reachesBack, List.copyOf(expunges.values()), changes, unsynced);
    }

    /**
     * Whether a mail is there of which the index log does not say that a sync brought it. A mail that a sync has taken away
     * under another UID was only given a new one, wherever it came from.
     */
    public boolean holdsOwnMail() throws IOException {
        IndexState state = index;
        IndexHistory history = state == null ? null : history(state);
        Set<String> renumbered = new HashSet<>();
        if (history != null) {
            for (IndexHistory.Expunge one : history.expunges()) {
                if (one.bySync()) {
                    renumbered.add(one.guid());
                }
            }
        }
        for (int row = 0; row < table.size(); row++) {
            int logRow = history == null ? -1 : history.state().rowOf(table.uid(row));
            if (history == null
                    || logRow < 0
                    || !history.cameBySync(logRow)
                    || renumbered.contains(table.guid(row).guid128())) {
                return true;
            }
        }
        return false;
    }

    private @Nullable IndexHistory history(IndexState state) throws IOException {
        IndexHistory history;
        try {
            history = IndexHistory.known(context.disk(), paths.index(), IndexReader.PREFIX, modSeq, state)
                    .orElse(null);
        } catch (IndexFormatException e) {
            // Whoever read the table has complained already.
            return null;
        }
        boolean same = history != null
                && history.state().header().uidValidity() == state.header().uidValidity();
        return same ? history : null;
    }

    private void logged(IndexHistory history) {
        for (IndexHistory.Expunge one : history.expunges()) {
            if (table.rowOf(one.uid()) < 0) {
                String guid = one.guid().isEmpty() ? gone.guid128(one.uid()) : one.guid();
                expunges.put(one.uid(), new Expunge(one.uid(), guid, one.modSeq(), one.bySync()));
            }
        }
    }

    private void vanished(IndexState state, boolean everything) throws IOException {
        for (long uid : gone.uids(state, everything, expunges.keySet())) {
            long when = state.rowOf(uid) >= 0 ? table.status().highestModSeq() : 0;
            expunges.putIfAbsent(uid, new Expunge(uid, gone.guid128(uid), when, false));
        }
    }

    /** What was done to a mail before it got its UID. */
    private IndexHistory.News beforeMove(int row, IndexHistory history, int logRow) {
        boolean moved = history.isAppended(logRow) && history.tellsOfGone();
        long uid = moved ? moves.from(table.guid(row).guid128(), history.cameBySync(logRow)) : 0;
        return history.before(uid);
    }

    private boolean differs(IndexState state, int indexRow, int row) {
        return ((state.flags(indexRow) ^ table.flagBits(row)) & Flags.SETTABLE) != 0
                || !state.keywords(indexRow).sameAs(table.keywords(row));
    }

    /**
     * What the log says, and then what differs from the index. What does not fit the mail as it is now is left out.
     *
     * @param history null if the log says nothing of the mail
     * @param state null if the mail is as the index has it
     */
    private void change(int row, @Nullable IndexHistory history, int logRow, @Nullable IndexState state, int indexRow) {
        int now = table.flagBits(row) & Flags.SETTABLE;
        Keywords words = table.keywords(row);
        int added = 0;
        int removed = 0;
        TreeSet<String> wordsAdded = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        TreeSet<String> wordsRemoved = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Map<String, Long> when = new HashMap<>();
        if (history != null) {
            IndexHistory.News moved = beforeMove(row, history, logRow);
            added = moved.added().bits();
            removed = moved.removed().bits();
            moved.keywords().forEach((word, set) -> (set ? wordsAdded : wordsRemoved).add(word));
            when.putAll(moved.when());
            when.putAll(history.when(logRow));
            int later = history.added(logRow).bits() | history.removed(logRow).bits();
            added = added & ~later | history.added(logRow).bits();
            removed = removed & ~later | history.removed(logRow).bits();
            wordsAdded.addAll(history.keywordsAdded(logRow));
            wordsRemoved.addAll(history.keywordsRemoved(logRow));
        }
        if (state != null) {
            int then = state.flags(indexRow) & Flags.SETTABLE;
            Keywords wordsThen = state.keywords(indexRow);
            added |= now & ~then;
            removed |= then & ~now;
            // The index has yet to hear of it; the highest modseq that is shown foresees what it will get.
            long next = table.status().highestModSeq();
            for (int bits = now ^ then; bits != 0; bits &= bits - 1) {
                when.put(new Flags(Integer.lowestOneBit(bits)).toString(), next);
            }
            for (String word : words.names()) {
                if (!wordsThen.contains(word)) {
                    when.put(word.toLowerCase(Locale.ROOT), next);
                    wordsAdded.add(word);
                }
            }
            for (String word : wordsThen.names()) {
                if (!words.contains(word)) {
                    when.put(word.toLowerCase(Locale.ROOT), next);
                    wordsRemoved.add(word);
                }
            }
        }
        wordsAdded.removeIf(word -> !words.contains(word));
        wordsRemoved.removeIf(words::contains);
        Change change = new Change(
                new Flags(added & now),
                new Flags(removed & ~now),
                new ArrayList<>(wordsAdded),
                new ArrayList<>(wordsRemoved),
                when);
        boolean none = change.added().bits() == 0
                && change.removed().bits() == 0
                && wordsAdded.isEmpty()
                && wordsRemoved.isEmpty();
        if (!none) {
            changes.put(table.uid(row), change);
        }
    }
}
