package dev.twinbox.engine.disk;

/**
 * Whom a file belongs to, as the kernel's numbers.
 *
 * @param uid user, 0 for root
 * @param gid group
 */
public record FileOwner(int uid, int gid) {
    /** Root, and root's group. */
    public static final FileOwner ROOT = new FileOwner(0, 0);

    public boolean isRoot() {
        return uid == 0;
    }
}
