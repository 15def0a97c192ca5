package dev.twinbox.protocol.item;

/**
 * The unique identifier of a mail within one mailbox and UIDVALIDITY (RFC 3501, section 2.3.1.1).
 *
 * @param value 1 to 4,294,967,295
 */
public record Uid(long value) implements Comparable<Uid> {
    /** The largest UID there can be. */
    public static final long MAX = 0xFFFF_FFFFL;

    /**
     * @throws IllegalArgumentException if the value is out of range
     */
    public Uid {
        if (value < 1 || value > MAX) {
            throw new IllegalArgumentException("UID out of range: " + value);
        }
    }

    /**
     * Finds a UID among rising ones.
     *
     * @param uids each as an unsigned number
     * @param size how many of them count
     * @return the index, or a negative number as from {@link java.util.Arrays#binarySearch(int[], int)}
     */
    public static int search(int[] uids, int size, long uid) {
        if (size == 0) {
            return -1;
        }
        // UIDs rise, so it cannot lie behind where it would lie without gaps; with few gaps it lies a little before.
        int high = (int) Math.max(-1, Math.min(size - 1L, uid - Integer.toUnsignedLong(uids[0])));
        int low = high;
        for (int step = 1; low > 0 && Integer.toUnsignedLong(uids[low]) > uid; step *= 2) {
            high = low - 1;
            low = Math.max(0, low - step);
        }
        low = Math.max(0, low);
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long at = Integer.toUnsignedLong(uids[middle]);
            if (at < uid) {
                low = middle + 1;
            } else if (at > uid) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return -(low + 1);
    }

    @Override
    public int compareTo(Uid other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
