package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexHistory;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What happened to a mailbox's mails. All of it stands in the index log: nobody changes a dbox otherwise. Used once. */
final class DboxChanges {
    private final AccountContext context;
    private final MailboxPaths paths;
    private final MailboxSnapshot table;
    private final @Nullable IndexState index;
    private final long modSeq;
    private final TreeMap<Long, Expunge> expunges = new TreeMap<>();
    private final Map<Long, Change> changes = new HashMap<>();

    /** UIDs of mails that are gone, by GUID; 0 if there are several. */
    private final Map<String, Long> movedFrom = new HashMap<>();

    DboxChanges(AccountContext context, MailboxPaths paths, DboxTable table, long modSeq) {
        this.context = context;
        this.paths = paths;
        this.table = table.snapshot();
        this.index = table.index();
        this.modSeq = modSeq;
    }

    ChangeLog read() throws IOException {
        IndexHistory history = history();
        if (history == null) {
            long first = index != null || table.size() == 0 ? ChangeLog.ALL_SYNCED : table.uid(0);
            return new ChangeLog(false, List.of(), Map.of(), first);
        }
        for (IndexHistory.Expunge one : history.expunges()) {
            if (table.rowOf(one.uid()) < 0) {
                expunges.put(one.uid(), new Expunge(one.uid(), one.guid(), one.modSeq(), one.bySync()));
            }
        }
        movedFrom();
        long unsynced = ChangeLog.ALL_SYNCED;
        for (int row = table.size() - 1; row >= 0; row--) {
            int logRow = history.state().rowOf(table.uid(row));
            if (logRow >= 0 && history.isChanged(logRow)) {
                change(row, history, logRow);
            }
            if (logRow < 0 || table.uid(row) >= history.unsynced()) {
                unsynced = table.uid(row);
            }
        }
        return new ChangeLog(history.reachesBack(), List.copyOf(expunges.values()), changes, unsynced);
    }

    /**
     * Whether a mail is there of which the index log does not say that a sync brought it. A mail that a sync has taken away
     * under another UID was only given a new one, wherever it came from.
     */
    boolean holdsOwnMail() throws IOException {
        IndexHistory history = history();
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

    /** What the log says now; null if it is not of the mailbox that the table is of, or says nothing. */
    private @Nullable IndexHistory history() throws IOException {
        IndexState state = index;
        if (state == null) {
            return null;
        }
        IndexHistory history;
        try {
            history = IndexHistory.known(context.disk(), paths.index(), IndexReader.PREFIX, modSeq)
                    .orElse(null);
        } catch (IndexFormatException e) {
            // Whoever read the table has complained already.
            return null;
        }
        boolean same = history != null
                && history.state().header().uidValidity() == state.header().uidValidity();
        return same ? history : null;
    }

    private void movedFrom() {
        for (Expunge one : expunges.values()) {
            if (!one.bySync() && !one.guid128().isEmpty()) {
                movedFrom.merge(one.guid128(), one.uid(), (first, second) -> 0L);
            }
        }
    }

    /** What was done to a mail, before somebody moved it within the mailbox. If it is not certain which mail it was, nothing. */
    private IndexHistory.News beforeMove(int row, IndexHistory history, int logRow) {
        boolean came = history.isAppended(logRow) && !history.cameBySync(logRow);
        long uid = came && !movedFrom.isEmpty()
                ? movedFrom.getOrDefault(table.guid(row).guid128(), 0L)
                : 0;
        return history.before(uid);
    }

    /** What does not fit the mail as it is in the table is left out. */
    private void change(int row, IndexHistory history, int logRow) {
        IndexHistory.News moved = beforeMove(row, history, logRow);
        int now = table.flags(row).settable().bits();
        Keywords words = table.keywords(row);
        int touched = history.added(logRow).bits() | history.removed(logRow).bits();
        int added = moved.added().bits() & ~touched | history.added(logRow).bits();
        int removed =
                moved.removed().bits() & ~touched | history.removed(logRow).bits();
        TreeSet<String> wordsAdded = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        TreeSet<String> wordsRemoved = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        moved.keywords().forEach((word, set) -> (set ? wordsAdded : wordsRemoved).add(word));
        wordsAdded.addAll(history.keywordsAdded(logRow));
        wordsRemoved.addAll(history.keywordsRemoved(logRow));
        wordsAdded.removeIf(word -> !words.contains(word));
        wordsRemoved.removeIf(words::contains);
        Map<String, Long> when = new HashMap<>(moved.when());
        when.putAll(history.when(logRow));
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
