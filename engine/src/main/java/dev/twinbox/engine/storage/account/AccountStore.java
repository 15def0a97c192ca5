package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.AccountGuard;
import dev.twinbox.engine.storage.BodyStarts;
import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.DamageRecord;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.MailboxStatus;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An account as Dovecot keeps it on a disk, in one of its formats. Opened for reading it leaves the disk untouched, so the
 * source may be a read-only file system and a live server's. Opened for writing it takes Dovecot's locks and leaves what
 * Dovecot would have left.
 */
public final class AccountStore implements MailStore {
    private final AccountContext context;
    private final DamageRecord damage;
    private final String description;
    private final FolderNames folders;
    private final AccountFormat format;
    private final ListIndexFile list;
    private final AccountTreeChanges changes;
    private final AccountBodyStarts bodyStarts;
    private final @Nullable AccountAttributes attributes;
    private boolean garbledSubscriptions;

    private AccountStore(
            AccountContext context,
            DamageRecord damage,
            String description,
            FolderNames folders,
            AccountFormat format,
            @Nullable AccountAttributes attributes) {
        this.context = context;
        this.damage = damage;
        this.description = description;
        this.folders = folders;
        this.format = format;
        this.list = new ListIndexFile(context, folders);
        this.changes = new AccountTreeChanges(context, folders, format, list);
        this.attributes = attributes;
        this.bodyStarts = new AccountBodyStarts(context);
    }

    /** Makes what is particular about an account's mailboxes. */
    public interface FormatMaker {
        /**
         * Makes it.
         *
         * @param attributes where the mailboxes have their METADATA; null if nowhere
         */
        AccountFormat make(AccountContext context, FolderNames folders, @Nullable AccountAttributes attributes);
    }

    /** Opens an account; nothing is looked at yet. */
    public static AccountStore open(AccountOpening opening, FormatMaker maker) {
        DamageRecord damage = new DamageRecord(opening.report());
        Host host = opening.host();
        AccountContext context = new AccountContext(
                opening.disk(),
                opening.location(),
                opening.readOnly(),
                opening.durability(),
                opening.lockWaitMillis(),
                opening.clock(),
                host,
                damage,
                new UniqueNames(host.pid(), host.name()),
                opening.guard());
        DiskPath dict = opening.location().attributes();
        AccountAttributes attributes = dict == null ? null : new AccountAttributes(context, dict);
        FolderNames folders = new FolderNames(opening.location());
        AccountFormat format = maker.make(context, folders, attributes);
        return new AccountStore(context, damage, opening.description(), folders, format, attributes);
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
    public Object family() {
        return context.location().format();
    }

    @Override
    public Capabilities capabilities() {
        return format.capabilities();
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
    public BodyStarts bodyStarts() {
        return bodyStarts;
    }

    @Override
    public MailboxTree tree() throws IOException {
        format.settle();
        AccountTreeReader reader = new AccountTreeReader(context, folders, format, list);
        MailboxTree tree = reader.read(exists());
        garbledSubscriptions = reader.unreadableSubscriptions() > 0;
        if (folders.areListed() && !context.readOnly()) {
            changes.settleGuids(tree.mailboxes());
        }
        return tree;
    }

    @Override
    public boolean holdsMail() throws IOException {
        format.settle();
        return exists()
                && (new AccountTreeReader(context, folders, format, list).inboxHoldsMail()
                        || MailStore.super.holdsMail());
    }

    @Override
    public boolean knowsSubscriptions() throws IOException {
        return Subscriptions.read(context, folders).unknown() == null;
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        if (folders.areListed() && !folders.isPlaced(name)) {
            list.read();
        }
        return format.open(name, folders.paths(name));
    }

    @Override
    public void apply(TreeChange change) throws IOException {
        context.checkWritable();
        AccountGuard guard = context.guard();
        if (guard != null && !guard.isHeld()) {
            changes.makeRoot();
        }
        context.beginWriting();
        format.settle();
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
    public long purge() throws IOException {
        context.checkWritable();
        format.settle();
        return format.purge();
    }

    @Override
    public void flush() throws IOException {
        format.settle();
        if (garbledSubscriptions && !context.readOnly()) {
            context.beginWriting();
            changes.dropGarbledSubscriptions();
            garbledSubscriptions = false;
        }
        boolean mails = format.takeWritten();
        boolean names = changes.takeWritten();
        if (!mails && !names) {
            return;
        }
        bodyStarts.clear();
        changes.forgetListIndex();
        changes.rememberUidValidity();
        if (context.durability() == Durability.DURABLE && exists()) {
            context.disk().syncFileSystem(context.location().root());
        }
    }

    @Override
    public void close() throws IOException {
        try {
            format.settle();
        } finally {
            AccountGuard guard = context.guard();
            if (guard != null) {
                guard.close();
            }
        }
    }
}
