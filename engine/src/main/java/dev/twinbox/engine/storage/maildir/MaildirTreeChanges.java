package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.AtomicFile;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.maildir.MaildirLocation.Layout;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries out changes to the tree of a Maildir account, and keeps Dovecot's account-level files true. */
final class MaildirTreeChanges {
    private static final List<String> LIST_INDEX =
            List.of("dovecot.list.index", "dovecot.list.index.log", "dovecot.list.index.log.2");

    private final MaildirContext context;
    private final FolderNames folders;
    private boolean written;
    private long highestUidValidity;

    MaildirTreeChanges(MaildirContext context, FolderNames folders) {
        this.context = context;
        this.folders = folders;
    }

    /** Whether anything was written since the last call. */
    boolean takeWritten() {
        boolean was = written;
        written = false;
        return was;
    }

    void apply(TreeChange change) throws IOException {
        written = true;
        if (change instanceof TreeChange.Create c) {
            create(c);
        } else if (change instanceof TreeChange.CreateFolder c) {
            createFolder(c.name());
        } else if (change instanceof TreeChange.Rename c) {
            rename(c.name(), c.to(), c.time());
        } else if (change instanceof TreeChange.Delete c) {
            delete(c.name(), c.guid(), c.time());
        } else if (change instanceof TreeChange.DeleteFolder c) {
            deleteFolder(c.name(), c.time());
        } else if (change instanceof TreeChange.SetGuid c) {
            setGuid(c.name(), c.guid());
        } else if (change instanceof TreeChange.Subscribe c) {
            subscribe(c.name(), true, c.time());
        } else if (change instanceof TreeChange.Unsubscribe c) {
            subscribe(c.name(), false, c.time());
        } else {
            throw new IllegalStateException("unknown change " + change);
        }
    }

    private void create(TreeChange.Create change) throws IOException {
        MailboxName name = change.name();
        folders.checkCreatable(name);
        MailboxPaths paths = MaildirStore.paths(folders, name);
        makeFolders(context.location().root());
        makeFolders(paths.mail());
        makeFolders(paths.control());
        makeFolders(paths.index());
        if (context.disk().stat(paths.cur()).isEmpty()) {
            // What a uidlist and an index say of mails that are gone would be taken for expunges.
            new MaildirRemoval(context, folders).removeRemains(paths);
        }
        for (DiskPath folder : List.of(paths.tmp(), paths.fresh(), paths.cur())) {
            makeFolder(folder);
        }
        if (context.location().layout() == Layout.MAILDIR_PLUS_PLUS && !name.isInbox()) {
            makeEmpty(paths.mail().resolve(FolderNames.FOLDER_MARKER));
        }
        MailboxGuid there = guid(paths);
        if (there != null && !there.equals(change.guid())) {
            throw new NotPossibleException("there is another mailbox called " + name);
        }
        if (there == null) {
            writeUidlist(
                    paths,
                    new Uidlist.Builder(Math.max(1, change.uidValidity()))
                            .guid(change.guid())
                            .build());
        }
        highestUidValidity = Math.max(highestUidValidity, change.uidValidity());
    }

    /** The GUID in a mailbox's uidlist, or null if it has none. */
    private @Nullable MailboxGuid guid(MailboxPaths paths) throws IOException {
        try {
            return Uidlist.parse(context.disk().readAll(paths.uidlist(), Uidlist.FILE_BYTES_MAX))
                    .guid();
        } catch (NoSuchFileException | CorruptStoreException e) {
            return null;
        }
    }

    /** Makes the account's folder, in which everything else is made. */
    void makeRoot() throws IOException {
        makeFolders(context.location().root());
    }

    private void createFolder(MailboxName name) throws IOException {
        if (context.location().layout() == Layout.FS) {
            folders.checkCreatable(name);
            makeFolders(folders.folder(name));
        }
    }

    private void makeFolders(DiskPath folder) throws IOException {
        MaildirStore.requireFolder(context, folder);
        if (context.disk().statFollowing(folder).isPresent()) {
            return;
        }
        if (!folder.parent().equals(folder)) {
            makeFolders(folder.parent());
        }
        makeFolder(folder);
    }

    private void makeFolder(DiskPath folder) throws IOException {
        try {
            context.disk().makeFolder(folder, FileModes.folder(context, folder.parent()));
        } catch (FileAlreadyExistsException e) {
            if (!context.disk().stat(folder).map(FileInfo::isFolder).orElse(false)) {
                throw MaildirStore.inTheWay(folder);
            }
        }
    }

    private void makeEmpty(DiskPath file) throws IOException {
        try {
            context.disk().create(file, Disk.FILE_MODE).close();
        } catch (FileAlreadyExistsException e) {
            // It is a mere mark.
        }
    }

