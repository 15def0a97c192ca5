package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountOpening;

/** Opens Maildirs as most tests need them: durable, and without anybody who listens. */
public final class OpenMaildir {
    private OpenMaildir() {}

    /** The account at a location of a disk. */
    public static MailStore on(Disk disk, AccountLocation location, boolean readOnly, Clock clock, Host host) {
        return MaildirStore.open(new AccountOpening(
                disk,
                location,
                "maildir:" + location.root(),
                readOnly,
                Durability.DURABLE,
                clock,
                host,
                StoreReport.NONE));
    }
}
