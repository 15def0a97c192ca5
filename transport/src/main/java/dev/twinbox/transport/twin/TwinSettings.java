package dev.twinbox.transport.twin;

import dev.twinbox.transport.link.Beats;

/**
 * How an end speaks.
 *
 * @param level of zstd, 1 to {@value #LEVEL_MAX}; 0: nothing is compressed. What comes compressed is understood either way
 * @param branchesMax how many branches may be open at once, 0 (none) to {@value #BRANCHES_MAX}
 * @param pace how fast it may speak
 * @param beats the time by which it waits, and says that it is alive
 */
public record TwinSettings(int level, int branchesMax, Pace pace, Beats beats) {
    /** Highest level of compression. */
    public static final int LEVEL_MAX = 19;

    /**
     * Most branches that may be open at once: the connection's window must have room for the windows of all. Else what nobody reads
     * yet on some would keep back what another waits for.
     */
    public static final int BRANCHES_MAX = 120;

    /** Compresses about as fast as a network of a gigabit takes it. */
    public static final int LEVEL_DEFAULT = 1;

    /** Compresses, branches, does not wait. */
    public static final TwinSettings DEFAULT = new TwinSettings(LEVEL_DEFAULT, BRANCHES_MAX, Pace.UNLIMITED);

    /** By the time there is. */
    public TwinSettings(int level, int branchesMax, Pace pace) {
        this(level, branchesMax, pace, Beats.REAL);
    }

    /**
     * @throws IllegalArgumentException if a number is out of range
     */
    public TwinSettings {
        if (level < 0 || level > LEVEL_MAX || branchesMax < 0 || branchesMax > BRANCHES_MAX) {
            throw new IllegalArgumentException("setting out of range");
        }
    }
}
