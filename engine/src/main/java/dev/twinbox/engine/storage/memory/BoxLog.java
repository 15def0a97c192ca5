package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.engine.storage.ChangeLog.Expunge;
import dev.twinbox.engine.storage.Moves;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * What was done to a mailbox, in order, as a mail server's index log has it: by users, or by a sync. Guarded by the
 * account's lock.
 *
 * <p>What a user did to a flag is news until somebody does something else to it; if that is a sync, it has taken the news
 * into account, and the flag is not news any more.
 */
final class BoxLog {
    private final List<Entry> entries = new ArrayList<>();
    private final boolean notesGuids;
    private long from;
    private long last;

    /**
     * @param notesGuids whether mails have GUIDs to be noted when they go
     */
    BoxLog(boolean notesGuids) {
        this.notesGuids = notesGuids;
    }

    private sealed interface Entry {
        long uid();

        long modSeq();

        boolean sync();
    }

    private record Came(long uid, long modSeq, boolean sync, String guid128) implements Entry {}

    private record Gone(long uid, long modSeq, boolean sync, String guid128) implements Entry {}

    private record Changed(long uid, long modSeq, boolean sync, StoredMail before, StoredMail after) implements Entry {}

    private record Synced(long uid, long modSeq, boolean sync) implements Entry {}

    /** A mail came, or took the place of another. */
    void came(long uid, StoredMail mail, long modSeq, boolean sync) {
        entries.add(new Came(uid, at(modSeq), sync, notesGuids ? mail.guid().guid128() : ""));
    }

    /** A mail went. */
    void gone(long uid, StoredMail mail, long modSeq, boolean sync) {
        entries.add(new Gone(uid, at(modSeq), sync, notesGuids ? mail.guid().guid128() : ""));
    }

    /** A mail's flags or keywords may have changed. */
    void changed(long uid, StoredMail before, StoredMail after, long modSeq, boolean sync) {
        entries.add(new Changed(uid, at(modSeq), sync, before, after));
    }

    /** A sync is done with the mailbox. */
    void synced(long modSeq) {
        entries.add(new Synced(0, at(modSeq), true));
    }

    private long at(long modSeq) {
        last = Math.max(last, modSeq);
        return last;
    }

    /** Nothing is known about what was before that modseq, which may be lower than one that was noted. */
    void forget(long modSeq) {
        entries.clear();
        from = modSeq;
        last = modSeq;
    }

    /** The highest modseq noted. */
    long last() {
        return last;
    }

    /**
     * What is known.
     *
     * @param exists whether there is a mail of a UID now
     */
    ChangeLog since(long modSeq, LongPredicate exists) {
        TreeMap<Long, Expunge> expunges = new TreeMap<>();
        Map<Long, Touched> touched = new HashMap<>();
        Map<Long, Came> came = new HashMap<>();
        for (Entry entry : entries) {
            if (entry.modSeq() <= modSeq) {
                continue;
            }
            if (entry instanceof Gone gone && !exists.test(gone.uid())) {
                expunges.put(gone.uid(), new Expunge(gone.uid(), gone.guid128(), gone.modSeq(), gone.sync()));
            } else if (entry instanceof Came || entry instanceof Gone) {
                touched.remove(entry.uid());
            } else if (entry instanceof Changed changed) {
                touched.computeIfAbsent(changed.uid(), uid -> new Touched()).note(changed);
            }
            if (entry instanceof Came one && exists.test(one.uid())) {
                came.put(one.uid(), one);
            }
        }
        inherit(came, expunges.values(), touched);
        touched.keySet().removeIf(uid -> !exists.test(uid));
        Map<Long, Change> changes = new HashMap<>();
        touched.forEach((uid, all) -> {
            Change change = all.change();
            if (!change.equals(Change.NONE)) {
                changes.put(uid, change);
            }
        });
        return new ChangeLog(modSeq >= from, List.copyOf(expunges.values()), changes, unsynced(exists));
    }

    /** What was done to a mail before it got its UID. */
    private static void inherit(Map<Long, Came> came, Collection<Expunge> gone, Map<Long, Touched> touched) {
        Moves moves = Moves.of(gone);
        came.forEach((uid, one) -> {
            Touched before = touched.get(moves.from(one.guid128(), one.sync()));
            if (before != null) {
                touched.computeIfAbsent(uid, added -> new Touched()).after(before);
            }
        });
    }

    /** UIDs of mails that came by a sync, gone or not. */
    Set<Long> cameBySync() {
        Set<Long> uids = new HashSet<>();
        for (Entry entry : entries) {
            if (entry instanceof Came) {
                if (entry.sync()) {
                    uids.add(entry.uid());
                } else {
                    uids.remove(entry.uid());
                }
            }
        }
        return uids;
    }

    /** GUIDs of mails that a sync took away, or took from one UID to another. */
    Set<String> goneBySync() {
        Set<String> guids = new HashSet<>();
        for (Entry entry : entries) {
            if (entry instanceof Gone gone && gone.sync()) {
                guids.add(gone.guid128());
            }
        }
        return guids;
    }

    private long unsynced(LongPredicate exists) {
        long lowest = ChangeLog.ALL_SYNCED;
        for (Entry entry : entries) {
            if (entry.sync()) {
                lowest = ChangeLog.ALL_SYNCED;
            } else if (entry instanceof Came && exists.test(entry.uid())) {
                lowest = Math.min(lowest, entry.uid());
            }
        }
        return lowest;
    }

    /** What became of one mail's flags. */
    private static final class Touched {
        private int added;
        private int removed;
        private final TreeMap<String, Boolean> keywords = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private final Map<String, Long> when = new HashMap<>();

        void note(Changed change) {
            int before = change.before().flags().settable().bits();
            int after = change.after().flags().settable().bits();
            int on = after & ~before;
            int off = before & ~after;
            added = added & ~off & ~on | (change.sync() ? 0 : on);
            removed = removed & ~off & ~on | (change.sync() ? 0 : off);
            for (int touched = (on | off) & (added | removed); touched != 0; touched &= touched - 1) {
                when.put(new Flags(Integer.lowestOneBit(touched)).toString(), change.modSeq());
            }
            keywords(change.after().keywords(), change.before().keywords(), true, change);
            keywords(change.before().keywords(), change.after().keywords(), false, change);
        }

        private void keywords(Keywords all, Keywords but, boolean on, Changed change) {
            for (String name : all.names()) {
                if (!but.contains(name)) {
                    keywords.remove(name);
                    if (!change.sync()) {
                        keywords.put(name, on);
                        when.put(name.toLowerCase(Locale.ROOT), change.modSeq());
                    }
                }
            }
        }

        /** Adds what was done before. */
        void after(Touched before) {
            int later = added | removed;
            added |= before.added & ~later;
            removed |= before.removed & ~later;
            before.keywords.forEach(keywords::putIfAbsent);
            before.when.forEach(when::putIfAbsent);
        }

        Change change() {
            List<String> on = new ArrayList<>();
            List<String> off = new ArrayList<>();
            keywords.forEach((name, isOn) -> (isOn ? on : off).add(name));
            if (added == 0 && removed == 0 && keywords.isEmpty()) {
                return Change.NONE;
            }
            return new Change(new Flags(added), new Flags(removed), on, off, when);
        }
    }
}
