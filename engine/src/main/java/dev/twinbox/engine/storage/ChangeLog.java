package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.Flags;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What happened to a mailbox's mails since a modseq, as far as its storage's log tells (dsync wire protocol, section 3.6).
 * Immutable.
 *
 * <p>What a sync did is not news to the other side and is not in {@link #changes}; its expunges are listed all the same,
 * marked as such.
 *
 * @param reachesBack whether the log goes back to the modseq that was asked for; if not, what is here is all that is known
 * @param expunges by rising UID, one for each UID
 * @param changes by UID, only of mails that are still there
 * @param unsynced UIDs from this one on came after the last sync that wrote to the mailbox, other than by a sync: no
 *     other side has seen them; {@link #ALL_SYNCED} if there are none, or nothing is known
 */
public record ChangeLog(boolean reachesBack, List<Expunge> expunges, Map<Long, Change> changes, long unsynced) {
    /** "No mail came since the last sync." */
    public static final long ALL_SYNCED = Long.MAX_VALUE;

    /** Nothing is known. */
    public static final ChangeLog UNKNOWN = new ChangeLog(false, List.of(), Map.of(), ALL_SYNCED);

    public ChangeLog {
        expunges = List.copyOf(expunges);
        changes = Map.copyOf(changes);
    }

    /** What happened to a mail that is still there. */
    public Change of(long uid) {
        return changes.getOrDefault(uid, Change.NONE);
    }

    /**
     * A mail that has gone.
     *
     * @param uid the UID it had
     * @param guid128 its GUID in 128-bit form, 32 lower-case hex digits; empty if nobody noted it
     * @param modSeq when; 0 if not known
     * @param bySync a sync took it away
     */
    public record Expunge(long uid, String guid128, long modSeq, boolean bySync) {}

    /**
     * What was done to a mail's flags and keywords, other than by a sync; of several changes of one flag the last counts.
     * What was done to a mail before somebody moved it within the mailbox counts, too, if it is certain which mail it was.
     *
     * @param added flags that were set; none of them in {@code removed}
     * @param removed flags that were taken away
     * @param keywordsAdded keywords that were set, none of them in {@code keywordsRemoved} in any case
     * @param keywordsRemoved keywords that were taken away
     * @param when the modseq of the last change of each of them, by the flag as {@link Flags#toString} spells it or by the
     *     keyword in lower case; what is missing is not known. A log that goes further back than the last run tells by
     *     it which of two opposite changes is the later one
     */
    public record Change(
            Flags added,
            Flags removed,
            List<String> keywordsAdded,
            List<String> keywordsRemoved,
            Map<String, Long> when) {
        /** Nothing known. */
        public static final Change NONE = new Change(Flags.NONE, Flags.NONE, List.of(), List.of());

        public Change {
            keywordsAdded = List.copyOf(keywordsAdded);
            keywordsRemoved = List.copyOf(keywordsRemoved);
            when = when.isEmpty() ? Map.of() : onlyTold(when, added, removed, keywordsAdded, keywordsRemoved);
        }

        /** What became of other flags and keywords is no news any more, so it does not matter when it was. */
        private static Map<String, Long> onlyTold(
                Map<String, Long> when, Flags added, Flags removed, List<String> set, List<String> unset) {
            Map<String, Long> told = new HashMap<>();
            for (int bits = added.bits() | removed.bits(); bits != 0; bits &= bits - 1) {
                keep(new Flags(Integer.lowestOneBit(bits)).toString(), when, told);
            }
            for (List<String> names : List.of(set, unset)) {
                for (String name : names) {
                    keep(name.toLowerCase(Locale.ROOT), when, told);
                }
            }
            return Map.copyOf(told);
        }

        private static void keep(String name, Map<String, Long> when, Map<String, Long> told) {
            Long modSeq = when.get(name);
            if (modSeq != null) {
                told.put(name, modSeq);
            }
        }

        /** Changes of which nobody noted when they were made. */
        public Change(Flags added, Flags removed, List<String> keywordsAdded, List<String> keywordsRemoved) {
            this(added, removed, keywordsAdded, keywordsRemoved, Map.of());
        }

        /** The modseq of the last change of one flag or keyword, 0 if it is not known. */
        public long when(String name) {
            return when.isEmpty() ? 0 : when.getOrDefault(name.toLowerCase(Locale.ROOT), 0L);
        }

        /** The modseq of the last change of the flag of that bit, 0 if it is not known. */
        public long when(int flag) {
            return when.isEmpty() ? 0 : when.getOrDefault(new Flags(flag).toString(), 0L);
        }
    }
}
