package dev.twinbox.engine.disk;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file system, as little of it as Twinbox needs. Every operation is one step that a crash can fall before or after.
 *
 * <p>No operation follows a symbolic link in the last level of a path. A path that is not there is
 * {@link java.nio.file.NoSuchFileException}, one that is there already
 * {@link java.nio.file.FileAlreadyExistsException}, a refusal {@link java.nio.file.AccessDeniedException}; all other
 * trouble is another {@link IOException} whose message names the path. Safe for use by several threads.
 *
 * <p>What it deliberately does not do: walk trees, change owners, make links of the symbolic kind.
 */
public interface Disk {
    /** Mode for new files: owner only. */
    int FILE_MODE = 0600;

    /** Mode for new folders: owner only. */
    int FOLDER_MODE = 0700;

    /** What lies at the path, or nothing. */
    Optional<FileInfo> stat(DiskPath path) throws IOException;

    /**
     * When the inode at the path was last changed, in whole seconds since 1970, or nothing if nothing is there; links are not
     * followed. Not a part of {@link FileInfo}, because asking Java for it takes many times as long.
     */
    OptionalLong ctime(DiskPath path) throws IOException;

    /** As {@link #stat} but a symbolic link in the last level is followed. */
    Optional<FileInfo> statFollowing(DiskPath path) throws IOException;

    /** The names in a folder, in no order, without {@code .} and {@code ..}; as unstable as readdir(3) is. */
    List<byte[]> list(DiskPath folder) throws IOException;

    /** As {@link #list}, for names that need not be kept: a folder may hold a million. */
    default void eachName(DiskPath folder, Consumer<byte[]> taker) throws IOException {
        list(folder).forEach(taker);
    }

    /**
     * Begins to watch which names come and go, if that is cheaper than to list the folders once more.
     *
     * @param marks another folder, in which nobody minds a file for a moment
     * @param names about how many there are in the folders
     * @return null if the folders are better listed, or cannot be watched
     */
    default @Nullable FolderWatch watch(List<DiskPath> folders, DiskPath marks, int names) {
        return null;
    }

    /** Opens a regular file for reading. Refuses folders, links, pipes and devices. */
    DiskFile openRead(DiskPath file) throws IOException;

    /**
     * The same for a file that {@link #stat} has just shown to be regular: saves looking again. {@code seen} also tells
     * {@link DiskFile#appendAll} what size to expect, which saves a call more; if it is wrong, nothing but that is lost.
     */
    default DiskFile openRead(DiskPath file, FileInfo seen) throws IOException {
        return openRead(file);
    }

    /** Makes a file that was not there, for writing and reading, mode {@code mode}. */
    DiskFile create(DiskPath file, int mode) throws IOException;

    /** Opens a file for reading and writing, making it if {@code createIfMissing}. */
    DiskFile openWrite(DiskPath file, boolean createIfMissing) throws IOException;

    /** Renames within one file system; an existing target file is replaced at once. */
    void rename(DiskPath from, DiskPath to) throws IOException;

    /** Makes a second name for a file; fails if the name is taken. */
    void link(DiskPath existing, DiskPath added) throws IOException;

    /** Removes a file's name. */
    void unlink(DiskPath file) throws IOException;

    /** Makes a folder whose parent exists. */
    void makeFolder(DiskPath folder, int mode) throws IOException;

    /** Removes an empty folder. */
    void removeFolder(DiskPath folder) throws IOException;

    /** Sets the modification time; of one before 1970 the whole seconds only. Years beyond 2262 may become 2262. */
    void setMtime(DiskPath path, long seconds, int nanos) throws IOException;

    /** The permission bits (0 to 0777) of a path. */
    int mode(DiskPath path) throws IOException;

    /** Whether a path is a UNIX socket; a symbolic link is none. A disk without sockets has none. */
    default boolean isSocket(DiskPath path) throws IOException {
        return false;
    }

    /** Whom a path belongs to; a symbolic link in the last level is not followed. A disk without owners is all root's. */
    default FileOwner owner(DiskPath path) throws IOException {
        return FileOwner.ROOT;
    }

    /**
     * The same path with every symbolic link in it followed, the last level included. Levels that are not there yet stay
     * as they are.
     */
    default DiskPath realPath(DiskPath path) throws IOException {
        return path;
    }

    /** Whether this process may write there as far as permissions and mount options tell. */
    boolean isWritable(DiskPath path);

    /** Makes the names in a folder durable. */
    void syncFolder(DiskPath folder) throws IOException;

    /**
     * Makes everything written to the file system that holds {@code folder} durable, names and data, by whatever is
     * cheapest. Returns only when it is so.
     */
    void syncFileSystem(DiskPath folder) throws IOException;

    /**
     * Takes flock(2) on a file, which keeps away only those who take it as well, and is another lock than
     * {@link DiskFile#lock}. Costs a process; never waits.
     *
     * @return to be closed; nothing if somebody else has the lock, or it is not to be had on this system
     */
    default Optional<Closeable> flock(DiskPath file) throws IOException {
        return Optional.of(() -> {});
    }

    /** The whole of a small file. Fails if it is longer than {@code limit} bytes. */
    default byte[] readAll(DiskPath file, int limit) throws IOException {
        try (DiskFile open = openRead(file)) {
            return open.readAll(limit);
        }
    }
}
