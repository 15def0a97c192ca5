package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes a mailbox from the disk. Its folder first gets a name that no reader takes for a mailbox, so that the mailbox is
 * gone at once and wholly; then it is emptied, by the next run if this one dies before.
 *
 * <p>With fs children live inside the folder. If there are any, the mailbox's own folders and files are moved away one by one:
 * those without which it is none go last.  A uidlist and an index that a crash leaves in the folder then are those of no mailbox.
 */
public final class MailboxRemoval {
    private final AccountContext context;
    private final FolderNames folders;
    private final AccountFormat format;
    private final Disk disk;

    MailboxRemoval(AccountContext context, FolderNames folders, AccountFormat format) {
        this.context = context;
        this.folders = folders;
        this.format = format;
        this.disk = context.disk();
    }

    /** Removes a mailbox, not what is below it. */
    void remove(MailboxName name, MailboxPaths paths) throws IOException {
        DiskPath trash = folders.trashFolder();
        removeTree(disk, trash);
        boolean flat = !folders.areNested();
        DiskPath folder = flat ? paths.mail() : folders.folder(name);
        if (flat || !hasChildren(folder)) {
            if (disk.stat(folder).isPresent()) {
                disk.rename(folder, trash);
                if (!folder.parent().equals(trash.parent())) {
                    sync(folder.parent());
                }
            }
        } else {
            removePieces(paths, trash);
        }
        sync(trash.parent());
        removeTree(disk, trash);
        for (DiskPath rest : List.of(paths.mail(), paths.control(), paths.index())) {
            if (flat) {
                removeTree(disk, rest);
            } else {
                removeFiles(rest);
                removeIfEmpty(rest);
            }
        }
    }

    /** What is lost from a mailbox must not be before the mailbox is: if only the rest came back, it would be another one. */
    private void sync(DiskPath folder) throws IOException {
        if (context.isDurable()) {
            disk.syncFolder(folder);
        }
    }

    private boolean hasChildren(DiskPath folder) throws IOException {
        if (!isFolder(folder)) {
            return false;
        }
        for (byte[] entry : disk.list(folder)) {
            if (folders.isCandidate(entry) && isFolder(folder.resolve(entry))) {
                return true;
            }
        }
        return false;
    }

    private void removePieces(MailboxPaths paths, DiskPath trash) throws IOException {
        disk.makeFolder(trash, FileModes.folder(context, trash.parent()));
        Set<DiskPath> touched = new LinkedHashSet<>();
        for (DiskPath piece : format.pieces(paths)) {
            touched.add(piece.parent());
            if (disk.stat(piece).isPresent()) {
                disk.rename(piece, trash.resolve(piece.name()));
            }
        }
        for (DiskPath parent : touched) {
            sync(parent);
        }
    }

    /** What a removal that was cut short left behind of a name that is no mailbox any more: what spoke of its mails. */
    void removeRemains(MailboxPaths paths) throws IOException {
        for (DiskPath folder : List.of(paths.control(), paths.index())) {
            if (!isFolder(folder)) {
                continue;
            }
            for (byte[] file : disk.list(folder)) {
                String name = FolderNames.latin(file);
                if (name.startsWith(IndexReader.PREFIX) || format.speaksOfMails(name)) {
                    removeTree(disk, folder.resolve(file));
                }
            }
        }
    }

    void removeIfEmpty(DiskPath folder) throws IOException {
        try {
            disk.removeFolder(folder);
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            // Nothing to do, or children live on in it.
        }
    }

    private void removeFiles(DiskPath folder) throws IOException {
        if (!isFolder(folder)) {
            return;
        }
        for (byte[] file : disk.list(folder)) {
            DiskPath path = folder.resolve(file);
            if (!disk.stat(path).map(FileInfo::isFolder).orElse(true)) {
                disk.unlink(path);
            }
        }
    }

    private boolean isFolder(DiskPath path) throws IOException {
        return disk.stat(path).map(FileInfo::isFolder).orElse(false);
    }

    /** Never follows a link: what is not a folder is unlinked. */
    static void removeTree(Disk disk, DiskPath path) throws IOException {
        FileInfo info = disk.stat(path).orElse(null);
        if (info == null) {
            return;
        }
        if (!info.isFolder()) {
            disk.unlink(path);
            return;
        }
        for (byte[] entry : disk.list(path)) {
            removeTree(disk, path.resolve(entry));
        }
        disk.removeFolder(path);
    }
}
