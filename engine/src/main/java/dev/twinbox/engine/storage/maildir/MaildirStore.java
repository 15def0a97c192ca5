package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.AccountGuard;
import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.DamageRecord;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An account of Maildirs. Opened for reading it leaves the disk untouched, so the source may be a read-only file system
 * and a live server's. Opened for writing it takes Dovecot's locks and leaves what Dovecot would have left.
 */
public final class MaildirStore implements MailStore {
    private final MaildirContext context;
    private final DamageRecord damage;
    private final String description;
    private final FolderNames folders;
    private final MaildirSettlement settlement;
    private final MaildirTreeChanges changes;
    private final @Nullable MaildirAttributes attributes;
    private final LastTable lastTable = new LastTable();
    private boolean garbledSubscriptions;

    private MaildirStore(MaildirContext context, DamageRecord damage, String description) {
        this.context = context;
        this.damage = damage;
        this.description = description;
        this.folders = new FolderNames(context.location());
        this.settlement = new MaildirSettlement(context);
        this.changes = new MaildirTreeChanges(context, folders);
        DiskPath dict = context.location().attributes();
        this.attributes = dict == null ? null : new MaildirAttributes(context, dict);
    }

    /** Opens an account as a server does: waits for locks as long as Dovecot, and there may be several writers at once. */
    public static MaildirStore open(
            Disk disk,
            MaildirLocation location,
            String description,
            boolean readOnly,
            Durability durability,
            Clock clock,
            Host host,
            StoreReport report) {
        return open(
                disk,
                location,
                description,
                readOnly,
                durability,
                Dotlock.DEFAULT_WAIT_MILLIS,
                clock,
                host,
                report,
                null);
    }

