package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStoreContract;
import dev.twinbox.engine.storage.StoreFixture;
import dev.twinbox.engine.storage.account.AccountLocation;
import java.io.IOException;

/** LAYOUT=index with separate CONTROL and INDEX trees keeps the contract of every store. */
class MaildirListedStoreTest extends MailStoreContract {
    @Override
    protected StoreFixture newFixture() throws IOException {
        SimClock clock = new SimClock();
        DiskPath home = DiskPath.of("/home/alice");
        SimDisk disk = new SimDisk(clock).folders(home);
        AccountLocation location = new AccountLocation(
                home.resolve("Maildir"),
                AccountLocation.Layout.INDEX,
                home.resolve("control"),
                home.resolve("index"),
                null,
                null,
                false,
                '/');
        return new MaildirFixture(disk, location, clock, new SimHost("mail.example.org", 4242));
    }
}
