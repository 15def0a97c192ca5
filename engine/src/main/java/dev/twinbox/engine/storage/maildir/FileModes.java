package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Permission bits of new folders: owner only, or as much wider as the folder they are made in. */
final class FileModes {
    private static final int PERMISSIONS = 0777;
    private static final int OTHERS_MAY_WRITE = 0002;

    private FileModes() {}

    static int folder(MaildirContext context, DiskPath parent) throws IOException {
        try {
            return Disk.FOLDER_MODE | (context.disk().mode(parent) & PERMISSIONS & ~OTHERS_MAY_WRITE);
        } catch (NoSuchFileException e) {
            return Disk.FOLDER_MODE;
        }
    }
}
