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

    /** Longest line with long lists in it (handshake, mailbox, mail_change, finish), in bytes. */
    public static final int LIST_LINE_MAX = 1 << 21;

    /** Longest line of an attribute, whose value may be in it, in bytes. */
    public static final int ATTRIBUTE_LINE_MAX = 1 << 22;

    /** Longest line of deleted names, in bytes: some 380,000 of them. */
    public static final int DELETES_LINE_MAX = 1 << 24;

    /** Longest piece of a body that is handed on at once, in bytes. */
    public static final int BODY_PIECE_MAX = 1 << 14;

    private DsyncLimits() {}
}
