package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.account.AccountContext;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox's numbers without looking at its mails: the index has them, and its {@code maildir} extension says of which
 * state of the folders and of the uidlist they are. If that is the state of now, they are true; in every other case there
 * is no quick answer. The cost depends on the index log, not on the number of mails.
 */
final class QuickStatus {
    /** Within this many seconds after an mtime Dovecot may have looked before the last change (its own rule). */
    static final long RACY_SECONDS = 2;

    private QuickStatus() {}

    static @Nullable MailboxStatus read(AccountContext context, Remembered remembered, MaildirPaths paths)
            throws IOException {
        IndexState state;
        try {
            state = IndexReader.readHeader(context.disk(), paths.index(), IndexReader.PREFIX)
                    .orElse(null);
        } catch (IndexFormatException e) {
            return null;
        }
        if (state == null || state.damage() != null) {
            return null;
        }
        FileInfo file = provenUidlist(state, context, paths);
        Uidlist head = file == null ? null : head(context, remembered.heads(), paths.uidlist(), file);
        if (head == null || head.uidValidity() != state.header().uidValidity()) {
            return null;
        }
        return new MailboxStatus(
                MaildirTableReader.guid(context, paths, head),
                head.uidValidity(),
                Math.max(head.headerNextUid(), state.header().nextUid()),
                messages(context, remembered.counts(), paths, state),
                Math.max(1, state.header().firstRecentUid()),
                state.highestModSeq(),
                false,
                state.isSettled());
    }

    /** The count is of the time when it was written; with more in the log behind it the mails have to be counted. */
    private static int messages(AccountContext context, MessageCounts counts, MaildirPaths paths, IndexState state)
            throws IOException {
        boolean whole = state.isSettled() && state.settledMessages() <= MailboxSnapshot.MAILS_MAX;
        return whole ? (int) state.settledMessages() : counts.of(context, paths);
    }

    /** Whether the index is of the state that the uidlist and the folders are in now. */
    static boolean isCurrent(IndexState state, AccountContext context, MaildirPaths paths) throws IOException {
        return provenUidlist(state, context, paths) != null;
    }

    /** The uidlist as it is now, if the index is of that state of it and of the folders. */
    private static @Nullable FileInfo provenUidlist(IndexState state, AccountContext context, MaildirPaths paths)
            throws IOException {
        IndexExtension extension = state.extension(MaildirIndexHeader.EXTENSION).orElse(null);
        MaildirIndexHeader header = extension == null
                ? null
                : MaildirIndexHeader.parse(extension.header()).orElse(null);
        FileInfo list = context.disk().stat(paths.uidlist()).orElse(null);
        if (header == null
                || list == null
                || !header.matchesUidlist(list.mtimeSeconds(), list.mtimeNanos(), list.size())) {
            return null;
        }
        FolderListing.Stamp now = FolderListing.stamp(context.disk(), context.clock(), paths.fresh(), paths.cur());
        boolean proven = same(now.fresh(), header.newMtime(), header.newMtimeNanos(), header.newCheck())
                && same(now.cur(), header.curMtime(), header.curMtimeNanos(), header.curCheck());
        return proven ? list : null;
    }

    private static boolean same(FolderListing.FolderTime now, long seconds, long nanos, long checked) {
        return (now.seconds() & 0xFFFF_FFFFL) == seconds && now.nanos() == nanos && checked - seconds >= RACY_SECONDS;
    }

    private static @Nullable Uidlist head(AccountContext context, UidlistHeads heads, DiskPath uidlist, FileInfo file)
            throws IOException {
        try {
            return heads.read(context, uidlist, file).list();
        } catch (NoSuchFileException | CorruptStoreException e) {
            return null;
        }
    }
}