    private void writeUidlist(MailboxPaths paths, Uidlist list) throws IOException {
        AtomicFile.replace(
                context.disk(),
                paths.uidlist(),
                paths.uidlistTmp(),
                list.toBytes(),
                Disk.FILE_MODE,
                AtomicFile.Safety.NONE);
    }

    private void setGuid(MailboxName name, MailboxGuid guid) throws IOException {
        MailboxPaths paths = MaildirStore.paths(folders, name);
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

    private void rename(MailboxName from, MailboxName to, long time) throws IOException {
        folders.checkCreatable(to);
        if (from.isInbox() || to.isInbox()) {
            throw new NotPossibleException("INBOX cannot be renamed");
        }
        for (DiskPath root : roots()) {
            renameIn(root, from, to);
        }
        log(MailboxLog.Entry.of(MailboxLog.Type.RENAME, to, context.location().separator(), orNow(time)));
    }

    /** The roots of the mail, control and index trees, each once. */
    private Set<DiskPath> roots() {
        Set<DiskPath> roots = new LinkedHashSet<>();
        roots.add(context.location().root());
        roots.add(folders.controlRoot());
        roots.add(folders.indexRoot());
        return roots;
    }

    private void renameIn(DiskPath root, MailboxName from, MailboxName to) throws IOException {
        List<String> old = folders.pieces(from);
        List<String> wanted = folders.pieces(to);
        if (context.location().layout() == Layout.FS) {
            DiskPath target = below(root, wanted);
            if (context.disk().stat(below(root, old)).isEmpty()) {
                return;
            }
            if (context.disk().stat(target).isPresent()) {
                if (root.equals(context.location().root())) {
                    throw new NotPossibleException("there is another mailbox called " + to);
                }
                MaildirRemoval.removeTree(
                        context.disk(), target); // left over: the mail tree, which is renamed first, has no such folder
            }
            makeFolders(target.parent());
            context.disk().rename(below(root, old), target);
            return;
        }
        String oldName = old.get(0);
        if (context.disk().stat(root).isEmpty()) {
            return;
        }
        List<byte[]> directories = context.disk().list(root);
        boolean there = false;
        for (byte[] directory : directories) {
            there |= isAtOrBelow(MaildirStore.latin(directory), oldName);
        }
        if (!there) {
            return;
        }
        for (byte[] directory : directories) {
            String name = MaildirStore.latin(directory);
            if (isAtOrBelow(name, wanted.get(0))) {
                throw new NotPossibleException("there is another mailbox called " + to);
            }
        }
        for (byte[] directory : directories) {
            String name = MaildirStore.latin(directory);
            if (isAtOrBelow(name, oldName)) {
                String moved = wanted.get(0) + name.substring(oldName.length());
                context.disk().rename(root.resolve(directory), MaildirStore.resolve(root, moved));
            }
        }
    }

    private static boolean isAtOrBelow(String directory, String name) {
        return directory.equals(name) || directory.startsWith(name + ".");
    }

    private static DiskPath below(DiskPath root, List<String> pieces) {
        DiskPath path = root;
        for (String piece : pieces) {
            path = MaildirStore.resolve(path, piece);
        }
        return path;
    }

    private void delete(MailboxName name, MailboxGuid guid, long time) throws IOException {
        MailboxPaths paths = MaildirStore.paths(folders, name);
        MailboxGuid there = guid(paths);
        if (there != null && !there.equals(guid)) {
            throw new NotPossibleException("the mailbox called " + name + " is not the one to delete");
        }
        new MaildirRemoval(context, folders).remove(name, paths);
        log(MailboxLog.Entry.deleted(guid, orNow(time)));
        log(MailboxLog.Entry.of(
                MailboxLog.Type.DELETE_FOLDER, name, context.location().separator(), orNow(time)));
    }

    private void deleteFolder(MailboxName name, long time) throws IOException {
        MaildirRemoval removal = new MaildirRemoval(context, folders);
        removal.removeIfEmpty(folders.folder(name));
        if (context.location().layout() == Layout.FS) {
            for (DiskPath root : roots()) {
                removal.removeIfEmpty(below(root, folders.pieces(name)));
            }
        }
        log(MailboxLog.Entry.of(
                MailboxLog.Type.DELETE_FOLDER, name, context.location().separator(), orNow(time)));
    }

    private void subscribe(MailboxName name, boolean wanted, long time) throws IOException {
        makeFolders(folders.controlRoot());
        updateSubscriptions(file -> wanted ? file.add(name) : file.remove(name));
        log(MailboxLog.Entry.of(
                wanted ? MailboxLog.Type.SUBSCRIBE : MailboxLog.Type.UNSUBSCRIBE,
                name,
                context.location().separator(),
                orNow(time)));
    }

    /** Names nobody can read are nobody's subscriptions, and the mail server complains of them at every look. */
    void dropGarbledSubscriptions() throws IOException {
        written = true;
        updateSubscriptions(SubscriptionFile::withoutUnreadable);
    }

    private SubscriptionFile readableSubscriptions() throws IOException {
        Subscriptions subscriptions = Subscriptions.read(context, folders);
        if (subscriptions.unknown() != null) {
            // Writing a new one would drop whatever it says.
            throw new IOException(subscriptions.unknown());
        }
        return subscriptions.file();
    }

    /** Makes of what the file says what it is to say. */
    private interface Edit {
        SubscriptionFile of(SubscriptionFile now) throws IOException;
    }

    /**
     * Under the mail server's own lock. It writes the new content into the lock file itself; here that file says who holds it,
     * so that nobody waits for us when we are dead.
     */
    private void updateSubscriptions(Edit change) throws IOException {
        try (Dotlock lock = Dotlock.acquire(
                context.disk(),
                folders.subscriptionsLock(),
                folders.subscriptionsFile(),
                context.clock(),
                context.host(),
                context.lockWaitMillis())) {
            SubscriptionFile file = change.of(readableSubscriptions());
            lock.touch();
            AtomicFile.replace(
                    context.disk(),
                    folders.subscriptionsFile(),
                    folders.subscriptionsTmp(),
                    file.toBytes(),
                    Disk.FILE_MODE,
                    context.durability() == Durability.NEVER ? AtomicFile.Safety.NONE : AtomicFile.Safety.CONTENT);
        } catch (LockTimeoutException e) {
            throw new LockBusyException(String.valueOf(e.getMessage()));
        }
    }

    /** Appends to dovecot.mailbox.log, after cutting off what a crash may have left of a record. */
    private void log(MailboxLog.Entry entry) throws IOException {
        makeFolders(folders.indexRoot());
        DiskPath path = folders.indexRoot().resolve(MailboxLog.NAME);
        FileInfo info = context.disk().stat(path).orElse(null);
        if (info != null && info.size() >= MailboxLog.ROTATE_BYTES) {
            context.disk().rename(path, folders.indexRoot().resolve(MailboxLog.PREVIOUS_NAME));
        }
        try (DiskFile file = open(path)) {
            long size = file.size();
            if (size % MailboxLog.RECORD_LENGTH != 0) {
                file.truncate(MailboxLog.wholeBytes(Math.toIntExact(size)));
            }
            file.append(ByteBuffer.wrap(entry.toBytes()));
        }
    }

    private DiskFile open(DiskPath path) throws IOException {
        try {
            return context.disk().create(path, Disk.FILE_MODE);
        } catch (FileAlreadyExistsException e) {
            return context.disk().openWrite(path, false);
        }
    }

    /** What only repeats a change keeps the time of the original: later merges compare the times of both sides. */
    private long orNow(long time) {
        return time > 0 ? time : context.clock().epochMillis() / 1000;
    }

    /** Its cached GUIDs and counters would outlive what they are of; Dovecot makes it anew (storage formats, section 4). */
    void forgetListIndex() throws IOException {
        for (String name : LIST_INDEX) {
            try {
                context.disk().unlink(folders.indexRoot().resolve(name));
            } catch (NoSuchFileException e) {
                // What is wanted.
            }
        }
    }

    /** Dovecot must not give a new mailbox a UIDVALIDITY that an imported one has. */
    void rememberUidValidity() throws IOException {
        if (highestUidValidity == 0) {
            return;
        }
        DiskPath root = folders.controlRoot();
        OptionalLong content = OptionalLong.empty();
        try {
            content = UidValidityFile.parse(
                    context.disk().readAll(root.resolve(UidValidityFile.NAME), UidValidityFile.FILE_BYTES_MAX));
        } catch (NoSuchFileException e) {
            // A new account.
        }
        List<byte[]> names = context.disk().list(root);
        OptionalLong marker = UidValidityFile.highestMarker(names);
        OptionalLong wanted = UidValidityFile.afterImport(content, marker, highestUidValidity);
        if (wanted.isEmpty()) {
            return;
        }
        DiskPath newMarker = root.resolve(UidValidityFile.markerName(wanted.getAsLong()));
        if (marker.isPresent()) {
            context.disk().rename(root.resolve(UidValidityFile.markerName(marker.getAsLong())), newMarker);
        } else {
            context.disk().create(newMarker, UidValidityFile.MARKER_MODE).close();
        }
        AtomicFile.replace(
                context.disk(),
                root.resolve(UidValidityFile.NAME),
                root.resolve(UidValidityFile.NAME + ".tmp"),
                UidValidityFile.toBytes(wanted.getAsLong()),
                Disk.FILE_MODE,
                AtomicFile.Safety.NONE);
    }
}
