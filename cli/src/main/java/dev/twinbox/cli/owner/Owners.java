package dev.twinbox.cli.owner;

import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.FileOwner;
import java.io.IOException;
import java.util.Optional;

/** Asks the disk who owns what. */
public final class Owners {
    /** Belongs to whoever the process runs as. */
    private static final DiskPath MYSELF = DiskPath.of("/proc/self/stat");

    private Owners() {}

    /** The user this process runs as. */
    public static int myUid(Disk disk) throws IOException {
        return disk.owner(MYSELF).uid();
    }

    /**
     * The owner of a folder, or of the nearest one above it that is there.
     *
     * @throws Refusal if a link on the way there belongs to a user who does not own what it leads to
     */
    public static FileOwner of(Disk disk, DiskPath folder) throws IOException, Refusal {
        DiskPath there = disk.realPath(folder);
        while (disk.stat(there).isEmpty()) {
            there = there.parent();
        }
        FileOwner owner = disk.owner(there);
        DiskPath level = folder;
        while (!level.equals(level.parent())) {
            Optional<FileInfo> info = disk.stat(level);
            if (info.isPresent() && info.get().kind() == FileInfo.Kind.LINK) {
                FileOwner linkOwner = disk.owner(level);
                if (!linkOwner.isRoot() && linkOwner.uid() != owner.uid()) {
                    throw new Refusal(
                            ExitCode.NO_PERMISSION,
                            "'" + level + "' is a link of user id " + linkOwner.user() + " to something of user id "
                                    + owner.user() + ": not followed as root");
                }
            }
            level = level.parent();
        }
        return owner;
    }
}
