package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.AtomicFile;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.index.IndexWriter;
import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountFolders;
import dev.twinbox.engine.storage.account.AccountFormat;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.DeadLocks;
import dev.twinbox.engine.storage.account.DerivedIdentity;
import dev.twinbox.engine.storage.account.FolderNames;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.engine.storage.account.Settlement;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Mailboxes that are Maildirs: told by their {@code cur} folder, numbered by their uidlist. */
final class MaildirFormat implements AccountFormat {
    private final AccountContext context;
    private final @Nullable AccountAttributes attributes;
    private final Settlement settlement;
    private final Remembered remembered = new Remembered();
    /** By the very objects of {@link FolderNames}, which makes each but once. */
    private final Map<MailboxPaths, MaildirPaths> known = new ConcurrentHashMap<>();

    MaildirFormat(AccountContext context, @Nullable AccountAttributes attributes) {
        this.context = context;
        this.attributes = attributes;
        this.settlement = new Settlement(context);
    }

    private MaildirPaths paths(MailboxPaths mailbox) {
        MaildirPaths paths = known.get(mailbox);
        if (paths == null) {
            paths = new MaildirPaths(mailbox);
            if (known.size() < FolderNames.KNOWN_MAX) {
                known.put(mailbox, paths);
            }
        }
        return paths;
    }

    @Override
    public Capabilities capabilities() {
        AccountLocation location = context.location();
        return new Capabilities(
                true, true, false, location.separator(), location.layout() != AccountLocation.Layout.MAILDIR_PLUS_PLUS);
    }

    /** A folder being made gets its cur last. */
    @Override
    public boolean isMailbox(MailboxPaths mailbox) throws IOException {
        MaildirPaths paths = paths(mailbox);
        return isFolder(paths.cur()) || (context.readOnly() && isFolder(paths.fresh()));
    }

    private boolean isFolder(DiskPath path) throws IOException {
        FileInfo info = context.disk().stat(path).orElse(null);
        return info != null && info.isFolder();
    }

    @Override
    public Identity identity(MailboxName name, MailboxPaths mailbox) throws IOException {
        MaildirPaths paths = paths(mailbox);
        FileInfo file = context.disk().stat(paths.uidlist()).orElse(null);
        if (file == null) {
            return unnumbered(paths);
        }
        try {
            UidlistHeads.Head head = remembered.heads().read(context, paths.uidlist(), file);
            Uidlist list = head.list();
            MailboxGuid guid = MaildirTableReader.guid(context, paths, list);
            return new Identity(guid, list.uidValidity(), head.nextUid());
        } catch (NoSuchFileException e) {
            return unnumbered(paths);
        } catch (CorruptStoreException e) {
            if (context.readOnly()) {
                throw new CorruptStoreException(paths.uidlist() + " cannot be used: " + e.getMessage()
                        + "; move it away and open the mailbox" + " with the mail server, which makes a new one");
            }
            context.report().debug(name, paths.uidlist() + ": " + e.getMessage());
            return unnumbered(paths);
        }
    }

    private Identity unnumbered(MaildirPaths paths) throws IOException {
        FolderListing listing = FolderListing.read(context.disk(), context.clock(), paths.fresh(), paths.cur());
        MailboxGuid guid = DerivedIdentity.guid(context.location().root(), paths.control());
        long mails = (long) listing.cur().size() + listing.fresh().size();
        return new Identity(guid, DerivedIdentity.uidValidity(guid), mails + 1);
    }

    @Override
    public Mailbox open(MailboxName name, MailboxPaths mailbox) throws IOException {
        MaildirPaths paths = paths(mailbox);
        Optional<FileInfo> cur = statCur(paths);
        if (cur.isEmpty() || !cur.get().isFolder()) {
            AccountFolders.require(context, paths.mail());
        }
        boolean either = cur.isEmpty() && context.readOnly();
        Optional<FileInfo> fresh = either ? context.disk().stat(paths.fresh()) : cur;
        if (fresh.isEmpty()) {
            throw new MailboxGoneException("there is no mailbox " + name + " in maildir:"
                    + context.location().root());
        }
        if (!fresh.get().isFolder()) {
            throw new NotDirectoryException(paths.mail() + " does not hold folders cur and new");
        }
        return new MaildirMailbox(context, settlement, name, paths, attributes, remembered);
    }

    /** The folder's own {@code stat} is spared where {@code cur} is in place. */
    private Optional<FileInfo> statCur(MaildirPaths paths) throws IOException {
        try {
            return context.disk().stat(paths.cur());
        } catch (FileSystemException e) {
            AccountFolders.require(context, paths.mail());
            throw e;
        }
    }

    @Override
    public void checkPlace(MailboxName name, MailboxPaths mailbox) throws IOException {
        AccountFolders.require(context, mailbox.mail());
    }

