package dev.twinbox.protocol.item;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Twinbox only: digests of the parts of a mailbox, so that a list need not say what both sides have. A part, a block, is
 * the mails of {@link #width} UIDs in a row, from a multiple of it on. A block's digest is the sum of 64-bit hashes of its
 * mails, so that digests of narrow blocks give those of wide ones; without mails it is 0. Immutable.
 */
public final class BlockDigests {
    /** Nothing is said. */
    public static final BlockDigests NONE = new BlockDigests(0, new long[0]);

    /** Most blocks of a mailbox. */
    public static final int BLOCKS_MAX = 4096;

    /** Fewest UIDs in a block. */
    public static final int WIDTH_MIN = 2;

    private final int shift;
    private final long[] sums;

    private BlockDigests(int shift, long[] sums) {
        this.shift = shift;
        this.sums = sums;
    }

    /** Widest blocks, as an exponent of two. */
    public static final int SHIFT_MAX = 31;

    /**
     * Takes digests as they were said.
     *
     * @param shift how many UIDs a block has, as an exponent of two, 1 to {@value #SHIFT_MAX}
     * @param sums a digest for each block, the first for that of UID 0; 1 to {@value #BLOCKS_MAX}
     * @throws IllegalArgumentException if there are too few or too many, or the exponent is out of range
     */
    public static BlockDigests of(int shift, long[] sums) {
        Check.range("width of block digests", shift, 1, SHIFT_MAX);
        Check.range("number of block digests", sums.length, 1, BLOCKS_MAX);
        return new BlockDigests(shift, sums.clone());
    }

    /** How many UIDs a block has, as an exponent of two; 0 if nothing is said. */
    public int shift() {
        return shift;
    }

    /** The digests, block by block; none if nothing is said. */
    public long[] sums() {
        return sums.clone();
    }

    /** How many UIDs a block has; a power of two. */
    public long width() {
        return 1L << shift;
    }

    /** Whether nothing is said. */
    public boolean isNone() {
        return shift == 0;
    }

    /** As wide as the other ones, if those are wider. */
    private BlockDigests widened(int toShift) {
        if (toShift <= shift) {
            return this;
        }
        int by = toShift - shift;
        long[] wide = new long[(sums.length >>> by) + 1];
        for (int i = 0; i < sums.length; i++) {
            wide[i >>> by] += sums[i];
        }
        return new BlockDigests(toShift, wide);
    }

    /**
     * The blocks that two mailboxes have in common.
     *
     * @param one a mailbox's digests
     * @param other those of the other one
     */
    public static Common common(BlockDigests one, BlockDigests other) {
        if (one.isNone() || other.isNone()) {
            return Common.NOTHING;
        }
        BlockDigests left = one.widened(other.shift);
        BlockDigests right = other.widened(one.shift);
        BitSet equal = new BitSet();
        for (int i = 0; i < Math.min(left.sums.length, right.sums.length); i++) {
            equal.set(i, left.sums[i] == right.sums[i]);
        }
        return new Common(left.shift, equal);
    }

    /** Blocks that two mailboxes have in common. Immutable. */
    public static final class Common {
        /** There are none. */
        public static final Common NOTHING = new Common(0, new BitSet());

        private final int shift;
        private final BitSet blocks;

        private Common(int shift, BitSet blocks) {
            this.shift = shift;
            this.blocks = blocks;
        }

        /** Whether there are none. */
        public boolean isEmpty() {
            return blocks.isEmpty();
        }

        /** Whether the mail of a UID is the same in both mailboxes, or is in neither. */
        public boolean has(long uid) {
            return blocks.get((int) Math.min(uid >>> shift, Integer.MAX_VALUE));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockDigests that && shift == that.shift && Arrays.equals(sums, that.sums);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(sums) + shift;
    }

    /** For logs: how many there are. */
    @Override
    public String toString() {
        return isNone() ? "none" : sums.length + " blocks of " + width();
    }

    /** Adds hashes up. Not safe for use by several threads. */
    public static final class Builder {
        private final int shift;
        private final long[] sums;

        /**
         * Blocks as narrow as their number allows.
         *
         * @param lastUid the highest UID that will come, 0 to 2<sup>32</sup>-1
         */
        public Builder(long lastUid) {
            int narrow = Integer.numberOfTrailingZeros(WIDTH_MIN);
            while (lastUid >>> narrow >= BLOCKS_MAX) {
                narrow++;
            }
            this.shift = narrow;
            this.sums = new long[(int) (lastUid >>> narrow) + 1];
        }

        /** Adds a mail. */
        public void add(long uid, long hash) {
            sums[(int) (uid >>> shift)] += hash;
        }

        /** The sums so far. */
        public BlockDigests build() {
            return new BlockDigests(shift, sums.clone());
        }
    }
}
