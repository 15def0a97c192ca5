package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.AccountGuard;
import dev.twinbox.engine.storage.DamageRecord;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountAttributes;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountStore;
import dev.twinbox.engine.storage.account.FolderNames;
import dev.twinbox.engine.storage.account.UniqueNames;
import org.jspecify.annotations.Nullable;

/** Opens accounts of Maildirs. */
public final class MaildirStore {
    private MaildirStore() {}

    /** Opens an account as a server does: waits for locks as long as Dovecot, and there may be several writers at once. */
    public static MailStore open(
            Disk disk,
            AccountLocation location,
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
    public static MailStore open(
            Disk disk,
            AccountLocation location,
            String description,
            boolean readOnly,
            Durability durability,
            long lockWaitMillis,
            Clock clock,
            Host host,
            StoreReport report,
            @Nullable AccountGuard guard) {
        DamageRecord damage = new DamageRecord(report);
        AccountContext context = new AccountContext(
                disk,
                location,
                readOnly,
                durability,
                lockWaitMillis,
                clock,
                host,
                damage,
                new UniqueNames(host.pid(), host.name()),
                guard);
        DiskPath dict = location.attributes();
        AccountAttributes attributes = dict == null ? null : new AccountAttributes(context, dict);
        return new AccountStore(
                context,
                damage,
                description,
                new FolderNames(location),
                new MaildirFormat(context, attributes),
                attributes);
    }
}
