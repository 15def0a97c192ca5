package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.LockTimeoutException;
import dev.twinbox.engine.index.IndexReader;
import dev.twinbox.engine.storage.AccountGuard;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.maildir.MaildirLocation.Layout;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the mailboxes of an account. A folder that is a symbolic link is left out, since following it would lead out of
 * the account; a folder whose numbers cannot be read is {@link Existence#UNREADABLE}.
 */
final class MaildirTreeReader {
    private static final char ESCAPE = '%';

    private final MaildirContext context;
    private final FolderNames folders;
    private final Map<MailboxName, Found> found = new TreeMap<>();
    private final Set<MailboxGuid> guids = new HashSet<>();
    private int unreadableSubscriptions;

    MaildirTreeReader(MaildirContext context, FolderNames folders) {
        this.context = context;
        this.folders = folders;
    }

    private record Found(Existence existence, @Nullable MailboxGuid guid, long uidValidity, long uidNext) {
        static final Found FOLDER = new Found(Existence.EXISTS, null, 0, 0);
        static final Found UNREADABLE = new Found(Existence.UNREADABLE, null, 0, 0);
        static final Found MISSING = new Found(Existence.MISSING, null, 0, 0);
    }

    MailboxTree read(boolean exists) throws IOException {
        if (!exists) {
            return new MailboxTree(List.of(), MailboxDeletes.NONE);
        }
        if (!context.readOnly()) {
            removeLeftovers();
        }
        lookForMailboxes();
        return withSubscriptions();
    }

    /** Looks at INBOX only, in which there nearly always is some. */
    boolean inboxHoldsMail() throws IOException {
        look(MailboxName.INBOX);
        Found inbox = found.get(MailboxName.INBOX);
        return inbox != null && inbox.uidNext() > 1;
    }

    private void lookForMailboxes() throws IOException {
        look(MailboxName.INBOX);
        if (context.location().layout() == Layout.MAILDIR_PLUS_PLUS) {
            for (byte[] directory : context.disk().list(context.location().root())) {
                visit(List.of(directory), context.location().root().resolve(directory));
            }
        } else {
            descend(List.of(), context.location().root());
        }
    }

    /** How many subscribed names cannot be understood. */
    int unreadableSubscriptions() {
        return unreadableSubscriptions;
    }

    private void descend(List<byte[]> path, DiskPath folder) throws IOException {
        if (path.size() == MailboxName.MAX_LEVELS) {
            context.report().warning(null, folder + ": folders are nested too deep; left out");
            return;
        }
        for (byte[] directory : context.disk().list(folder)) {
            List<byte[]> deeper = new ArrayList<>(path);
            deeper.add(directory);
            DiskPath below = folder.resolve(directory);
            if (visit(deeper, below)) {
                descend(deeper, below);
            }
        }
    }

    /** Returns whether it is a folder worth descending into. */
    private boolean visit(List<byte[]> path, DiskPath folder) throws IOException {
        byte[] last = path.get(path.size() - 1);
        if (!folders.isCandidate(last)) {
            return false;
        }
        Optional<FileInfo> info = context.disk().stat(folder);
        if (info.isEmpty()) {
            return false;
        }
        if (info.get().kind() == FileInfo.Kind.LINK) {
            boolean leadsToFolder =
                    context.disk().statFollowing(folder).map(FileInfo::isFolder).orElse(false);
            if (leadsToFolder) {
                context.report().warning(null, folder + " is a symbolic link; left out");
            }
            return false;
        }
        if (!info.get().isFolder()) {
            return false;
        }
        DiskPath inbox = context.location().inbox();
        if (inbox != null && folder.equals(inbox)) {
            return true; // looked at already
        }
        FolderNames.Decoded decoded = folders.decode(path);
        if (decoded.name().isEmpty()) {
            context.report().damage(null, folder + " has no usable mailbox name (" + decoded.refusal() + "); left out");
            return false;
        }
        MailboxName name = decoded.name().get();
        if (!name.isInbox()) {
            look(name);
            if (!found.containsKey(name) && context.location().layout() == Layout.FS) {
                found.put(name, Found.FOLDER);
            }
        }
        return true;
    }

    private void look(MailboxName name) throws IOException {
        MailboxPaths paths;
        try {
            paths = MaildirStore.paths(folders, name);
            // A folder being made gets its cur last.
            boolean there = isFolder(paths.cur()) || (context.readOnly() && isFolder(paths.fresh()));
            if (!there) {
                return;
            }
        } catch (AccessDeniedException e) {
            denied(name, e);
            return;
        }
        if (!context.readOnly()) {
            removeDeadLock(paths);
        }
        try {
            found.put(name, distinct(name, paths, identity(name, paths)));
        } catch (AccessDeniedException e) {
            denied(name, e);
        } catch (IOException e) {
            unreadable(name, String.valueOf(e.getMessage()));
        }
    }

    /** What a killed run left would be in nobody's way, but nobody likes to find it. Never waits. */
    private void removeDeadLock(MailboxPaths paths) throws IOException {
        removeDeadLock(
                paths.uidlistLock(),
                paths.uidlist(),
                paths.uidlistTmp(),
                paths.keywordsTmp(),
                paths.index().resolve(IndexReader.PREFIX + ".tmp"));
    }

    private void removeDeadLock(DiskPath file, DiskPath guarded, DiskPath... leftBehind) throws IOException {
        if (context.disk().stat(file).isEmpty()) {
            return;
        }
        try {
            Dotlock lock = Dotlock.acquire(context.disk(), file, guarded, context.clock(), context.host(), 0);
            for (DiskPath left : leftBehind) {
                removeIfThere(context.disk(), left);
            }
            lock.close();
        } catch (LockTimeoutException e) {
            context.report().debug(null, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The same at the root of the account: a mailbox half deleted, a number half written, a dead run's guard. Where one of
     * them is there, another run may be at it right now.
     */
    private void removeLeftovers() throws IOException {
        Disk disk = context.disk();
        DiskPath uidValidity = folders.controlRoot().resolve(UidValidityFile.NAME + ".tmp");
        boolean trash = disk.stat(folders.trashFolder()).isPresent();
        AccountGuard guard = context.guard();
        if (trash
                || disk.stat(uidValidity).isPresent()
                || (guard != null && disk.stat(guard.path()).isPresent())) {
            context.beginWriting();
        }
        if (trash) {
            MaildirRemoval.removeTree(disk, folders.trashFolder());
        }
        removeIfThere(disk, uidValidity);
        removeDeadLock(folders.subscriptionsLock(), folders.subscriptionsFile(), folders.subscriptionsTmp());
    }

    private static void removeIfThere(Disk disk, DiskPath path) throws IOException {
        if (disk.stat(path).isPresent()) {
            disk.unlink(path);
        }
    }

    private void denied(MailboxName name, AccessDeniedException e) {
        context.report().denied(name, String.valueOf(e.getMessage()));
        found.put(name, Found.UNREADABLE);
    }

    private void unreadable(MailboxName name, String why) {
        context.report().damage(name, why);
        found.put(name, Found.UNREADABLE);
    }

    private boolean isFolder(DiskPath path) throws IOException {
        FileInfo info = context.disk().stat(path).orElse(null);
        return info != null && info.isFolder();
    }

    /** A copied folder brings its GUID along; of two the later name gets one of its own. */
    private Found distinct(MailboxName name, MailboxPaths paths, Found one) {
        MailboxGuid guid = one.guid();
        if (guid == null || guids.add(guid)) {
            return one;
        }
        MailboxGuid own = DerivedIdentity.guid(context.location().root(), paths.control());
        context.report().warning(name, "has the GUID of another mailbox, " + guid + "; taken as " + own);
        guids.add(own);
        return new Found(one.existence(), own, one.uidValidity(), one.uidNext());
    }

    private Found identity(MailboxName name, MailboxPaths paths) throws IOException {
        FileInfo file = context.disk().stat(paths.uidlist()).orElse(null);
        if (file == null) {
            return unnumbered(paths);
        }
        try {
            UidlistHeads.Head head = context.heads().read(context, paths.uidlist(), file);
            Uidlist list = head.list();
            MailboxGuid guid = MaildirTableReader.guid(context, paths, list);
            return new Found(Existence.EXISTS, guid, list.uidValidity(), head.nextUid());
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

    private Found unnumbered(MailboxPaths paths) throws IOException {
        FolderListing listing = FolderListing.read(context.disk(), context.clock(), paths.fresh(), paths.cur());
        MailboxGuid guid = DerivedIdentity.guid(context.location().root(), paths.control());
        long mails = (long) listing.cur().size() + listing.fresh().size();
        return new Found(Existence.EXISTS, guid, DerivedIdentity.uidValidity(guid), mails + 1);
    }

    private MailboxTree withSubscriptions() throws IOException {
        Subscriptions subscriptions = Subscriptions.read(context, folders);
        unreadableSubscriptions = subscriptions.dropped();
        report(subscriptions);
        Set<MailboxName> subscribed = subscriptions.file().names();
        Map<MailboxName, Found> all = new TreeMap<>(found);
        for (MailboxName name : subscribed) {
            all.putIfAbsent(name, Found.MISSING);
        }
        MailboxLog log = log();
        char separator = context.location().separator();
        addRenamedParents(log, all);
        List<MailboxNode> nodes = new ArrayList<>();
        for (Map.Entry<MailboxName, Found> entry : all.entrySet()) {
            Found one = entry.getValue();
            nodes.add(new MailboxNode(
                    entry.getKey(),
                    one.existence(),
                    one.guid(),
                    one.uidValidity(),
                    Math.min(one.uidNext(), Uid.MAX),
                    log.renamed(entry.getKey(), separator),
                    subscribed.contains(entry.getKey()),
                    log.subscriptionChanged(entry.getKey(), separator)));
        }
        return new MailboxTree(nodes, log.toDeletes(nodes, separator, ESCAPE));
    }

    /**
     * A name that only has children is nothing in Maildir++, but it may have been renamed; then only it says when its
     * children got their names.
     */
    private void addRenamedParents(MailboxLog log, Map<MailboxName, Found> all) {
        for (MailboxName name : found.keySet()) {
            for (int depth = name.levels().size() - 1; depth > 0; depth--) {
                MailboxName parent = new MailboxName(name.levels().subList(0, depth));
                if (!all.containsKey(parent)
                        && log.renamed(parent, context.location().separator()) > 0) {
                    all.put(parent, Found.MISSING);
                }
            }
        }
    }

    private void report(Subscriptions subscriptions) {
        String unknown = subscriptions.unknown();
        if (unknown != null && subscriptions.denied()) {
            context.report().denied(null, unknown);
        } else if (unknown != null) {
            context.report().damage(null, unknown + "; subscriptions are left as they are");
        } else if (subscriptions.dropped() > 0) {
            context.report()
                    .warning(null, subscriptions.dropped() + " subscribed names cannot be understood; left out");
        }
    }

    private MailboxLog log() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        for (String name : List.of(MailboxLog.PREVIOUS_NAME, MailboxLog.NAME)) {
            try {
                files.put(name, context.disk().readAll(folders.indexRoot().resolve(name), MailboxLog.FILE_BYTES_MAX));
            } catch (NoSuchFileException e) {
                files.put(name, new byte[0]);
            }
        }
        MailboxLog log = MailboxLog.parse(
                files.getOrDefault(MailboxLog.PREVIOUS_NAME, new byte[0]),
                files.getOrDefault(MailboxLog.NAME, new byte[0]));
        if (!log.problems().isEmpty()) {
            context.report().warning(null, log.problems().get(0));
        }
        return log;
    }
}
