package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.AccountGuard;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.StoreReport;
import org.jspecify.annotations.Nullable;

/**
 * How an account is to be opened.
 *
 * @param description the location in the administrator's words, for messages
 * @param readOnly whether to leave the disk untouched
 * @param lockWaitMillis how long to wait at most for a mailbox's lock, milliseconds; 0 tries once
 * @param guard entered before the first write, and closed with the store; or null
 */
public record AccountOpening(
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
    /** As a server does: waits for locks as long as Dovecot, and there may be several writers at once. */
    public AccountOpening(
            Disk disk,
            AccountLocation location,
            String description,
            boolean readOnly,
            Durability durability,
            Clock clock,
            Host host,
            StoreReport report) {
        this(disk, location, description, readOnly, durability, Dotlock.DEFAULT_WAIT_MILLIS, clock, host, report, null);
    }
}
