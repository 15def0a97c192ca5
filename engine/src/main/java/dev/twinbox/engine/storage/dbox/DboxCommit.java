package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Target;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging.Result;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries a plan out on one mailbox, under the lock of its index log, which every writer of Dovecot takes as well.
 *
 * <ol>
 *   <li>bodies are complete and synced (done before the lock is taken);
 *   <li>under the lock the mailbox is the one the plan was made for, or nothing happens;
 *   <li>the mails get their places, which are durable before the index speaks of them;
 *   <li>the index says it all in one write, which is the moment at which everything happens;
 *   <li>what the index does not speak of any more goes.
 * </ol>
 *
 * <p>A crash leaves the mailbox as it was or as it is to be, and perhaps files that are no mails.
 */
final class DboxCommit {
    private static final String CACHE_SUFFIX = ".cache";

    private final AccountContext context;
    private final DboxMailbox box;
    private final Map<MailGuid, DboxBodies.Staged> staged;
    private final DboxBodies.Stage stage;

    DboxCommit(
            AccountContext context, DboxMailbox box, Map<MailGuid, DboxBodies.Staged> staged, DboxBodies.Stage stage) {
        this.context = context;
        this.box = box;
        this.staged = staged;
        this.stage = stage;
    }

    Result run(MailboxSnapshot basis, MailboxPlan plan) throws IOException {
        try (DboxBodies.Work work = stage.begin();
                IndexWriter writer = lock(context, box.paths())) {
            DboxTable table = box.tableUnder(writer);
            if (!table.snapshot().sameMails(basis)) {
                return Result.CHANGED;
            }
            DboxEdit edit = new DboxEdit(table, plan, staged);
            work.place(edit);
            writeIndex(writer, edit, work);
            if (context.isDurable()
                    && !(edit.expunged().isEmpty() && edit.special().isEmpty())) {
                context.disk().syncFolder(box.paths().index());
            }
            work.finish(edit);
            staged.keySet().removeAll(edit.usedBodies());
            box.wrote(isRedated(edit));
            return Result.DONE;
        }
    }

    /** Takes the lock that every writer of the mailbox takes. */
    static IndexWriter lock(AccountContext context, MailboxPaths paths) throws IOException {
        return context.lockIndex(paths.index(), IndexReader.PREFIX, context.lockWaitMillis());
    }

    private void writeIndex(IndexWriter writer, DboxEdit edit, DboxBodies.Work work) throws IOException {
        IndexState old = edit.table().index();
        Target target = edit.target();
        IndexState.Builder state = IndexState.builder()
                .room(edit.rows().size())
                .uidValidity(target.uidValidity())
                .nextUid(target.uidNext())
                .firstRecentUid(target.firstRecentUid())
                .highestModSeq(Math.max(1, target.highestModSeq()));
        if (old != null) {
            // Bits stand for keywords by their place, also in sessions that are open now.
            state.keywordNames(old.keywordNames());
        }
        addHeaders(state, edit, old);
        boolean tracking = edit.hasModSeqs();
        state.tracking(tracking);
        for (DboxEdit.Row row : edit.rows()) {
            state.add(row.uid, row.indexFlags, row.keywords, tracking ? tracked(row, edit) : 0);
        }
        work.describe(edit, state);
        boolean otherMails = old != null && edit.reusesUids();
        if (otherMails || old != null && isRedated(edit)) {
            dropCache();
        }
        if (otherMails) {
            writer.restate(state.build(), true);
        } else if (target.exact()) {
            writer.replace(state.build(), true, uid -> guid128(edit.table(), uid));
        } else {
            writer.advance(state.build(), true, uid -> guid128(edit.table(), uid));
        }
    }

    private void addHeaders(IndexState.Builder state, DboxEdit edit, @Nullable IndexState old) throws IOException {
        String extension = box.bodies().headerExtension();
        DboxIndexHeader now = old == null ? null : DboxIndexHeader.of(old, extension);
        Pop3Rule pop3 = Pop3Rule.after(edit, extension);
        long stamp = box.bodies().stamp(now == null ? 0 : now.stamp());
        state.extension(IndexExtension.ofHeader(
                extension, new DboxIndexHeader(stamp, edit.target().guid(), pop3.flags()).toBytes()));
        IndexExtension highest =
                old == null ? null : old.extension(Pop3Rule.EXTENSION).orElse(null);
        boolean isNews = highest == null
                ? box.bodies().copiesShareMetadata()
                : pop3.flags() != 0 && old != null && Pop3Rule.highestUid(old) < pop3.highestUid();
        if (isNews && pop3.isHighestKnown()) {
            state.extension(IndexExtension.ofHeader(
                    Pop3Rule.EXTENSION, pop3.highestToBytes(highest == null ? new byte[0] : highest.header())));
        }
    }

    /** Where modseqs begin to be tracked, a mail that did not change keeps the one it has been showing: the highest. */
    private static long tracked(DboxEdit.Row row, DboxEdit edit) {
        if (row.modSeq > 0) {
            return row.modSeq;
        }
        long highest = edit.target().highestModSeq();
        long shown = row.changed ? highest : edit.table().snapshot().status().highestModSeq();
        return Math.max(1, Math.min(shown, highest));
    }

    private static byte[] guid128(DboxTable table, long uid) {
        int row = table.snapshot().rowOf(uid);
        return row < 0
                ? IndexWriter.Witness.NONE.guid(uid)
                : table.snapshot().guid(row).to128();
    }

    /** Whether a mail that stays gets another date: Dovecot's cache file has the old one. */
    private static boolean isRedated(DboxEdit edit) {
        MailboxSnapshot table = edit.table().snapshot();
        for (DboxEdit.Row row : edit.special()) {
            if (row.stays()
                    && row.received != MailboxSnapshot.RECEIVED_UNKNOWN
                    && row.received != table.received(table.rowOf(row.uid))) {
                return true;
            }
        }
        return false;
    }

    private void dropCache() throws IOException {
        try {
            context.disk().unlink(box.paths().index().resolve(IndexReader.PREFIX + CACHE_SUFFIX));
        } catch (NoSuchFileException e) {
            // Dovecot has not made one.
        }
    }

    /** What a writer sees of the index; null if there is none that can be used. */
    static @Nullable IndexState state(IndexWriter writer) throws IOException {
        try {
            return writer.state().orElse(null);
        } catch (IndexFormatException e) {
            return null;
        }
    }
}
