package dev.twinbox.engine.disk;

import java.util.HashMap;
import java.util.Map;

/** Names that came into folders and went from them, and how often each. Used by one thread. */
public final class NameChanges {
    private final Map<DiskPath, Integer> came = new HashMap<>();
    private final Map<DiskPath, Integer> went = new HashMap<>();

    /** A name is there that was not, or is another file's now. */
    public void came(DiskPath path) {
        count(came, path);
    }

    /** A name is not there any more. */
    public void went(DiskPath path) {
        count(went, path);
    }

    private static void count(Map<DiskPath, Integer> counts, DiskPath path) {
        counts.put(path, counts.getOrDefault(path, 0) + 1);
    }

    /** Whether the same happened, in whatever order. */
    public boolean sameAs(NameChanges other) {
        return came.equals(other.came) && went.equals(other.went);
    }
}
