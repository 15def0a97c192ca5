package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.AttributeContract;
import dev.twinbox.engine.storage.StoreFixture;
import java.io.IOException;

/** METADATA entries of mbox accounts, in a dictionary beside the mails. */
final class MboxAttributesTest extends AttributeContract {
    private final SimClock clock = new SimClock();
    private final DiskPath home = DiskPath.of("/home/alice");

    @Override
    protected StoreFixture newFixture() throws IOException {
        SimDisk disk = new SimDisk(clock).folders(home);
        return new MboxFixture(
                disk,
                OpenMbox.at(home).withAttributes(home.resolve("dovecot-attributes")),
                clock,
                new SimHost("mail.example.org", 4242));
    }
}
