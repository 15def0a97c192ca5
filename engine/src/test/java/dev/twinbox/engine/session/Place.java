package dev.twinbox.engine.session;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.maildir.OpenMaildir;
import dev.twinbox.engine.storage.memory.MemoryAccount;
import java.io.IOException;

/** One account of any format, which can be opened again and again. */
interface Place {
    MailStore open() throws IOException;

    MailStore openForReading() throws IOException;

    /** How many changes its disk has seen; 0 if it has none. */
    default int mutations() {
        return 0;
    }

    /** In memory. */
    static Place of(MemoryAccount account) {
        return new Place() {
            @Override
            public MailStore open() {
                return account.openForWriting();
            }

            @Override
            public MailStore openForReading() {
                return account.openForReading();
            }
        };
    }

    /** Maildir++ on a disk of its own. */
    static Place maildir(Clock clock) throws IOException {
        return maildir(clock, AccountLocation.of(home().resolve("Maildir")));
    }

    /** Maildir++ that has a place for attributes. */
    static Place maildirWithAttributes(Clock clock) throws IOException {
        return maildir(clock, AccountLocation.of(home().resolve("Maildir")).withAttributes(home().resolve("dict")));
    }

    /** LAYOUT=fs with separate CONTROL and INDEX trees, on a disk of its own. */
    static Place maildirFs(Clock clock) throws IOException {
        return maildir(
                clock,
                new AccountLocation(
                        home().resolve("Maildir"),
                        AccountLocation.Layout.FS,
                        home().resolve("control"),
                        home().resolve("index"),
                        null,
                        null,
                        false,
                        '/'));
    }

    private static DiskPath home() {
        return DiskPath.of("/home/alice");
    }

    private static Place maildir(Clock clock, AccountLocation location) throws IOException {
        FaultDisk disk = new FaultDisk(new SimDisk(clock).folders(home()));
        SimHost host = new SimHost("mail.example.org", 4242);
        return new Place() {
            @Override
            public MailStore open() {
                return open(disk, false);
            }

            @Override
            public MailStore openForReading() {
                return open(new FaultDisk(disk).readOnly(), true);
            }

            private MailStore open(FaultDisk through, boolean readOnly) {
                return OpenMaildir.on(through, location, readOnly, clock, host);
            }

            @Override
            public int mutations() {
                return disk.changes();
            }
        };
    }
}
