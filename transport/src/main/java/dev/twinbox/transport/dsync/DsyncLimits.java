package dev.twinbox.transport.dsync;

/**
 * What is taken from a peer at most. Dovecot itself knows no limits; these are far above what it says, and the items have
 * their own on top ({@link dev.twinbox.protocol.item.SyncItem}). Bodies have none: they are never held.
 */
public final class DsyncLimits {
    /** Longest version line, in bytes. */
    public static final int VERSION_LINE_MAX = 256;

    /** Longest header line of the greeting, in bytes. */
    public static final int HEADER_LINE_MAX = 16_384;

    /** Most header lines in a greeting. */
    public static final int HEADER_LINES_MAX = 64;

    /** Most keys of a header line, and so most values of an item. */
    public static final int KEYS_MAX = 128;

    /** Longest line of an item that has no limit of its own, in bytes. */
    public static final int LINE_MAX = 1 << 18;

    /**
     * Longest line with a long text or long lists in it, in bytes: an attribute with its value, all keywords of a mail, some
     * 95,000 deleted names.
     */
    public static final int LIST_LINE_MAX = 1 << 22;

    /** Longest piece of a body that is handed on at once, in bytes. */
    public static final int BODY_PIECE_MAX = 1 << 14;

    private DsyncLimits() {}
}
