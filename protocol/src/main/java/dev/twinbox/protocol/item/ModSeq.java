package dev.twinbox.protocol.item;

/**
 * A modification sequence (RFC 7162). Zero means "not tracked": the storage only knows the mailbox's HIGHESTMODSEQ.
 *
 * @param value 0 to 2<sup>63</sup>-1
 */
public record ModSeq(long value) implements Comparable<ModSeq> {
    /** "Not tracked". */
    public static final ModSeq NONE = new ModSeq(0);

    /**
     * @throws IllegalArgumentException if the value is negative
     */
    public ModSeq {
        if (value < 0) {
            throw new IllegalArgumentException("modseq out of range: " + value);
        }
    }

    @Override
    public int compareTo(ModSeq other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
