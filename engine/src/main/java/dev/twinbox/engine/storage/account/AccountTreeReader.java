package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.storage.AccountGuard;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.account.AccountLocation.Layout;
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
public final class AccountTreeReader {
    private static final char ESCAPE = '%';

    private final AccountContext context;
    private final FolderNames folders;
    private final AccountFormat format;
    private final ListIndexFile list;
    private final Map<MailboxName, Found> found = new TreeMap<>();
    private final Set<MailboxGuid> guids = new HashSet<>();
    private int unreadableSubscriptions;

    AccountTreeReader(AccountContext context, FolderNames folders, AccountFormat format, ListIndexFile list) {
        this.context = context;
        this.folders = folders;
        this.format = format;
        this.list = list;
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
        if (folders.areListed()) {
            list.read();
        }
        look(MailboxName.INBOX);
        Found inbox = found.get(MailboxName.INBOX);
        return inbox != null && inbox.uidNext() > 1;
    }

    private void lookForMailboxes() throws IOException {
        if (folders.areListed()) {
            lookAtList();
            return;
        }
        look(MailboxName.INBOX);
        if (context.disk().statFollowing(folders.namesRoot()).isEmpty()) {
            return; // where it is not the account's own folder it may not have been made yet
        }
        if (context.location().layout() == Layout.MAILDIR_PLUS_PLUS) {
            for (byte[] directory : context.disk().list(folders.namesRoot())) {
                visit(List.of(directory), folders.namesRoot().resolve(directory));
            }
        } else {
            descend(List.of(), folders.namesRoot());
        }
    }

    /** What {@code dovecot.list.index} says, and what it should. */
    private void lookAtList() throws IOException {
        ListIndex names = list.read();
        for (String problem : names.problems()) {
            context.report().damage(null, ListIndex.PREFIX + ": " + problem + "; left out");
        }
        Set<MailboxGuid> known = new HashSet<>();
        for (Map.Entry<List<String>, ListIndex.Entry> one : names.entries().entrySet()) {
            FolderNames.Decoded decoded = folders.decodeListed(one.getKey());
            MailboxGuid guid = one.getValue().guid();
            if (guid != null) {
                known.add(guid);
            }
            if (decoded.name().isEmpty()) {
                context.report()
                        .damage(
                                null,
                                (guid == null ? "a folder" : "mailbox " + guid) + " has no usable name ("
                                        + decoded.refusal() + "); left out");
                continue;
            }
            MailboxName name = decoded.name().get();
            if (guid != null) {
                look(name);
            }
            // A mailbox whose directory has gone: there is a name, and nothing to it.
            found.putIfAbsent(name, Found.FOLDER);
        }
        reportUnlisted(known);
    }

    private void reportUnlisted(Set<MailboxGuid> known) throws IOException {
        if (context.disk().statFollowing(folders.namesRoot()).isEmpty()) {
            return;
        }
        for (byte[] directory : context.disk().list(folders.namesRoot())) {
            String name = FolderNames.latin(directory);
            MailboxGuid guid = name.matches("[0-9a-f]{32}") ? MailboxGuid.parse(name) : null;
            if (guid != null && !known.contains(guid) && holdsMails(folders.paths(guid))) {
                context.report()
                        .damage(
                                null,
                                folders.namesRoot().resolve(directory) + " is a mailbox that " + ListIndex.PREFIX
                                        + " does not know; left out; doveadm force-resync brings it back");
            }
        }
    }

