package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountOpening;

/** Opens mbox accounts as most tests need them: durable, and without anybody who listens. */
public final class OpenMbox {
    private OpenMbox() {}

    /** The account at a location of a disk. */
    public static MailStore on(Disk disk, AccountLocation location, boolean readOnly, Clock clock, Host host) {
        return on(disk, location, readOnly, clock, host, StoreReport.NONE);
    }

    /** The same with somebody who listens. */
    public static MailStore on(
            Disk disk, AccountLocation location, boolean readOnly, Clock clock, Host host, StoreReport report) {
        return MboxStore.open(
                new AccountOpening(
                        disk,
                        location,
                        "mbox:" + location.root(),
                        readOnly,
                        Durability.DURABLE,
                        MboxStore.DEFAULT_WAIT_MILLIS,
                        clock,
                        host,
                        report,
                        null),
                MboxSettings.DEFAULT);
    }

    /** An account whose INBOX lies outside. */
    public static AccountLocation at(DiskPath home) {
        return AccountLocation.of(AccountLocation.Format.MBOX, home.resolve("mail"));
    }
}
