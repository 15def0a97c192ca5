package dev.twinbox.engine.storage;

import dev.twinbox.engine.storage.ChangeLog.Expunge;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Under which UIDs mails were in their mailbox before: a user has moved them away and back, or a sync has given them new
 * ones. Immutable.
 */
public final class Moves {
    /** Nothing has gone. */
    public static final Moves NONE = new Moves(Map.of(), Map.of());

    private final Map<String, Long> byUsers;
    private final Map<String, Long> bySyncs;

    private Moves(Map<String, Long> byUsers, Map<String, Long> bySyncs) {
        this.byUsers = byUsers;
        this.bySyncs = bySyncs;
    }

    /** What went from a mailbox tells it. */
    public static Moves of(Collection<Expunge> gone) {
        Map<String, Long> byUsers = new HashMap<>();
        Map<String, Long> bySyncs = new HashMap<>();
        for (Expunge one : gone) {
            if (!one.guid128().isEmpty()) {
                (one.bySync() ? bySyncs : byUsers).merge(one.guid128(), one.uid(), (first, second) -> 0L);
            }
        }
        return new Moves(byUsers, bySyncs);
    }

    /**
     * The UID that a mail had before; 0 if it had none, or it is not certain which it was.
     *
     * @param guid128 its GUID in 128-bit form
     * @param bySync whether a sync gave it the UID that it has now
     */
    public long from(String guid128, boolean bySync) {
        return (bySync ? bySyncs : byUsers).getOrDefault(guid128, 0L);
    }
}
