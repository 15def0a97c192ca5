package dev.twinbox.engine.storage.maildir;

/**
 * Tells sets of file names apart, as good as certainly: the number of names and the sum of their 64-bit hashes, so in whatever
 * order a folder is listed. Names that begin with a dot do not count. Belongs to one thread.
 */
final class NameSum {
    private static final long PRIME = 0x100_0000_01B3L;
    private static final long IN_NEW = 0x5851_F42D_4C95_7F2DL;

    private long hash;
    private boolean any;
    private boolean hidden;
    private long sum;
    private int count;

    /** Adds a name in {@code new/} or {@code cur/}. */
    void add(byte[] name, boolean inNew) {
        next(name, 0, name.length);
        end(inNew);
    }

    /** A part of the name that {@link #end} will add. */
    void next(byte[] bytes, int start, int end) {
        if (!any && start < end) {
            any = true;
            hidden = bytes[start] == '.';
        }
        for (int i = start; i < end; i++) {
            hash = hash * PRIME + bytes[i];
        }
    }

    /** The name that was said is at its end. */
    void end(boolean inNew) {
        if (any && !hidden) {
            sum += mix(hash + (inNew ? IN_NEW : 0));
            count++;
        }
        hash = 0;
        any = false;
        hidden = false;
    }

    boolean sameAs(NameSum other) {
        return sum == other.sum && count == other.count;
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
