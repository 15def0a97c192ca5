package dev.twinbox.engine.merge;

import dev.twinbox.engine.storage.ChangeLog.Change;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Merges flags and keywords of one mail just as a Dovecot at the other end does (dsync wire protocol, section 3.7 D).
 * {@link FlagMerge} knows better, but here both ends must come to the same.
 */
final class DsyncFlags {
    private DsyncFlags() {}

    /** One end's account of a mail. */
    record View(Flags flags, Keywords keywords, Change change) {}

    /**
     * The flags for both ends.
     *
     * @param preferTheirs whose word counts where both, or nobody, can tell how a difference came about
     */
    static Flags flags(View mine, View theirs, boolean preferTheirs) {
        return new Flags(bits(
                mine.flags.settable().bits(),
                mine.change.added().bits(),
                mine.change.removed().bits(),
                theirs.flags.settable().bits(),
                theirs.change.added().bits(),
                theirs.change.removed().bits(),
                preferTheirs));
    }

    private static int bits(
            int mine,
            int mineAdded,
            int mineRemoved,
            int theirs,
            int theirsAdded,
            int theirsRemoved,
            boolean preferTheirs) {
        int la = mineAdded;
        int lr = mineRemoved;
        int ra = theirsAdded;
        int rr = theirsRemoved;
        if (preferTheirs) {
            la &= ~rr;
            lr &= ~ra;
        } else {
            ra &= ~lr;
            rr &= ~la;
        }
        int differ = mine ^ theirs;
        int add = (la | ra) & differ;
        int remove = (lr | rr) & differ;
        int wantedHere = (mine | add) & ~remove;
        int wantedThere = (theirs | add) & ~remove;
        return wantedHere == wantedThere || !preferTheirs ? wantedHere : wantedThere;
    }

    /** The keywords for both ends, name by name in the same manner. */
    static Keywords keywords(View mine, View theirs, boolean preferTheirs) {
        Map<String, int[]> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Map<String, String> spellings = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        note(names, spellings, 0, mine);
        note(names, spellings, 3, theirs);
        List<String> result = new ArrayList<>();
        for (Map.Entry<String, int[]> entry : names.entrySet()) {
            int[] said = entry.getValue();
            if (bits(said[0], said[1], said[2], said[3], said[4], said[5], preferTheirs) != 0) {
                result.add(spellings.getOrDefault(entry.getKey(), entry.getKey()));
            }
        }
        if (result.size() > Keywords.MAX_NAMES) {
            return mine.keywords;
        }
        return Keywords.of(result);
    }

    private static void note(Map<String, int[]> names, Map<String, String> spellings, int at, View view) {
        for (String name : view.keywords.names()) {
            names.computeIfAbsent(name, key -> new int[6])[at] = 1;
            spellings.putIfAbsent(name, name);
        }
        for (String name : view.change.keywordsAdded()) {
            names.computeIfAbsent(name, key -> new int[6])[at + 1] = 1;
        }
        for (String name : view.change.keywordsRemoved()) {
            names.computeIfAbsent(name, key -> new int[6])[at + 2] = 1;
        }
    }
}
