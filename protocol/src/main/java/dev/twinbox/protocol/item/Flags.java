package dev.twinbox.protocol.item;

/**
 * The system flags of a mail (RFC 3501, section 2.3.2) as the bits Dovecot uses in its index and on the wire.
 *
 * @param bits an OR of the constants here; no other bit
 */
public record Flags(int bits) {
    /** \Answered. */
    public static final int ANSWERED = 0x01;

    /** \Flagged. */
    public static final int FLAGGED = 0x02;

    /** \Deleted. */
    public static final int DELETED = 0x04;

    /** \Seen. */
    public static final int SEEN = 0x08;

    /** \Draft. */
    public static final int DRAFT = 0x10;

    /** \Recent; never stored with a mail, it follows from the mailbox's first recent UID. */
    public static final int RECENT = 0x20;

    /** Everything a client can set. */
    public static final int SETTABLE = 0x1F;

    /** No flag. */
    public static final Flags NONE = new Flags(0);

    private static final String[] NAMES = {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "\\Recent"};

    /**
     * @throws IllegalArgumentException if an unknown bit is set
     */
    public Flags {
        if ((bits & ~(SETTABLE | RECENT)) != 0) {
            throw new IllegalArgumentException("unknown flag bits: " + Integer.toHexString(bits));
        }
    }

    /** Whether all bits of {@code mask} are set. */
    public boolean has(int mask) {
        return (bits & mask) == mask;
    }

    /** Without {@link #RECENT}. */
    public Flags settable() {
        return new Flags(bits & SETTABLE);
    }

    // Written out, as hashCode: what Java derives for records is made at run time and costs every start some 20 ms.
    @Override
    public boolean equals(Object other) {
        return other instanceof Flags flags && bits == flags.bits;
    }

    @Override
    public int hashCode() {
        return bits;
    }

    /** IMAP spelling, blank-separated, empty for none. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < NAMES.length; i++) {
            if ((bits & 1 << i) != 0) {
                text.append(text.length() == 0 ? "" : " ").append(NAMES[i]);
            }
        }
        return text.toString();
    }
}