    @Override
    public void create(MailboxName name, MailboxPaths mailbox, MailboxGuid guid, long uidValidity) throws IOException {
        MaildirPaths paths = paths(mailbox);
        AccountFolders.makeAll(context, paths.mail());
        AccountFolders.makeAll(context, paths.control());
        AccountFolders.makeAll(context, paths.index());
        for (DiskPath folder : List.of(paths.tmp(), paths.fresh(), paths.cur())) {
            AccountFolders.make(context, folder);
        }
        if (context.location().layout() == AccountLocation.Layout.MAILDIR_PLUS_PLUS && !name.isInbox()) {
            makeEmpty(paths.mail().resolve(FolderNames.FOLDER_MARKER));
        }
        MailboxGuid there = recordedGuid(paths);
        if (there != null && !there.equals(guid)) {
            throw new NotPossibleException("there is another mailbox called " + name);
        }
        if (there == null) {
            writeUidlist(
                    paths,
                    new Uidlist.Builder(Math.max(1, uidValidity)).guid(guid).build());
        }
    }

    private void makeEmpty(DiskPath file) throws IOException {
        try {
            context.disk().create(file, Disk.FILE_MODE).close();
        } catch (FileAlreadyExistsException e) {
            // It is a mere mark.
        }
    }

    private void writeUidlist(MaildirPaths paths, Uidlist list) throws IOException {
        AtomicFile.replace(
                context.disk(),
                paths.uidlist(),
                paths.uidlistTmp(),
                list.toBytes(),
                Disk.FILE_MODE,
                AtomicFile.Safety.NONE);
    }

    /** The GUID in a mailbox's uidlist. */
    @Override
    public @Nullable MailboxGuid recordedGuid(MailboxPaths mailbox) throws IOException {
        try {
            return Uidlist.parse(context.disk().readAll(paths(mailbox).uidlist(), Uidlist.FILE_BYTES_MAX))
                    .guid();
        } catch (NoSuchFileException | CorruptStoreException e) {
            return null;
        }
    }

    @Override
    public void setGuid(MailboxName name, MailboxPaths mailbox, MailboxGuid guid) throws IOException {
        MaildirPaths paths = paths(mailbox);
        try (Dotlock lock = MaildirCommit.lock(context, paths)) {
            Uidlist list = Uidlist.parse(context.disk().readAll(paths.uidlist(), Uidlist.FILE_BYTES_MAX));
            if (guid.equals(list.guid()) || !lock.isHeld()) {
                return;
            }
            Uidlist.Builder builder = list.toBuilder().guid(guid);
            for (int row = 0; row < list.size(); row++) {
                builder.add(list.uid(row), list, row);
            }
            writeUidlist(paths, builder.build());
        } catch (NoSuchFileException | CorruptStoreException e) {
            context.report().debug(name, "no uidlist yet to write the mailbox GUID into");
        }
    }

    @Override
    public void removeLeftovers(MailboxPaths mailbox) throws IOException {
        MaildirPaths paths = paths(mailbox);
        if (context.disk().stat(paths.uidlistLock()).isEmpty()) {
            return;
        }
        IndexWriter.removeLeftovers(context.disk(), paths.index(), IndexReader.PREFIX, context.clock(), context.host());
        List<DiskPath> left = new ArrayList<>();
        left.add(paths.keywordsTmp());
        left.add(paths.index().resolve(IndexReader.PREFIX + ".tmp"));
        if (!isNeeded(MaildirTableReader.announced(context, paths), paths)) {
            left.add(paths.uidlistTmp());
        }
        DeadLocks.remove(context, paths.uidlistLock(), paths.uidlist(), left.toArray(new DiskPath[0]));
    }

    /** Whether the list that a commit left when it died says of files in the mailbox which mails they are. */
    private boolean isNeeded(@Nullable Uidlist announced, MaildirPaths paths) throws IOException {
        if (announced == null) {
            return false;
        }
        Uidlist list = null;
        try {
            list = Uidlist.parse(context.disk().readAll(paths.uidlist(), Uidlist.FILE_BYTES_MAX));
        } catch (NoSuchFileException | CorruptStoreException e) {
            // Then nobody has numbered any of them.
        }
        for (int row = 0; row < announced.size(); row++) {
            boolean listed = list != null && list.rowOfBase(announced.base(row)) >= 0;
            if (!listed && announced.fields(row).guid() != null) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void settle() {
        settlement.settle();
    }

    @Override
    public boolean takeWritten() {
        return settlement.takeWritten();
    }

    /** First {@code new/}; the mailbox is told by {@code cur/}. */
    @Override
    public List<DiskPath> pieces(MailboxPaths mailbox) {
        MaildirPaths paths = paths(mailbox);
        return List.of(paths.fresh(), paths.cur(), paths.tmp());
    }

    @Override
    public boolean speaksOfMails(String file) {
        return file.startsWith(MaildirPaths.UIDLIST);
    }
}
