package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.LockBusyException;
import java.io.IOException;

/** A snapshot of an index that nobody finished, because its writer died. Safe for use by several threads. */
public final class UnfinishedIndex {
    private static final String SUFFIX = ".tmp";

    private UnfinishedIndex() {}

    /**
     * Removes it, if nobody is at work. Never waits.
     *
     * @param folder where the index lies
     * @param prefix first part of its files' names
     */
    @SuppressWarnings("try") // the lock is only held
    public static void remove(AccountContext context, DiskPath folder, String prefix) throws IOException {
        DiskPath unfinished = folder.resolve(prefix + SUFFIX);
        if (context.disk().stat(unfinished).isEmpty()) {
            return;
        }
        try (IndexWriter writer = context.lockIndex(folder, prefix, 0)) {
            if (context.disk().stat(unfinished).isPresent()) {
                context.beginWriting();
                context.disk().unlink(unfinished);
            }
        } catch (LockBusyException e) {
            context.report().debug(null, unfinished + " is being written: " + e.getMessage());
        }
    }
}
