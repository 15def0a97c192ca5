package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.SyncMarks;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.PlanningUser;
import dev.twinbox.engine.storage.StoreFixture;
import dev.twinbox.engine.storage.StoreUser;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One Maildir account on any disk. */
final class MaildirFixture implements StoreFixture {
    private final FaultDisk disk;
    private final AccountLocation location;
    private final Clock clock;
    private final Host host;

    MaildirFixture(Disk disk, AccountLocation location, Clock clock, Host host) {
        this.disk = new FaultDisk(disk);
        this.location = location;
        this.clock = clock;
        this.host = host;
    }

    @Override
    public MailStore open() {
        return open(disk, false);
    }

    @Override
    public MailStore openForReading() {
        return open(new FaultDisk(disk).readOnly(), true);
    }

    @Override
    public StoreUser user() {
        return new PlanningUser(work -> {
            DiskPath home = location.root().parent();
            SyncMarks marks = new SyncMarks(disk, home);
            try (MailStore store = open()) {
                work.on(store);
            }
            marks.takeOff();
        });
    }

    private MailStore open(Disk through, boolean readOnly) {
        return OpenMaildir.on(through, location, readOnly, clock, host);
    }

    /** A colon ends the base name, so such a GUID is known by its 128-bit form. */
    @Override
    public boolean keepsGuid(MailGuid guid) {
        return guid.value().indexOf(':') < 0;
    }

    @Override
    public void checkClean() throws IOException {
        assertEquals(0, disk.openFiles(), "open files");
        List<String> left = new ArrayList<>();
        collect(location.root(), left);
        assertEquals(List.of(), left, "left behind");
    }

    private void collect(DiskPath folder, List<String> left) throws IOException {
        if (disk.stat(folder).isEmpty()) {
            return;
        }
        boolean tmp = new String(folder.name(), StandardCharsets.UTF_8).equals("tmp");
        for (byte[] entry : disk.list(folder)) {
            String name = new String(entry, StandardCharsets.UTF_8);
            DiskPath path = folder.resolve(entry);
            if (disk.stat(path).map(FileInfo::isFolder).orElse(false)) {
                collect(path, left);
            } else if (tmp || name.endsWith(".lock") || name.endsWith(".tmp") || name.contains(".newlock")) {
                left.add(path.toString());
            }
        }
    }
}
