package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStoreContract;
import dev.twinbox.engine.storage.StoreFixture;
import java.io.IOException;

/** mbox keeps the contract of every store, as far as its format can. */
class MboxStoreTest extends MailStoreContract {
    @Override
    protected StoreFixture newFixture() throws IOException {
        SimClock clock = new SimClock();
        DiskPath home = DiskPath.of("/home/alice");
        SimDisk disk = new SimDisk(clock).folders(home);
        return new MboxFixture(disk, OpenMbox.at(home), clock, new SimHost("mail.example.org", 4242));
    }
}