    /** One without mails is about to be listed, or whoever made it died before: nothing is lost with it. */
    private boolean holdsMails(MailboxPaths unlisted) throws IOException {
        try {
            return format.isMailbox(unlisted)
                    && format.identity(MailboxName.INBOX, unlisted).uidNext() > 1;
        } catch (CorruptStoreException e) {
            return true;
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
        boolean file = folders.mailboxesAreFiles() && info.get().isFile();
        if (!info.get().isFolder() && !file) {
            return false;
        }
        DiskPath inbox = folders.mailboxesAreFiles()
                ? folders.mailFolder(MailboxName.INBOX)
                : context.location().inbox();
        if (inbox != null && folder.equals(inbox)) {
            return !file; // looked at already
        }
        FolderNames.Decoded decoded = folders.decode(path);
        if (decoded.name().isEmpty()) {
            context.report().damage(null, folder + " has no usable mailbox name (" + decoded.refusal() + "); left out");
            return false;
        }
        MailboxName name = decoded.name().get();
        if (!name.isInbox()) {
            folders.remember(name, folder);
            look(name);
            if (context.location().layout() == Layout.FS && !found.containsKey(name)) {
                found.put(name, Found.FOLDER);
            }
        }
        return !file;
    }

    private void look(MailboxName name) throws IOException {
        MailboxPaths paths;
        try {
            paths = folders.paths(name);
            if (!format.isMailbox(paths)) {
                return;
            }
        } catch (AccessDeniedException e) {
            denied(name, e);
            return;
        }
        if (!context.readOnly()) {
            format.removeLeftovers(paths);
        }
        try {
            AccountFormat.Identity is = format.identity(name, paths);
            MailboxGuid guid = distinct(name, paths, is.guid());
            found.put(name, new Found(Existence.EXISTS, guid, is.uidValidity(), is.uidNext()));
        } catch (AccessDeniedException e) {
            denied(name, e);
        } catch (IOException e) {
            unreadable(name, String.valueOf(e.getMessage()));
        }
    }

    /**
     * What a killed run left at the root of the account: a mailbox half deleted, a number half written, a dead run's guard. Where one of
     * them is there, another run may be at it right now.
     */
    private void removeLeftovers() throws IOException {
        Disk disk = context.disk();
        DiskPath uidValidity = folders.uidValidityFolder().resolve(UidValidityFile.NAME + ".tmp");
        boolean trash = disk.stat(folders.trashFolder()).isPresent();
        AccountGuard guard = context.guard();
        if (trash
                || disk.stat(uidValidity).isPresent()
                || (guard != null && disk.stat(guard.path()).isPresent())) {
            context.beginWriting();
        }
        if (trash) {
            MailboxRemoval.removeTree(disk, folders.trashFolder());
        }
        if (disk.stat(uidValidity).isPresent()) {
            disk.unlink(uidValidity);
        }
        if (folders.areListed()) {
            UnfinishedIndex.remove(context, folders.indexRoot(), ListIndex.PREFIX);
        }
        DeadLocks.remove(context, folders.subscriptionsLock(), folders.subscriptionsFile(), folders.subscriptionsTmp());
    }

    private void denied(MailboxName name, AccessDeniedException e) {
        context.report().denied(name, String.valueOf(e.getMessage()));
        found.put(name, Found.UNREADABLE);
    }

    private void unreadable(MailboxName name, String why) {
        context.report().damage(name, why);
        found.put(name, Found.UNREADABLE);
    }

    /** A copied folder brings its GUID along; of two the later name gets one of its own. */
    private MailboxGuid distinct(MailboxName name, MailboxPaths paths, MailboxGuid guid) {
        if (guids.add(guid)) {
            return guid;
        }
        MailboxGuid own = DerivedIdentity.guid(context.location().root(), paths.control());
        context.report().warning(name, "has the GUID of another mailbox, " + guid + "; taken as " + own);
        guids.add(own);
        return own;
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
                    log.renamed(visible(entry.getKey()), separator),
                    subscribed.contains(entry.getKey()),
                    log.subscriptionChanged(visible(entry.getKey()), separator)));
        }
        return new MailboxTree(nodes, log.toDeletes(visible(nodes), separator, ESCAPE));
    }

    private MailboxName visible(MailboxName name) {
        return context.location().visible(name);
    }

    private List<MailboxNode> visible(List<MailboxNode> nodes) {
        if (context.location().prefix() == null) {
            return nodes;
        }
        List<MailboxNode> shown = new ArrayList<>();
        for (MailboxNode node : nodes) {
            shown.add(node.named(visible(node.name())));
        }
        return shown;
    }

    /**
     * A name that only has children is nothing in Maildir++, but it may have been renamed; then only it says when its
     * children got their names.
     */
    private void addRenamedParents(MailboxLog log, Map<MailboxName, Found> all) {
        if (!log.hasRenames()) {
            return;
        }
        for (MailboxName name : found.keySet()) {
            for (int depth = name.levels().size() - 1; depth > 0; depth--) {
                MailboxName parent = new MailboxName(name.levels().subList(0, depth));
                if (log.renamed(visible(parent), context.location().separator()) > 0 && !all.containsKey(parent)) {
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
