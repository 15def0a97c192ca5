package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.AtomicFile;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.account.AccountLocation.Layout;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Carries out changes to the tree of an account, and keeps Dovecot's account-level files true. */
public final class AccountTreeChanges {
    private static final List<String> LIST_INDEX =
            List.of("dovecot.list.index", "dovecot.list.index.log", "dovecot.list.index.log.2");

    private final AccountContext context;
    private final FolderNames folders;
    private final AccountFormat format;
    private final MailboxRemoval removal;
    private final ListIndexFile list;
    private boolean written;
    private long highestUidValidity;

    AccountTreeChanges(AccountContext context, FolderNames folders, AccountFormat format, ListIndexFile list) {
        this.context = context;
        this.folders = folders;
        this.format = format;
        this.removal = new MailboxRemoval(context, folders, format);
        this.list = list;
    }

    /** Whether anything was written since the last call. */
    boolean takeWritten() {
        boolean was = written;
        written = false;
        return was;
    }

    void apply(TreeChange change) throws IOException {
        written = true;
        if (folders.areListed()) {
            list.read(); // the server may have given mailboxes other names since
        }
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
        MailboxGuid lost = folders.areListed() ? checkListed(name, change.guid()) : null;
        MailboxPaths paths = folders.areListed() ? folders.paths(change.guid()) : folders.paths(name);
        format.checkPlace(name, paths);
        AccountFolders.makeAll(context, context.location().root());
        if (!format.isMailbox(paths)) {
            // What a uidlist and an index say of mails that are gone would be taken for expunges.
            removal.removeRemains(paths);
        }
        format.create(name, paths, change.guid(), change.uidValidity());
        if (folders.areListed()) {
            // The mailbox first: what is listed is there.
            List<String> path = folders.pieces(name);
            MailboxGuid replaced = lost;
            list.change(name, change.guid(), now -> {
                if (replaced != null && replaced.equals(now.mailbox(path))) {
                    now.remove(path);
                }
                now.add(path, change.guid(), change.uidValidity());
            });
        }
        highestUidValidity = Math.max(highestUidValidity, change.uidValidity());
    }

    /**
     * Looks whether the name is free, or that mailbox's.
     *
     * @return what is listed under it without being there, which is in nobody's way; or null
     * @throws NotPossibleException if another mailbox has it
     */
    private @Nullable MailboxGuid checkListed(MailboxName name, MailboxGuid guid) throws IOException {
        MailboxGuid there = folders.placeOf(name);
        if (there != null && there.equals(guid)) {
            return null;
        }
        MailboxName holder = folders.placedAt(guid);
        if (holder != null && format.isMailbox(folders.paths(holder))) {
            // It has one directory, and cannot have two names.
            throw new NotPossibleException("the mailbox to be called " + name + " is still called " + holder);
        }
        if (there == null) {
            return null;
        }
        if (format.isMailbox(folders.paths(name))) {
            throw new NotPossibleException("there is another mailbox called " + name);
        }
        return there;
    }

    private void setGuid(MailboxName name, MailboxGuid guid) throws IOException {
        format.setGuid(name, folders.paths(name), guid);
        if (folders.areListed()) {
            move(name, guid);
        }
    }

    /**
     * Where they are listed: puts mailboxes that have got another GUID, from a run that died or could not go on, where that belongs.
     *
     * @param mailboxes that are there now
     */
    void settleGuids(Collection<MailboxNode> mailboxes) throws IOException {
        for (MailboxNode node : mailboxes) {
            MailboxGuid guid = node.guid();
            MailboxGuid listed = folders.placeOf(node.name());
            if (guid != null
                    && listed != null
                    && !guid.equals(listed)
                    && guid.equals(format.recordedGuid(folders.paths(node.name())))
                    && folders.placedAt(guid) == null) {
                context.beginWriting();
                written = true;
                move(node.name(), guid);
            }
        }
    }

