package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
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

/** Opens accounts of mbox files. */
public final class MboxStore {
    /** How long Dovecot waits for an mbox's locks, milliseconds. */
    public static final long DEFAULT_WAIT_MILLIS = 300_000;

    private MboxStore() {}

    /**
     * Opens an account; nothing is looked at yet.
     *
     * @param settings how the mail server locks and hashes
     * @param description the location in the administrator's words, for messages
     * @param readOnly whether to leave the disk untouched
     * @param lockWaitMillis how long to wait at most for a mailbox's lock, milliseconds; 0 tries once
     * @param guard entered before the first write, and closed with the store; or null
     * @throws IllegalArgumentException if Dovecot's mboxes cannot lie so: with DIRNAME= or another layout than fs
     */
    public static MailStore open(
            Disk disk,
            AccountLocation location,
            MboxSettings settings,
            String description,
            boolean readOnly,
            Durability durability,
            long lockWaitMillis,
            Clock clock,
            Host host,
            StoreReport report,
            @Nullable AccountGuard guard) {
        if (location.layout() != AccountLocation.Layout.FS || location.directoryName() != null) {
            throw new IllegalArgumentException(description
                    + ": mbox accounts have LAYOUT=fs and no DIRNAME=; with others Dovecot does not work, either");
        }
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
                new MboxFormat(context, settings, attributes),
                attributes);
    }
}
