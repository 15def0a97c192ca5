package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStoreContract;
import dev.twinbox.engine.storage.StoreFixture;
import dev.twinbox.engine.storage.account.AccountLocation;
import java.io.IOException;

/** Mdbox with LAYOUT=index keeps the contract of every store. */
class MdboxListedStoreTest extends MailStoreContract {
    @Override
    protected StoreFixture newFixture() throws IOException {
        SimClock clock = new SimClock();
        DiskPath home = DiskPath.of("/home/alice");
        SimDisk disk = new SimDisk(clock).folders(home);
        return new DboxFixture(
                disk,
                AccountLocation.listed(AccountLocation.Format.MDBOX, home.resolve("mail")),
                clock,
                new SimHost("mail.example.org", 4242));
    }
}
