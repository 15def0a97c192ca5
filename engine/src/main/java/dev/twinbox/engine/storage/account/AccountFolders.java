package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.storage.NotPossibleException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;

/** Finds the folders of an account, and makes them with the permissions {@link FileModes} says. */
public final class AccountFolders {
    private AccountFolders() {}

    /** The names of an account's folders, each mailbox where it is now; nothing is written. */
    public static FolderNames names(Disk disk, AccountLocation location) throws IOException {
        FolderNames folders = new FolderNames(location);
        if (folders.areListed()) {
            ListIndexFile.tell(disk, folders);
        }
        return folders;
    }

    /**
     * Looks whether something that is no folder is where a folder should be, or one above it.
     *
     * @throws NotPossibleException if so
     */
    public static void require(AccountContext context, DiskPath folder) throws IOException {
        try {
            if (context.disk().statFollowing(folder).map(FileInfo::isFolder).orElse(true)) {
                return;
            }
        } catch (FileSystemException e) {
            if (!folder.parent().equals(folder)) {
                require(context, folder.parent());
            }
            throw e;
        }
        throw inTheWay(folder);
    }

    /** Makes a folder, and those above it; one that is there is left alone. */
    public static void makeAll(AccountContext context, DiskPath folder) throws IOException {
        require(context, folder);
        if (context.disk().statFollowing(folder).isPresent()) {
            return;
        }
        if (!folder.parent().equals(folder)) {
            makeAll(context, folder.parent());
        }
        make(context, folder);
    }

    /** Makes a folder in one that is there; one that is there itself is left alone. */
    public static void make(AccountContext context, DiskPath folder) throws IOException {
        try {
            context.disk().makeFolder(folder, FileModes.folder(context, folder.parent()));
        } catch (FileAlreadyExistsException e) {
            if (!context.disk().stat(folder).map(FileInfo::isFolder).orElse(false)) {
                throw inTheWay(folder);
            }
        }
    }

    private static NotPossibleException inTheWay(DiskPath path) {
        return new NotPossibleException(path + " is in the way: it is not a folder; move it away and run again");
    }
}
