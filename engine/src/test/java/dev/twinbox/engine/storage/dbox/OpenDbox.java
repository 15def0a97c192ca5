package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.Dotlock;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountOpening;

/** Opens dbox accounts as most tests need them: durable, and without anybody who listens. */
public final class OpenDbox {
    private OpenDbox() {}

    /** The account at a location of a disk. */
    public static MailStore on(Disk disk, AccountLocation location, boolean readOnly, Clock clock, Host host) {
        return on(disk, location, readOnly, clock, host, StoreReport.NONE);
    }

    /** The same with somebody who listens. */
    public static MailStore on(
            Disk disk, AccountLocation location, boolean readOnly, Clock clock, Host host, StoreReport report) {
        return location.format() == AccountLocation.Format.MDBOX
                ? MdboxStore.open(new AccountOpening(
                        disk,
                        location,
                        "mdbox:" + location.root(),
                        readOnly,
                        Durability.DURABLE,
                        Dotlock.DEFAULT_WAIT_MILLIS,
                        clock,
                        host,
                        report,
                        null))
                : SdboxStore.open(new AccountOpening(
                        disk,
                        location,
                        "sdbox:" + location.root(),
                        readOnly,
                        Durability.DURABLE,
                        Dotlock.DEFAULT_WAIT_MILLIS,
                        clock,
                        host,
                        report,
                        null));
    }
}
