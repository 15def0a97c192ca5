package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the index of a mailbox that can do without one. */
public final class UsableIndex {
    private UsableIndex() {}

    /**
     * The index; null if there is none that can be used. What is wrong with it is reported.
     *
     * @param without what is done without it, for the message
     */
    public static @Nullable IndexState read(
            AccountContext context, MailboxName name, MailboxPaths paths, String without) throws IOException {
        DiskPath path = paths.index().resolve(IndexReader.PREFIX);
        IndexState state;
        try {
            state = IndexReader.read(context.disk(), paths.index(), IndexReader.PREFIX)
                    .orElse(null);
        } catch (IndexFormatException e) {
            context.report().warning(name, path + " cannot be used: " + e.getMessage() + "; " + without);
            return null;
        }
        if (state != null && state.damage() != null) {
            context.report().warning(name, path + ": " + state.damage());
        }
        return state;
    }
}
