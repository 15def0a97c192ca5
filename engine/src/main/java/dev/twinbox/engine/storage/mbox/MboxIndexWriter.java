package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFolders;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.Flags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the index of an mbox after a commit, under the file's locks. */
final class MboxIndexWriter {
    /** How long we wait for the index log's lock. */
    private static final long LOCK_WAIT_MILLIS = 60_000;

    private final AccountContext context;
    private final MailboxPaths paths;
    private final MboxTable table;
    private final MboxEdit edit;

    MboxIndexWriter(AccountContext context, MailboxPaths paths, MboxTable table, MboxEdit edit) {
        this.context = context;
        this.paths = paths;
        this.table = table;
        this.edit = edit;
    }

    /** Takes the lock on an index whose folder is made if need be. */
    static IndexWriter lock(AccountContext context, MailboxPaths paths) throws IOException {
        AccountFolders.makeAll(context, paths.index());
        return context.lockIndex(paths.index(), IndexReader.PREFIX, LOCK_WAIT_MILLIS);
    }

    /**
     * Makes the index say what the edit comes to.
     *
     * @param size of the file
     * @param mtime the file's, seconds since 1970
     * @param places the mails' places in it
     * @param dirty rows of which the file says something else
     */
    void write(long size, long mtime, long[] places, BitSet dirty) throws IOException {
        MailboxPlan.Target target = edit.target();
        IndexState.Builder state = IndexState.builder()
                .room(edit.rows().size())
                .uidValidity(target.uidValidity())
                .nextUid(Math.min(target.uidNext(), 0xFFFF_FFFFL))
                .firstRecentUid(Math.min(target.firstRecentUid(), 0xFFFF_FFFFL))
                .highestModSeq(Math.max(1, target.highestModSeq()));
        IndexState old = table.index();
        if (old != null) {
            // Bits stand for keywords by their place, also in sessions that are open now.
            state.keywordNames(old.keywordNames());
        }
        boolean tracking = hasModSeqs();
        state.tracking(tracking);
        MboxIndexHeader header = new MboxIndexHeader(size, mtime & 0xFFFF_FFFFL, !dirty.isEmpty(), target.guid());
        ByteBuffer records =
                ByteBuffer.allocate(places.length * MboxIndexHeader.RECORD).order(ByteOrder.LITTLE_ENDIAN);
        for (long place : places) {
            records.putLong(place);
        }
        for (int i = 0; i < edit.rows().size(); i++) {
            MboxEdit.Row row = edit.rows().get(i);
            int flags = row.flags().bits() | (dirty.get(i) ? IndexState.DIRTY : 0);
            state.add(row.uid(), flags, row.keywords(), tracking ? tracked(row, target) : 0);
        }
        IndexExtension extension = IndexExtension.of(
                MboxIndexHeader.EXTENSION,
                0,
                header.toBytes(),
                MboxIndexHeader.RECORD,
                MboxIndexHeader.RECORD,
                records.array());
        try (IndexWriter writer = lock(context, paths)) {
            IndexState wanted = state.records(extension).build();
            if (old != null && otherMails(old)) {
                writer.restate(wanted, true);
            } else if (target.exact()) {
                writer.replace(wanted, true, witness());
            } else {
                writer.advance(wanted, true, witness());
            }
        }
    }

    private boolean hasModSeqs() {
        IndexState old = table.index();
        if (old != null && old.isTracking()) {
            return true;
        }
        return edit.rows().stream().anyMatch(row -> row.modSeq() > 0);
    }

    /** Where modseqs begin to be tracked, a mail that did not change keeps the one it has been showing: the highest. */
    private long tracked(MboxEdit.Row row, MailboxPlan.Target target) {
        if (row.modSeq() > 0) {
            return row.modSeq();
        }
        long shown = row.changed()
                ? target.highestModSeq()
                : table.snapshot().status().highestModSeq();
        return Math.max(1, Math.min(shown, target.highestModSeq()));
    }

    /** Whether a UID that the index has is that of another mail from now on. */
    private boolean otherMails(IndexState old) {
        for (MboxEdit.Row row : edit.rows()) {
            boolean same =
                    row.tableRow() >= 0 && !row.fresh() && table.snapshot().uid(row.tableRow()) == row.uid();
            if (!same && old.rowOf(row.uid()) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** New UIDs of the mails that other programs put here and the index does not have: no sync has brought them. */
    private Set<Long> foundHere() {
        IndexState old = table.index();
        Set<Long> uids = new HashSet<>();
        for (MboxEdit.Row row : edit.rows()) {
            if (row.tableRow() >= 0
                    && !row.fresh()
                    && (old == null || old.rowOf(table.snapshot().uid(row.tableRow())) < 0)) {
                uids.add(row.uid());
            }
        }
        return uids;
    }

    private IndexWriter.Witness witness() {
        Set<Long> foundHere = foundHere();
        MailboxSnapshot then = table.snapshot();
        boolean exact = edit.target().exact();
        return new IndexWriter.Witness() {
            @Override
            public byte[] guid(long uid) {
                int row = then.rowOf(uid);
                return row >= 0 ? then.guid(row).to128() : IndexWriter.Witness.NONE.guid(uid);
            }

            @Override
            public boolean cameOtherwise(long uid) {
                return foundHere.contains(uid);
            }

            @Override
            public IndexWriter.@Nullable Found found(long uid) {
                // Both ways a sync has carried them to the other side, and its numbers leave no room for more records.
                int row = exact ? -1 : then.rowOf(uid);
                return row < 0
                        ? null
                        : new IndexWriter.Found(then.flags(row).bits() & Flags.SETTABLE, then.keywords(row));
            }
        };
    }
}
