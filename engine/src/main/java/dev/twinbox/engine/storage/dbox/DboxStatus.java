package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.MailboxPaths;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A mailbox's numbers out of the headers of its index, without looking at a mail. */
final class DboxStatus {
    private DboxStatus() {}

    /** Null where the index has no certain answer. */
    static @Nullable MailboxStatus read(AccountContext context, MailboxPaths paths, String headerExtension)
            throws IOException {
        IndexState state;
        try {
            state = IndexReader.readHeader(context.disk(), paths.index(), IndexReader.PREFIX)
                    .orElse(null);
            if (state == null || state.damage() != null) {
                return null;
            }
            DboxIndexHeader header = DboxIndexHeader.of(state, headerExtension);
            if (header == null || state.header().uidValidity() == 0) {
                return null;
            }
            int messages;
            if (state.isSettled() && state.settledMessages() <= MailboxSnapshot.MAILS_MAX) {
                messages = (int) state.settledMessages();
            } else {
                // The snapshot's count is of the snapshot; with a log behind it the mails have to be counted.
                state = IndexReader.read(context.disk(), paths.index(), IndexReader.PREFIX)
                        .orElse(state);
                messages = state.size();
            }
            return new MailboxStatus(
                    header.guid(),
                    state.header().uidValidity(),
                    state.header().nextUid(),
                    messages,
                    Math.max(
                            1, Math.min(state.header().nextUid(), state.header().firstRecentUid())),
                    state.highestModSeq(),
                    false,
                    state.isSettled());
        } catch (IndexFormatException e) {
            return null;
        }
    }
}
