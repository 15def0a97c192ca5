package dev.twinbox.engine.storage.dbox;

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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One sdbox or mdbox account on any disk. */
final class DboxFixture implements StoreFixture {
    private final FaultDisk disk;
    private final AccountLocation location;
    private final Clock clock;
    private final Host host;

    DboxFixture(Disk disk, AccountLocation location, Clock clock, Host host) {
        this.disk = new FaultDisk(disk);
        this.location = location;
        this.clock = clock;
        this.host = host;
    }

    @Override
    public MailStore open() {
        return OpenDbox.on(disk, location, false, clock, host);
    }

    @Override
    public MailStore openForReading() {
        return OpenDbox.on(new FaultDisk(disk).readOnly(), location, true, clock, host);
    }

    /** In an mdbox both are one body, of which the index tells as much as it can. */
    @Override
    public boolean tellsCopiesByPop3() {
        return location.format() != AccountLocation.Format.MDBOX;
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
        for (byte[] entry : disk.list(folder)) {
            String name = new String(entry, StandardCharsets.UTF_8);
            DiskPath path = folder.resolve(entry);
            if (disk.stat(path).map(FileInfo::isFolder).orElse(false)) {
                collect(path, left);
            } else if (name.startsWith(".temp.")
                    || name.startsWith("kept-")
                    || name.endsWith(".lock")
                    || name.endsWith(".tmp")
                    || name.contains(".newlock")) {
                left.add(path.toString());
            }
        }
    }
}