    /** Gives a mailbox, which has that GUID already, the directory that is called so. */
    private void move(MailboxName name, MailboxGuid guid) throws IOException {
        MailboxPaths before = folders.paths(name);
        MailboxPaths after = folders.paths(guid);
        for (DiskPath[] pair : new DiskPath[][] {
            {before.mail(), after.mail()}, {before.control(), after.control()}, {before.index(), after.index()}
        }) {
            if (!pair[0].equals(pair[1]) && context.disk().stat(pair[0]).isPresent()) {
                context.disk().rename(pair[0], pair[1]);
            }
        }
        long uidValidity = format.identity(name, after).uidValidity();
        list.change(name, guid, now -> now.setNumbers(folders.pieces(name), guid, uidValidity));
    }

    /** Makes the account's folder, in which everything else is made. */
    void makeRoot() throws IOException {
        AccountFolders.makeAll(context, context.location().root());
    }

    private void createFolder(MailboxName name) throws IOException {
        if (folders.areListed()) {
            folders.checkCreatable(name);
            list.change(name, folders.placeOf(name), now -> now.addFolder(folders.pieces(name)));
        } else if (context.location().layout() == Layout.FS) {
            folders.checkCreatable(name);
            AccountFolders.makeAll(context, folders.folder(name));
        }
    }

    private void rename(MailboxName from, MailboxName to, long time) throws IOException {
        folders.checkCreatable(to);
        if (from.isInbox() || to.isInbox()) {
            throw new NotPossibleException("INBOX cannot be renamed");
        }
        if (folders.areListed()) {
            list.change(now -> now.rename(folders.pieces(from), folders.pieces(to)));
            list.read();
            log(MailboxLog.Type.RENAME, to, time);
            return;
        }
        format.checkPlace(to, folders.paths(to));
        boolean file = folders.mailboxesAreFiles() && format.isMailbox(folders.paths(from));
        if (file) {
            renameFile(folders.paths(from), folders.paths(to), to);
        } else {
            for (DiskPath root : folders.namesRoots()) {
                renameIn(root, from, to);
            }
        }
        log(MailboxLog.Type.RENAME, to, time);
    }

