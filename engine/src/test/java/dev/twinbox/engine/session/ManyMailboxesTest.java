package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.maildir.OpenMaildir;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A fast run opens only the mailboxes that changed, whatever the number of the others. */
@Tag("F119")
class ManyMailboxesTest {
    private static final int MAILBOXES = 1_000;
    private static final DiskPath LEFT = DiskPath.of("/home/left");
    private static final DiskPath RIGHT = DiskPath.of("/home/right");

    private final SimClock clock = new SimClock();
    private final SimDisk disk = new SimDisk(clock);

    /** Folders of mails that were listed in the last run. */
    private final Set<String> listed = new ConcurrentSkipListSet<>();

    private MailStore open(DiskPath home) {
        FaultDisk watched = new FaultDisk(disk).before((operation, path) -> {
            if (operation.startsWith("list") && path.toString().endsWith("/cur")) {
                listed.add(path.parent().toString());
            }
        });
        return OpenMaildir.on(
                watched, AccountLocation.of(home.resolve("Maildir")), false, clock, new SimHost("mail.example.org", 7));
    }

    private List<MailboxResult> sync() throws IOException, InterruptedException {
        listed.clear();
        clock.advanceMillis(10_000);
        LocalPeer.Pair pair = LocalPeer.pair(LocalPeer.CAPACITY_DEFAULT);
        SyncOptions options = new SyncOptions(
                SyncType.CHANGED, MailboxFilter.ALL, MailFilter.ALL, false, false, DeleteLimit.OFF, "test.example.org");
        try (MailStore left = open(LEFT);
                MailStore right = open(RIGHT)) {
            Outcome outcome = LocalRun.sync(
                    left,
                    right,
                    false,
                    pair.initiator(),
                    pair.responder(),
                    options,
                    new SilentObserver(),
                    new SilentObserver());
            assertEquals(Status.DONE, outcome.status(), outcome.reason());
            return outcome.mailboxes();
        }
    }

    private void deliver(String box, String file) throws IOException {
        DiskPath folder = LEFT.resolve("Maildir").resolve("." + box).resolve("new");
        try (DiskFile mail = disk.create(folder.resolve(file), Disk.FILE_MODE)) {
            mail.append(ByteBuffer.wrap("Subject: x\n\nx\n".getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void ofAThousandMailboxesOneIsOpened() throws Exception {
        disk.folders(LEFT).folders(RIGHT);
        disk.watches(false);
        try (MailStore left = open(LEFT)) {
            for (int i = 0; i < MAILBOXES; i++) {
                MailboxName name = MailboxName.parse("Box" + i, '/');
                left.apply(new TreeChange.Create(name, new MailboxGuid(1, i), 77));
                deliver(name.toString(), "1700000001.M" + i + "P1.host");
            }
        }
        sync();
        sync();
        assertEquals(Set.of(), listed, "nothing has changed");

        deliver("Box567", "1700000002.M1P1.host");
        List<MailboxResult> opened =
                sync().stream().filter(result -> !result.skipped()).toList();
        assertEquals(Set.of("/home/left/Maildir/.Box567", "/home/right/Maildir/.Box567"), listed);
        assertEquals(1, opened.stream().filter(result -> result.saved() == 1).count());
        assertEquals(
                Set.of("Box567"),
                Set.copyOf(opened.stream().map(r -> r.name().toString()).toList()));
    }
}
