package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexHistory;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.ChangeLog;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.MailboxDigest;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.protocol.item.BlockDigests;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of all mails of a mailbox without listing its folders: where {@link QuickStatus} can prove that the index
 * is of the state of now, flags and keywords are the index's, and GUIDs the uidlist's. In every other case there is no quick
 * answer.
 *
 * @param digest as {@link dev.twinbox.engine.storage.MailboxSnapshot#digest}
 * @param blocks as {@link dev.twinbox.engine.storage.MailboxSnapshot#blocks}
 * @param seenBySync whether {@link ChangeLog#unsynced} would be {@link ChangeLog#ALL_SYNCED}
 */
record QuickTable(long digest, BlockDigests blocks, boolean seenBySync) {
    static @Nullable QuickTable read(AccountContext context, MaildirPaths paths) throws IOException {
        IndexHistory history;
        Uidlist uidlist;
        try {
            history = IndexHistory.known(context.disk(), paths.index(), IndexReader.PREFIX, 0)
                    .orElse(null);
            if (history == null || !QuickStatus.isCurrent(history.state(), context, paths)) {
                return null;
            }
            uidlist = Uidlist.parse(context.disk().readAll(paths.uidlist(), Uidlist.FILE_BYTES_MAX));
        } catch (IndexFormatException | CorruptStoreException | NoSuchFileException e) {
            return null; // the slow way will say what is wrong
        }
        IndexState state = history.state();
        // What was read after the proof must be what was proved.
        if (!uidlist.problems().isEmpty()
                || uidlist.uidValidity() != state.header().uidValidity()
                || !QuickStatus.isCurrent(state, context, paths)) {
            return null;
        }
        return of(history, state, uidlist);
    }

    private static @Nullable QuickTable of(IndexHistory history, IndexState state, Uidlist uidlist) {
        MailboxDigest digest = new MailboxDigest(state.size(), state.size() == 0 ? 0 : state.uid(state.size() - 1));
        boolean seen = true;
        int listed = 0;
        for (int row = 0; row < state.size(); row++) {
            long uid = state.uid(row);
            while (listed < uidlist.size() && uidlist.uid(listed) < uid) {
                listed++;
            }
            if (listed == uidlist.size() || uidlist.uid(listed) != uid) {
                return null;
            }
            uidlist.addGuid(listed, digest);
            digest.mail(uid, state.flags(row), state.keywords(row), state.isTracking() ? state.modSeq(row) : 0);
            seen &= uid < history.unsynced();
        }
        return new QuickTable(digest.value(), digest.blocks(), seen);
    }
}
