package dev.twinbox.engine.disk;

/**
 * What the disk says of a path, links not followed.
 *
 * @param kind what lies there
 * @param size bytes
 * @param mtimeSeconds seconds since 1970, may be negative
 * @param mtimeNanos 0 to 999,999,999
 * @param fileKey equal for two paths exactly if they are the same file (device and inode)
 */
public record FileInfo(Kind kind, long size, long mtimeSeconds, int mtimeNanos, Object fileKey) {
    /** What can lie at a path. */
    public enum Kind {
        FILE,
        FOLDER,
        LINK,
        SPECIAL
    }

    /** Whether both are of one file that has not been written in between, as far as that can be seen from outside. */
    public boolean isSameState(FileInfo other) {
        return size == other.size
                && mtimeSeconds == other.mtimeSeconds
                && mtimeNanos == other.mtimeNanos
                && fileKey.equals(other.fileKey);
    }

    public boolean isFile() {
        return kind == Kind.FILE;
    }

    public boolean isFolder() {
        return kind == Kind.FOLDER;
    }
}
