package dev.twinbox.engine.disk;

/**
 * Whom a file belongs to, as the kernel's numbers.
 *
 * @param uid user, unsigned; 0 for root
 * @param gid group, unsigned
 */
public record FileOwner(int uid, int gid) {
    /** Root, and root's group. */
    public static final FileOwner ROOT = new FileOwner(0, 0);

    /** The user as it is written. */
    public String user() {
        return Integer.toUnsignedString(uid);
    }

    /** The group as it is written. */
    public String group() {
        return Integer.toUnsignedString(gid);
    }

    public boolean isRoot() {
        return uid == 0;
    }
}
