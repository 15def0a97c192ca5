package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Durability;
import java.io.IOException;

/**
 * {@code dovecot.list.index} of an account with {@code LAYOUT=index}, read and changed under Dovecot's own lock. It is the only
 * place of the names: one that cannot be read is never written over.
 */
final class ListIndexFile {
    private static final long MILLIS = 1000;

    private final AccountContext context;
    private final DiskPath folder;

    /**
     * Nothing is looked at yet.
     *
     * @param folder in which it lies
     */
    ListIndexFile(AccountContext context, DiskPath folder) {
        this.context = context;
        this.folder = folder;
    }

    /** What a change makes of the names. */
    interface Edit {
        ListIndex of(ListIndex now) throws IOException;
    }

    /**
     * The names as they are now.
     *
     * @throws CorruptStoreException if nobody can tell
     */
    ListIndex read() throws IOException {
        try {
            IndexState state =
                    IndexReader.read(context.disk(), folder, ListIndex.PREFIX).orElse(null);
            return state == null ? ListIndex.empty() : of(state);
        } catch (IndexFormatException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private ListIndex of(IndexState state) throws CorruptStoreException {
        String damage = state.damage();
        if (damage != null) {
            throw damaged(damage);
        }
        try {
            return ListIndex.of(state);
        } catch (CorruptStoreException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private CorruptStoreException damaged(String why) {
        return new CorruptStoreException(
                folder.resolve(ListIndex.PREFIX) + ", which alone knows the names of the mailboxes,"
                        + " cannot be used: " + why + "; doveadm force-resync makes it anew");
    }

    private boolean isDurable() {
        return context.durability() != Durability.NEVER;
    }

    /** Changes them. */
    void change(Edit edit) throws IOException {
        AccountFolders.makeAll(context, folder);
        try (IndexWriter writer = IndexWriter.lock(
                context.disk(),
                folder,
                ListIndex.PREFIX,
                context.clock(),
                context.host(),
                context.lockWaitMillis(),
                Disk.FILE_MODE,
                isDurable())) {
            IndexState old;
            try {
                old = writer.state().orElse(null);
            } catch (IndexFormatException e) {
                throw damaged(String.valueOf(e.getMessage()));
            }
            ListIndex before = old == null ? ListIndex.empty() : of(old);
            ListIndex after = edit.of(before);
            if (after != before) {
                writer.advance(
                        after.toState(old, context.clock().epochMillis() / MILLIS), false, IndexWriter.Witness.NONE);
            }
        }
        if (isDurable()) {
            context.disk().syncFolder(folder);
        }
    }
}