    private void renameFile(MailboxPaths from, MailboxPaths to, MailboxName name) throws IOException {
        if (context.disk().stat(to.mail()).isPresent()) {
            throw new NotPossibleException("there is another mailbox called " + name);
        }
        AccountFolders.makeAll(context, to.mail().parent());
        AccountFolders.makeAll(context, to.index().parent());
        MailboxRemoval.removeTree(context.disk(), to.index()); // left over: there is no such mailbox
        // The mails first: without its index a mailbox is still one.
        context.disk().rename(from.mail(), to.mail());
        if (context.disk().stat(from.index()).isPresent()) {
            context.disk().rename(from.index(), to.index());
        }
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
                if (root.equals(folders.namesRoot())) {
                    throw new NotPossibleException("there is another mailbox called " + to);
                }
                MailboxRemoval.removeTree(
                        context.disk(), target); // left over: the mail tree, which is renamed first, has no such folder
            }
            AccountFolders.makeAll(context, target.parent());
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
            there |= isAtOrBelow(FolderNames.latin(directory), oldName);
        }
        if (!there) {
            return;
        }
        for (byte[] directory : directories) {
            String name = FolderNames.latin(directory);
            if (isAtOrBelow(name, wanted.get(0))) {
                throw new NotPossibleException("there is another mailbox called " + to);
            }
        }
        for (byte[] directory : directories) {
            String name = FolderNames.latin(directory);
            if (isAtOrBelow(name, oldName)) {
                String moved = wanted.get(0) + name.substring(oldName.length());
                context.disk().rename(root.resolve(directory), FolderNames.resolve(root, moved));
            }
        }
    }

    private static boolean isAtOrBelow(String directory, String name) {
        return directory.equals(name) || directory.startsWith(name + ".");
    }

    private static DiskPath below(DiskPath root, List<String> pieces) {
        DiskPath path = root;
        for (String piece : pieces) {
            path = FolderNames.resolve(path, piece);
        }
        return path;
    }

    private void delete(MailboxName name, MailboxGuid guid, long time) throws IOException {
        MailboxPaths paths = folders.paths(name);
        MailboxGuid there = format.recordedGuid(paths);
        if (there != null && !there.equals(guid)) {
            throw new NotPossibleException("the mailbox called " + name + " is not the one to delete");
        }
        AccountFormat.Removal mails = format.removing(paths);
        removal.remove(name, paths);
        mails.done();
        if (folders.areListed()) {
            list.change(name, null, now -> now.remove(folders.pieces(name)));
        }
        log(MailboxLog.Entry.deleted(guid, orNow(time)));
        log(MailboxLog.Type.DELETE_FOLDER, name, time);
    }

    private void deleteFolder(MailboxName name, long time) throws IOException {
        if (folders.areListed()) {
            if (!folders.isPlaced(name) || !format.isMailbox(folders.paths(name))) {
                list.change(name, null, now -> now.remove(folders.pieces(name)));
            }
            log(MailboxLog.Type.DELETE_FOLDER, name, time);
            return;
        }
        if (folders.mailboxesAreFiles()) {
            // The folder of the indexes of mailboxes that were in it.
            for (DiskPath root : folders.namesRoots()) {
                removal.removeIfEmpty(below(root, folders.pieces(name)).resolve(FolderNames.IMAP_FOLDER));
            }
        }
        removal.removeIfEmpty(folders.folder(name));
        if (context.location().layout() == Layout.FS) {
            for (DiskPath root : folders.namesRoots()) {
                removal.removeIfEmpty(below(root, folders.pieces(name)));
            }
        }
        log(MailboxLog.Type.DELETE_FOLDER, name, time);
    }

    private void subscribe(MailboxName name, boolean wanted, long time) throws IOException {
        AccountFolders.makeAll(context, folders.controlRoot());
        updateSubscriptions(file -> wanted ? file.add(name) : file.remove(name));
        log(wanted ? MailboxLog.Type.SUBSCRIBE : MailboxLog.Type.UNSUBSCRIBE, name, time);
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
                    context.isDurable() ? AtomicFile.Safety.CONTENT : AtomicFile.Safety.NONE);
        } catch (LockTimeoutException e) {
            throw new LockBusyException(String.valueOf(e.getMessage()));
        }
    }

    private void log(MailboxLog.Type type, MailboxName name, long time) throws IOException {
        AccountLocation location = context.location();
        log(MailboxLog.Entry.of(type, location.visible(name), location.separator(), orNow(time)));
    }

    /** Appends to dovecot.mailbox.log, after cutting off what a crash may have left of a record. */
    private void log(MailboxLog.Entry entry) throws IOException {
        AccountFolders.makeAll(context, folders.indexRoot());
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
        if (folders.areListed()) {
            list.change(this::setNumbers);
            list.settle();
            return;
        }
        for (String name : LIST_INDEX) {
            try {
                context.disk().unlink(folders.indexRoot().resolve(name));
            } catch (NoSuchFileException e) {
                // What is wanted.
            }
        }
    }

    /** Where that index is all there is of the names, what it says of the mailboxes' numbers is put right. */
    private void setNumbers(ListIndex now) throws IOException {
        for (Map.Entry<List<String>, ListIndex.Entry> one : now.entries().entrySet()) {
            MailboxName name = folders.decodeListed(one.getKey()).name().orElse(null);
            MailboxGuid guid = one.getValue().guid();
            if (name == null || guid == null || !folders.isPlaced(name) || !format.isMailbox(folders.paths(name))) {
                continue;
            }
            try {
                AccountFormat.Identity is = format.identity(name, folders.paths(name));
                now.setNumbers(one.getKey(), guid, is.uidValidity());
            } catch (CorruptStoreException e) {
                context.report().debug(name, "numbers in " + ListIndex.PREFIX + " are left: " + e.getMessage());
            }
        }
    }

    /** Dovecot must not give a new mailbox a UIDVALIDITY that an imported one has. */
    void rememberUidValidity() throws IOException {
        if (highestUidValidity == 0) {
            return;
        }
        DiskPath root = folders.uidValidityFolder();
        AccountFolders.makeAll(context, root); // not every format has anything else there
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
