package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexPlace;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code dovecot.list.index} of an account with {@code LAYOUT=index}, read and changed under Dovecot's own lock. It is the only
 * place of the names: one that cannot be read is never written over.
 *
 * <p>What it says is kept for as long as its log ends where it ended, so that whoever makes a thousand mailboxes does not read
 * it a thousand times, and a change is appended to that log, as Dovecot does it. Safe for use by several threads.
 */
final class ListIndexFile {
    private static final long MILLIS = 1000;

    /** So many bytes may lie in the log behind the snapshot when a run ends, as with Dovecot. */
    private static final long BEHIND_MAX = 8 << 10;

    private final AccountContext context;
    private final FolderNames folders;
    private final DiskPath folder;

    /** What it said at that place of its log; null if it has to be read. */
    private @Nullable ListIndex known;

    private @Nullable IndexPlace place;

    /** Whether the folders' names have been told all of it. */
    private boolean told;

    /** What was appended to its log since there was a snapshot, in bytes. */
    private long behind;

    /**
     * Nothing is looked at yet.
     *
     * @param folders are told which mailbox has which directory
     */
    ListIndexFile(AccountContext context, FolderNames folders) {
        this.context = context;
        this.folders = folders;
        this.folder = folders.indexRoot();
    }

    /** A change of the names. */
    interface Edit {
        void of(ListIndex now) throws IOException;
    }

    /**
     * The names as they are now, not to be changed; and the folders' names know which mailbox has which directory.
     *
     * @throws CorruptStoreException if nobody can tell
     */
    synchronized ListIndex read() throws IOException {
        ListIndex now = known;
        IndexPlace end = place;
        if (now == null || end == null || !IndexReader.isAt(context.disk(), folder, ListIndex.PREFIX, end)) {
            now = keep(load(context.disk(), folder));
        }
        if (!told) {
            tell(now, folders);
            told = true;
        }
        return now;
    }

    /** Tells the names of an account's folders, which are just to be read, which mailbox has which directory. */
    static void tell(Disk disk, FolderNames folders) throws IOException {
        DiskPath folder = folders.indexRoot();
        tell(list(load(disk, folder), folder), folders);
    }

    private static @Nullable IndexState load(Disk disk, DiskPath folder) throws IOException {
        try {
            return IndexReader.read(disk, folder, ListIndex.PREFIX).orElse(null);
        } catch (IndexFormatException e) {
            throw damaged(folder, e.getMessage());
        }
    }

    /** Of the state of an index, null of none: it is another one than before, if any. */
    private ListIndex keep(@Nullable IndexState state) throws CorruptStoreException {
        known = null;
        told = false;
        ListIndex now = list(state, folder);
        known = now;
        place = state == null ? null : state.place();
        return now;
    }

    private static void tell(ListIndex list, FolderNames folders) {
        Map<MailboxName, MailboxGuid> places = new HashMap<>();
        for (Map.Entry<List<String>, ListIndex.Entry> one : list.entries().entrySet()) {
            FolderNames.Decoded decoded = folders.decodeListed(one.getKey());
            MailboxGuid guid = one.getValue().guid();
            if (guid != null && decoded.name().isPresent()) {
                places.putIfAbsent(decoded.name().get(), guid);
            }
        }
        folders.place(places);
    }

    private static ListIndex list(@Nullable IndexState state, DiskPath folder) throws CorruptStoreException {
        if (state == null) {
            return ListIndex.empty();
        }
        if (state.damage() != null) {
            throw damaged(folder, state.damage());
        }
        try {
            return ListIndex.of(state);
        } catch (CorruptStoreException e) {
            throw damaged(folder, e.getMessage());
        }
    }

    private static CorruptStoreException damaged(DiskPath folder, @Nullable String why) {
        return new CorruptStoreException(
                folder.resolve(ListIndex.PREFIX) + ", which alone knows the names of the mailboxes,"
                        + " cannot be used: " + why + "; doveadm force-resync makes it anew");
    }

    private IndexWriter lock() throws IOException {
        return context.lockIndex(folder, ListIndex.PREFIX, context.lockWaitMillis());
    }

    /** Changes one of them: that mailbox has that directory from now on, or none if null. */
    synchronized void change(MailboxName name, @Nullable MailboxGuid directory, Edit edit) throws IOException {
        carryOut(edit);
        if (told) {
            folders.place(name, directory);
        }
    }

    /** Changes several of them. */
    synchronized void change(Edit edit) throws IOException {
        carryOut(edit);
        told = false;
    }

    private void carryOut(Edit edit) throws IOException {
        AccountFolders.makeAll(context, folder);
        boolean newFiles;
        try (IndexWriter writer = lock()) {
            ListIndex now = now(writer);
            IndexPlace before = place;
            known = null; // until the change is made
            edit.of(now);
            newFiles = now.isChanged() && write(writer, now);
            place = newFiles ? null : writer.place().orElse(null);
            known = newFiles ? null : now;
            behind = newFiles || before == null || place == null ? 0 : behind + place.logOffset() - before.logOffset();
        }
        if (newFiles && context.isDurable()) {
            context.disk().syncFolder(folder);
        }
    }

    /** The names under the lock. */
    private ListIndex now(IndexWriter writer) throws IOException {
        ListIndex kept = known;
        IndexPlace end = place;
        if (kept != null && end != null && writer.isAt(end)) {
            return kept;
        }
        try {
            return keep(writer.state().orElse(null));
        } catch (IndexFormatException e) {
            throw damaged(folder, e.getMessage());
        }
    }

    /** Returns whether there are new files. */
    private boolean write(IndexWriter writer, ListIndex now) throws IOException {
        if (now.isTellable() && writer.canAppend()) {
            writer.appendSettled(now.changes());
            return writer.rotateIfLong();
        }
        IndexState old = writer.state().orElse(null);
        writer.advance(now.toState(old, context.clock().epochMillis() / MILLIS), false, IndexWriter.Witness.NONE);
        return true;
    }

    /** Nothing more is to be changed for now: who reads it next need not read a long log. */
    synchronized void settle() throws IOException {
        if (behind > BEHIND_MAX) {
            try (IndexWriter writer = lock()) {
                writer.renewSnapshot();
            }
            if (context.isDurable()) {
                context.disk().syncFolder(folder);
            }
        }
        behind = 0;
    }
}
