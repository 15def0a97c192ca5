package dev.twinbox.cli.config;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.mbox.MboxSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an account lies, ready to be opened.
 *
 * @param text as the administrator wrote it, for messages
 * @param account the place
 * @param durability how it is to be written
 * @param lockWaitMillis how long to wait at most for a lock that somebody else holds, milliseconds
 * @param mbox how mbox files are locked and hashed; of no consequence to other formats
 * @param remarks what was said about it that has no effect
 */
public record Location(
        String text,
        AccountLocation account,
        Durability durability,
        long lockWaitMillis,
        MboxSettings mbox,
        List<String> remarks) {
    public Location {
        remarks = List.copyOf(remarks);
    }

    /** All folders the account lies in: the root and those of its parts that lie elsewhere. */
    public List<DiskPath> folders() {
        List<DiskPath> found = new ArrayList<>();
        found.add(account.root());
        for (DiskPath part : new DiskPath[] {account.control(), account.index(), account.inbox(), account.alt()}) {
            if (part != null) {
                found.add(part);
            }
        }
        return found;
    }
}