    /**
     * Opens an account; nothing is looked at yet.
     *
     * @param description the location in the administrator's words, for messages
     * @param readOnly whether to leave the disk untouched
     * @param lockWaitMillis how long to wait at most for a mailbox's lock, milliseconds; 0 tries once
     * @param guard entered before the first write, and closed with the store; or null
     */
    public static MaildirStore open(
            Disk disk,
            MaildirLocation location,
            String description,
            boolean readOnly,
            Durability durability,
            long lockWaitMillis,
            Clock clock,
            Host host,
            StoreReport report,
            @Nullable AccountGuard guard) {
        UniqueNames names = new UniqueNames(host.pid(), host.name());
        DamageRecord damage = new DamageRecord(report);
        return new MaildirStore(
                new MaildirContext(
                        disk,
                        location,
                        readOnly,
                        durability,
                        lockWaitMillis,
                        clock,
                        host,
                        damage,
                        names,
                        new UidlistHeads(),
                        guard),
                damage,
                description);
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public @Nullable Damage damage() {
        return damage.first();
    }

    @Override
    public Capabilities capabilities() {
        MaildirLocation location = context.location();
        return new Capabilities(
                true, true, false, location.separator(), location.layout() == MaildirLocation.Layout.FS);
    }

    @Override
    public boolean keepsAttributes() {
        return attributes != null;
    }

    @Override
    public boolean exists() throws IOException {
        Optional<FileInfo> root =
                context.disk().statFollowing(context.location().root());
        if (root.isPresent() && !root.get().isFolder()) {
            throw new NotDirectoryException(context.location().root() + " is not a folder");
        }
        return root.isPresent();
    }

    @Override
    public MailboxTree tree() throws IOException {
        settlement.settle();
        MaildirTreeReader reader = new MaildirTreeReader(context, folders);
        MailboxTree tree = reader.read(exists());
        garbledSubscriptions = reader.unreadableSubscriptions() > 0;
        return tree;
    }

    @Override
    public boolean holdsMail() throws IOException {
        settlement.settle();
        return exists() && (new MaildirTreeReader(context, folders).inboxHoldsMail() || MailStore.super.holdsMail());
    }

    @Override
    public boolean knowsSubscriptions() throws IOException {
        return Subscriptions.read(context, folders).unknown() == null;
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        MailboxPaths paths = paths(folders, name);
        Optional<FileInfo> cur = statCur(paths);
        if (cur.isEmpty() || !cur.get().isFolder()) {
            requireFolder(context, paths.mail());
        }
        boolean either = cur.isEmpty() && context.readOnly();
        Optional<FileInfo> fresh = either ? context.disk().stat(paths.fresh()) : cur;
        if (fresh.isEmpty()) {
            throw new MailboxGoneException("there is no mailbox " + name + " in " + description);
        }
        if (!fresh.get().isFolder()) {
            throw new NotDirectoryException(paths.mail() + " does not hold folders cur and new");
        }
        return new MaildirMailbox(context, settlement, name, paths, attributes, lastTable);
    }

    /** The folder's own {@code stat} is spared where {@code cur} is in place. */
    private Optional<FileInfo> statCur(MailboxPaths paths) throws IOException {
        try {
            return context.disk().stat(paths.cur());
        } catch (FileSystemException e) {
            requireFolder(context, paths.mail());
            throw e;
        }
    }

    /**
     * Looks whether something that is no folder is where a mailbox's folder should be, or one above it.
     *
     * @throws NotPossibleException if so
     */
    static void requireFolder(MaildirContext context, DiskPath folder) throws IOException {
        try {
            if (context.disk().statFollowing(folder).map(FileInfo::isFolder).orElse(true)) {
                return;
            }
        } catch (FileSystemException e) {
            if (!folder.parent().equals(folder)) {
                requireFolder(context, folder.parent());
            }
            throw e;
        }
        throw inTheWay(folder);
    }

    static NotPossibleException inTheWay(DiskPath path) {
        return new NotPossibleException(path + " is in the way: it is not a folder; move it away and run again");
    }

    static MailboxPaths paths(FolderNames folders, MailboxName name) throws IOException {
        return folders.paths(name);
    }

    @Override
    public void apply(TreeChange change) throws IOException {
        context.checkWritable();
        AccountGuard guard = context.guard();
        if (guard != null && !guard.isHeld()) {
            changes.makeRoot();
        }
        context.beginWriting();
        settlement.settle();
        if (change instanceof TreeChange.Delete delete && delete.name().isInbox()) {
            emptyInbox();
        } else {
            changes.apply(change);
            if (change instanceof TreeChange.Delete delete && attributes != null) {
                attributes.forget(delete.guid());
            }
        }
    }

    private void emptyInbox() throws IOException {
        try (Mailbox inbox = open(MailboxName.INBOX);
                Staging staging = inbox.stage()) {
            MailboxSnapshot basis;
            MailboxPlan plan;
            do {
                basis = inbox.snapshot();
                plan = emptied(basis);
            } while (staging.commit(basis, plan) == Staging.Result.CHANGED);
        }
    }

    private static MailboxPlan emptied(MailboxSnapshot basis) {
        List<MailboxPlan.Step> steps = new ArrayList<>();
        for (int row = 0; row < basis.size(); row++) {
            steps.add(new MailboxPlan.Expunge(basis.uid(row), basis.guid(row), "INBOX is emptied"));
        }
        MailboxStatus status = basis.status();
        return new MailboxPlan(
                new MailboxPlan.Target(
                        status.guid(),
                        status.uidValidity(),
                        status.uidNext(),
                        status.firstRecentUid(),
                        status.highestModSeq() + 1,
                        false),
                steps);
    }

    @Override
    public void flush() throws IOException {
        settlement.settle();
        if (garbledSubscriptions && !context.readOnly()) {
            context.beginWriting();
            changes.dropGarbledSubscriptions();
            garbledSubscriptions = false;
        }
        boolean mails = settlement.takeWritten();
        boolean names = changes.takeWritten();
        if (!mails && !names) {
            return;
        }
        changes.forgetListIndex();
        changes.rememberUidValidity();
        if (context.durability() == Durability.DURABLE && exists()) {
            context.disk().syncFileSystem(context.location().root());
        }
    }

    @Override
    public void close() throws IOException {
        try {
            settlement.settle();
        } finally {
            AccountGuard guard = context.guard();
            if (guard != null) {
                guard.close();
            }
        }
    }

    static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static DiskPath resolve(DiskPath folder, String latin) {
        return folder.resolve(latin.getBytes(StandardCharsets.ISO_8859_1));
    }
}
