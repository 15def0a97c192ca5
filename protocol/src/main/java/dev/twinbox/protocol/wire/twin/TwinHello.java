package dev.twinbox.protocol.wire.twin;

import java.util.List;

/**
 * What an end says of itself first.
 *
 * @param major {@value TwinLimits#MAJOR}, or it is another protocol
 * @param minor 0 or more
 * @param capabilities names of what it understands
 * @param branchesMax how many branches it keeps open at once, besides the main one; 0 for none
 * @param patience after how many seconds without a byte it gives the other end up; 0 if it does not say
 */
public record TwinHello(int major, int minor, List<String> capabilities, int branchesMax, int patience) {
    /** It understands frames that are compressed with zstd. */
    public static final String ZSTD = "zstd";

    /** It can plan a run, say what it has planned and change nothing. */
    public static final String DRY_RUN = "dry-run";

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public TwinHello {
        if (major < 1 || minor < 0 || branchesMax < 0 || patience < 0) {
            throw new IllegalArgumentException("number out of range");
        }
        if (capabilities.size() > TwinLimits.CAPABILITIES_MAX) {
            throw new IllegalArgumentException("more than " + TwinLimits.CAPABILITIES_MAX + " capabilities");
        }
        for (String name : capabilities) {
            if (name.isEmpty()
                    || name.length() > TwinLimits.CAPABILITY_LENGTH_MAX
                    || !name.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
                throw new IllegalArgumentException("name of a capability not allowed");
            }
        }
        capabilities = List.copyOf(capabilities);
    }

    /** One that does not say how long it waits. */
    public TwinHello(int major, int minor, List<String> capabilities, int branchesMax) {
        this(major, minor, capabilities, branchesMax, 0);
    }

    /** Whether it understands something. */
    public boolean can(String capability) {
        return capabilities.contains(capability);
    }
}
