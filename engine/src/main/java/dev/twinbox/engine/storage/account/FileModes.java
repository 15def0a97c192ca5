package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import java.io.IOException;

/**
 * Permission bits of new folders: owner only, but within an account as the folder they are made in, since its owner may
 * share it with a group.
 */
public final class FileModes {
    private static final int PERMISSIONS = 0777;

    private FileModes() {}

    static int folder(AccountContext context, DiskPath parent) throws IOException {
        FolderNames folders = new FolderNames(context.location());
        boolean within = parent.startsWith(context.location().root())
                || parent.startsWith(folders.controlRoot())
                || parent.startsWith(folders.indexRoot());
        return within ? Disk.FOLDER_MODE | (context.disk().mode(parent) & PERMISSIONS) : Disk.FOLDER_MODE;
    }
}
