package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.AtomicFile;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.FolderWatch;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.disk.NameChanges;
import dev.twinbox.engine.index.IndexExtension;
import dev.twinbox.engine.index.IndexFormatException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.index.IndexTransaction;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.Staging.Result;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.Settlement;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries a plan out on the files of one mailbox, under {@code dovecot-uidlist.lock}.
 *
 * <p>The order is Dovecot's own, and what keeps a crash at any point harmless:
 *
 * <ol>
 *   <li>I1 bodies are complete, dated and synced in {@code tmp/} (done before the lock is taken);
 *   <li>I2 under the lock the mailbox is the one the plan was made for, or nothing happens;
 *   <li>I3 keyword letters get their meaning before a name uses them;
 *   <li>I4 new mails come before old ones go, each by one rename or link. Where a name will not say which mail it is (its GUID
 *       cannot be one), the new uidlist is written beside the old one before: whoever finds a file that no uidlist has looks
 *       there, too. Only if that run dies while it writes its own list does such a mail read as another one;
 *   <li>I5 then a long uidlist gets lines at its end, and keeps those that it has, or the uidlist is replaced by one rename;
 *       then what the old one alone knows of mails that other programs took away is put into the index log first. A crash before it leaves new files nobody has numbered, which read
 *       as deliveries; the next run gives them their place or takes them away;
 *   <li>I6 the index comes last. A crash before it leaves an index that does not match the files, which Dovecot and the
 *       next run put right from the files.
 * </ol>
 *
 * <p>Each step is durable before the next begins (but with {@link Durability#NEVER}). A mail that the uidlist or the index
 * has and that has no file was expunged by somebody, and the next two-way run takes it from the other side, too: so after a
 * power loss neither may speak of a name that was lost. The other way round, a file whose removal was lost would read as a
 * delivery, and letters without meaning as other keywords.
 */
final class MaildirCommit {
    /** How long we wait for the index log's lock. */
    private static final long INDEX_LOCK_WAIT_MILLIS = 60_000;

    private final AccountContext context;
    private final Settlement settlement;
    private final MailboxName name;
    private final MaildirPaths paths;
    private final TableSource tables;
    private final Map<MailGuid, MaildirStaging.Staged> staged;
    private final MaildirStaging staging;

    MaildirCommit(
            AccountContext context,
            Settlement settlement,
            MailboxName name,
            MaildirPaths paths,
            TableSource tables,
            Map<MailGuid, MaildirStaging.Staged> staged,
            MaildirStaging staging) {
        this.context = context;
        this.settlement = settlement;
        this.name = name;
        this.paths = paths;
        this.tables = tables;
        this.staged = staged;
        this.staging = staging;
    }

    /** Reads the mailbox as it is now. */
    interface TableSource {
        MaildirTable read() throws IOException;

        /** With all its files listed. */
        MaildirTable listed() throws IOException;
    }

    Result run(MailboxSnapshot basis, MailboxPlan plan) throws IOException {
        Dotlock lock = lock(context, paths);
        FolderWatch watch = null;
        boolean handedOver = false;
        try {
            // Before the mailbox is looked at: what happens to it later is seen.
            watch = context.disk().watch(List.of(paths.fresh(), paths.cur()), paths.tmp(), basis.size());
            MaildirTable table = tables.read();
            if (!table.snapshot().sameMails(basis)) {
                return Result.CHANGED;
            }
            MaildirEdit edit = edit(table, plan);
            if (table.isBelieved() && (edit.keywordFileChanged() || !areThere(table, edit))) {
                table = tables.listed();
                if (!table.snapshot().sameMails(basis)) {
                    return Result.CHANGED;
                }
                edit = edit(table, plan);
            }
            Moved moved = carryOut(table, edit);
            staged.keySet().removeAll(edit.usedBodies());
            Settling settling = new Settling(lock, watch, table, edit, moved);
            handedOver = true;
            settlement.putOff(name, edit.size(), () -> settle(settling));
            return Result.DONE;
        } finally {
            if (!handedOver) {
                close(watch);
                lock.close();
            }
        }
    }

    private void close(@Nullable FolderWatch watch) {
        try {
            if (watch != null) {
                watch.close();
            }
        } catch (IOException e) {
            context.report().debug(name, "a watch could not be ended: " + e.getMessage());
        }
    }

    private MaildirEdit edit(MaildirTable table, MailboxPlan plan) {
        return new MaildirEdit(table, plan, staged, (size, virtualSize) -> context.names()
                .next(context.clock().epochMillis(), size, virtualSize));
    }

    /** Whether the files that the edit is about have the names that a table believes them to have. */
    private boolean areThere(MaildirTable table, MaildirEdit edit) throws IOException {
        for (MaildirEdit.Row row : edit.special()) {
            MaildirEdit.Row file = row.linked == null ? row : row.linked;
            if (file.origin == MaildirEdit.Origin.HERE && !isThere(oldPath(table, file.tableRow))) {
                return false;
            }
        }
        for (int row : edit.expunged()) {
            if (!isThere(oldPath(table, row))) {
                return false;
            }
        }
        return true;
    }

    private boolean isThere(DiskPath file) throws IOException {
        return context.disk().stat(file).isPresent();
    }

    /** All but the index. */
    private Moved carryOut(MaildirTable table, MaildirEdit edit) throws IOException {
        warnOfKeywords(edit.keywordsWithoutLetter());
        if (edit.keywordFileChanged()) {
            writeKeywords(edit.keywordFile());
        }
        if (edit.namesOtherwise()) {
            announce(edit);
        }
        Moved moved = moveFiles(table, edit);
        for (DiskPath folder : moved.folders()) {
            syncNames(folder);
        }
        if (edit.changesUidlist() && !(edit.canAppendToUidlist() && appendToUidlist(table, edit))) {
            noteVanished(table);
            if (edit.namesOtherwise()) {
                context.disk().rename(paths.uidlistTmp(), paths.uidlist());
                syncNames(paths.uidlist().parent());
            } else {
                replace(paths.uidlist(), paths.uidlistTmp(), edit::writeUidlist);
            }
        } else if (context.disk().stat(paths.uidlistTmp()).isPresent()) {
            // Left by whoever had the lock before us and died; nobody else will need the name.
            unlinkIfThere(paths.uidlistTmp());
        }
        return moved;
    }

    /** Returns whether that could be done. */
    private boolean appendToUidlist(MaildirTable table, MaildirEdit edit) throws IOException {
        byte[] lines = edit.newLines();
        try (DiskFile file = context.disk().openWrite(paths.uidlist(), false)) {
            long size = file.size();
            if (size != java.util.Objects.requireNonNull(table.uidlist()).fileBytes()) {
                return false;
            }
            if (lines.length == 0) {
                return true;
            }
            try {
                file.append(ByteBuffer.wrap(lines));
            } catch (IOException e) {
                file.truncate(size); // a part of a line would be taken for damage
                throw e;
            }
            if (context.isDurable()) {
                file.sync();
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** What is left to be done of a commit. */
    private record Settling(
            Dotlock lock, @Nullable FolderWatch watch, MaildirTable table, MaildirEdit edit, Moved moved) {}

    /** The index, and the end of the commit. */
    private void settle(Settling left) {
        try (Dotlock lock = left.lock()) {
            lock.touch();
            writeIndex(left.table(), left.edit(), header(left));
        } catch (ClosedByInterruptException e) {
            context.report().warning(name, "interrupted before the index was written; the next run writes it");
        } catch (IOException e) {
            context.report()
                    .damage(
                            name,
                            "all mails are in place, but the index could not be written, or the lock not be removed: "
                                    + e.getMessage()
                                    + "; modseqs and keywords beyond the 26th may be missing until the next run");
        } finally {
            close(left.watch());
        }
    }

    /** Takes the lock that every writer of the mailbox takes. */
    static Dotlock lock(AccountContext context, MaildirPaths paths) throws IOException {
        try {
            return Dotlock.acquire(
                    context.disk(),
                    paths.uidlistLock(),
                    paths.uidlist(),
                    context.clock(),
                    context.host(),
                    context.lockWaitMillis());
        } catch (LockTimeoutException e) {
            throw new LockBusyException(String.valueOf(e.getMessage()));
        }
    }

    private void warnOfKeywords(List<String> overflow) {
        if (!overflow.isEmpty()) {
            context.report()
                    .warning(
                            name,
                            overflow.size() + " keywords have no letter left in Maildir file names (26 at most); they"
                                    + " are kept in the index only");
        }
    }

    private void writeKeywords(KeywordFile file) throws IOException {
        FileInfo old = context.disk().stat(paths.keywords()).orElse(null);
        replace(paths.keywords(), paths.keywordsTmp(), file.toBytes());
        FileInfo now = context.disk().stat(paths.keywords()).orElse(null);
        if (old != null && now != null && now.mtimeSeconds() <= old.mtimeSeconds()) {
            // Readers compare only the mtime, in seconds.
            context.disk().setMtime(paths.keywords(), old.mtimeSeconds() + 1, 0);
        }
    }

    /** The new uidlist, not yet in its place. */
    private void announce(MaildirEdit edit) throws IOException {
        AtomicFile.prepare(context.disk(), paths.uidlistTmp(), Disk.FILE_MODE, safety(), edit::writeUidlist);
        syncNames(paths.uidlistTmp().parent());
    }

    private void syncNames(DiskPath folder) throws IOException {
        if (context.isDurable()) {
            context.disk().syncFolder(folder);
        }
    }

    /** Files that got, lost or changed their names. */
    private static final class Moved {
        private final Set<DiskPath> folders = new LinkedHashSet<>();
        private final NameChanges names = new NameChanges();

        void came(DiskPath file) {
            folders.add(file.parent());
            names.came(file);
        }

        void went(DiskPath file) {
            folders.add(file.parent());
            names.went(file);
        }

        /** The folders in which names came, went or changed. */
        Set<DiskPath> folders() {
            return folders;
        }

        NameChanges names() {
            return names;
        }

        boolean isNothing() {
            return folders.isEmpty();
        }
    }

    /** I4. */
    private Moved moveFiles(MaildirTable table, MaildirEdit edit) throws IOException {
        Moved moved = new Moved();
        for (MaildirEdit.Row row : edit.special()) {
            if (row.origin == MaildirEdit.Origin.STAGED) {
                DiskPath wanted = path(edit.place(row));
                context.disk().rename(staging.file(edit.body(row)), wanted);
                moved.came(wanted);
            }
        }
        for (MaildirEdit.Row row : edit.special()) {
            MaildirEdit.Row linked = row.linked;
            if (linked != null) {
                DiskPath added = path(edit.place(row));
                second(currentPath(table, edit, linked), added, row.received);
                moved.came(added);
            }
        }
        for (MaildirEdit.Row row : edit.toBeNamed()) {
            DiskPath now = oldPath(table, row.tableRow);
            DiskPath wanted = path(edit.place(row));
            if (!now.equals(wanted)) {
                context.disk().rename(now, wanted);
                moved.came(wanted);
                moved.went(now);
            }
            if (row.changed && row.received != MailboxSnapshot.RECEIVED_UNKNOWN && redate(wanted, row.received)) {
                moved.came(wanted);
            }
        }
        for (int row : edit.expunged()) {
            remove(oldPath(table, row), moved);
        }
        for (String stray : table.strays()) {
            remove(paths.cur().resolve(stray.getBytes(StandardCharsets.ISO_8859_1)), moved);
        }
        return moved;
    }

    private void remove(DiskPath file, Moved moved) throws IOException {
        if (unlinkIfThere(file)) {
            moved.went(file);
        }
    }

    /** A second name for a mail; if it has another date, a second file, since a file has but one. */
    private void second(DiskPath original, DiskPath added, long received) throws IOException {
        FileInfo info = context.disk().stat(original).orElse(null);
        if (info == null || received == MailboxSnapshot.RECEIVED_UNKNOWN || info.mtimeSeconds() == received) {
            context.disk().link(original, added);
        } else {
            copyWithDate(original, added, received);
        }
    }

    /** The file may be a copy's file, too, whose date must stay; so this mail gets one of its own. */
    private boolean redate(DiskPath file, long received) throws IOException {
        FileInfo info = context.disk().stat(file).orElse(null);
        if (info == null || info.mtimeSeconds() == received) {
            return false;
        }
        copyWithDate(file, file, received);
        return true;
    }

    private void copyWithDate(DiskPath original, DiskPath target, long received) throws IOException {
        DiskPath temporary = MaildirStaging.temporary(context, paths).next();
        AtomicFile.Safety safety = context.isDurable() ? AtomicFile.Safety.CONTENT : AtomicFile.Safety.NONE;
        AtomicFile.replace(context.disk(), target, temporary, Disk.FILE_MODE, safety, copy -> {
            try (DiskFile in = context.disk().openRead(original)) {
                copy.appendAll(in);
            }
            copy.setMtime(received, 0);
        });
    }

    private DiskPath currentPath(MaildirTable table, MaildirEdit edit, MaildirEdit.Row row) {
        return row.origin == MaildirEdit.Origin.HERE ? oldPath(table, row.tableRow) : path(edit.place(row));
    }

    private DiskPath oldPath(MaildirTable table, int row) {
        return path(new MaildirEdit.Place(table.file(row), table.isInNew(row)));
    }

    private DiskPath path(MaildirEdit.Place place) {
        return (place.inNew() ? paths.fresh() : paths.cur())
                .resolve(place.file().getBytes(StandardCharsets.ISO_8859_1));
    }

    private boolean unlinkIfThere(DiskPath file) throws IOException {
        try {
            context.disk().unlink(file);
            return true;
        } catch (NoSuchFileException e) {
            return false; // what is wanted
        }
    }

    /**
     * The new uidlist will not know any more which mails these were, and the index never did: without their GUIDs the other
     * side's copies would come back if the run ended before the index is written.
     */
    private void noteVanished(MaildirTable table) throws IOException {
        IndexState index = table.index();
        Uidlist list = table.uidlist();
        if (index == null || list == null) {
            return;
        }
        IndexTransaction vanished = new IndexTransaction();
        for (int row = 0; row < index.size(); row++) {
            long uid = index.uid(row);
            if (table.snapshot().rowOf(uid) < 0 && list.rowOfUid(uid) >= 0) {
                vanished.expunge(uid, guid128(table, uid));
            }
        }
        if (vanished.isEmpty()) {
            return;
        }
        try (IndexWriter writer = lockIndex()) {
            writer.append(vanished, false);
        } catch (IndexFormatException e) {
            context.report().debug(name, "no index log to note expunges in: " + e.getMessage());
        }
    }

    private IndexWriter lockIndex() throws IOException {
        return context.lockIndex(paths.index(), IndexReader.PREFIX, INDEX_LOCK_WAIT_MILLIS);
    }

    private void replace(DiskPath file, DiskPath temporary, byte[] content) throws IOException {
        replace(file, temporary, open -> open.append(ByteBuffer.wrap(content)));
    }

    private void replace(DiskPath file, DiskPath temporary, AtomicFile.Content content) throws IOException {
        AtomicFile.replace(context.disk(), file, temporary, Disk.FILE_MODE, safety(), content);
    }

    private AtomicFile.Safety safety() {
        return context.isDurable() ? AtomicFile.Safety.CONTENT_AND_NAME : AtomicFile.Safety.NONE;
    }

    /** I6. */
    private void writeIndex(MaildirTable table, MaildirEdit edit, MaildirIndexHeader folders) throws IOException {
        IndexState old = table.index();
        try (IndexWriter writer = lockIndex()) {
            writer.reuse(old);
            boolean restated = old != null && otherMails(old, table, edit);
            if (restated || !edit.canAmendIndex() || !amendIndex(writer, table, edit, folders)) {
                writeIndex(writer, table, edit, folders, restated);
            }
        }
    }

    /** Returns whether that could be done. */
    private boolean amendIndex(IndexWriter writer, MaildirTable table, MaildirEdit edit, MaildirIndexHeader folders)
            throws IOException {
        MailboxPlan.Target target = edit.target();
        IndexState.Builder state =
                indexBuilder(table, target, folders, edit.special().size()).tracking(true);
        MaildirIndexRows rows = new MaildirIndexRows(state, table, target, true);
        edit.eachSpecialIndexRow(rows);
        return writer.amend(state.build(), edit.uidsGone(), target.exact(), true, witness(table, target, rows));
    }

    private void writeIndex(
            IndexWriter writer, MaildirTable table, MaildirEdit edit, MaildirIndexHeader folders, boolean restated)
            throws IOException {
        MailboxPlan.Target target = edit.target();
        boolean tracking = edit.hasModSeqs();
        IndexState.Builder state =
                indexBuilder(table, target, folders, edit.size()).tracking(tracking);
        MaildirIndexRows rows = new MaildirIndexRows(state, table, target, tracking);
        edit.eachIndexRow(rows);
        if (restated) {
            writer.restate(state.build(), true);
        } else if (target.exact()) {
            writer.replace(state.build(), true, witness(table, target, rows));
        } else {
            writer.advance(state.build(), true, witness(table, target, rows));
        }
    }

    private static IndexState.Builder indexBuilder(
            MaildirTable table, MailboxPlan.Target target, MaildirIndexHeader folders, int mails)
            throws IndexFormatException {
        IndexState.Builder state = IndexState.builder()
                .room(mails)
                .uidValidity(target.uidValidity())
                .nextUid(target.uidNext())
                .firstRecentUid(target.firstRecentUid())
                .highestModSeq(Math.max(1, target.highestModSeq()))
                .extension(IndexExtension.ofHeader(MaildirIndexHeader.EXTENSION, folders.toBytes()));
        IndexState old = table.index();
        if (old != null) {
            // Bits stand for keywords by their place, also in sessions that are open now.
            state.keywordNames(old.keywordNames());
        }
        return state;
    }

    private static IndexWriter.Witness witness(MaildirTable table, MailboxPlan.Target target, MaildirIndexRows rows) {
        return new IndexWriter.Witness() {
            @Override
            public byte[] guid(long uid) {
                return guid128(table, uid);
            }

            @Override
            public boolean cameOtherwise(long uid) {
                return rows.unindexed().contains(uid);
            }

            @Override
            public IndexWriter.@Nullable Found found(long uid) {
                // Both ways a sync has carried them to the other side, and its numbers leave no room for more records.
                int row = target.exact() ? -1 : table.snapshot().rowOf(uid);
                return row < 0
                        ? null
                        : new IndexWriter.Found(
                                table.snapshot().flags(row).settable().bits(),
                                table.snapshot().keywords(row));
            }
        };
    }

    /** Whether a UID that the index has is that of another mail from now on. */
    private static boolean otherMails(IndexState old, MaildirTable table, MaildirEdit edit) {
        for (MaildirEdit.Row row : edit.special()) {
            boolean same = row.tableRow >= 0 && table.snapshot().uid(row.tableRow) == row.uid;
            if (!same && old.rowOf(row.uid) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Also of a mail whose file another program took away: the uidlist still has it. */
    private static byte[] guid128(MaildirTable table, long uid) {
        int row = table.snapshot().rowOf(uid);
        if (row >= 0) {
            return table.snapshot().guid(row).to128();
        }
        Uidlist list = table.uidlist();
        int listRow = list == null ? -1 : list.rowOfUid(uid);
        return list == null || listRow < 0
                ? IndexWriter.Witness.NONE.guid(uid)
                : list.guid(listRow).to128();
    }

    /**
     * The state of the folders the index is of. If they hold anything else than the mails of the index, as when a mail was
     * delivered or flagged meanwhile, or could still change unseen, the header says nothing and the next reader looks for itself.
     */
    private MaildirIndexHeader header(Settling left) throws IOException {
        FileInfo list = context.disk().stat(paths.uidlist()).orElse(null);
        FolderListing.Stamp stamp = list == null ? null : provenStamp(left);
        if (list == null || stamp == null) {
            return MaildirIndexHeader.NONE;
        }
        return new MaildirIndexHeader(
                stamp.fresh().seconds() + QuickStatus.RACY_SECONDS,
                stamp.fresh().seconds(),
                stamp.fresh().nanos(),
                stamp.cur().seconds() + QuickStatus.RACY_SECONDS,
                stamp.cur().seconds(),
                stamp.cur().nanos(),
                list.mtimeSeconds(),
                list.mtimeNanos(),
                list.size());
    }

    /** Whether nobody else has given, taken or changed a name since the mailbox was looked at, up to now. */
    private boolean isAllOurs(Settling left) throws IOException {
        FolderWatch watch = left.watch();
        if (watch == null) {
            return false;
        }
        NameChanges seen =
                watch.changes(MaildirStaging.temporary(context, paths).next());
        return seen != null && seen.sameAs(left.moved().names());
    }

    /**
     * The state of the folders, if they are sure to hold just these names. Another flag is another name: somebody may have
     * renamed a mail since it was put into its place.
     */
    private FolderListing.@Nullable Stamp provenStamp(Settling left) throws IOException {
        FolderListing.Stamp before = left.table().version().folders();
        if (before.certain() && !left.table().isOdd()) {
            FolderListing.Stamp after =
                    FolderListing.stamp(context.disk(), context.clock(), paths.fresh(), paths.cur());
            if (after.certain() && (left.moved().isNothing() ? after.sameAs(before) : isAllOurs(left))) {
                return after;
            }
        }
        FolderListing.Summed now = FolderListing.sum(context.disk(), context.clock(), paths.fresh(), paths.cur());
        return now != null && now.sum().sameAs(left.edit().sum()) ? now.stamp() : null;
    }
}
