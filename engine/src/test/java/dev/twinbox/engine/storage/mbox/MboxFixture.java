package dev.twinbox.engine.storage.mbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.index.SyncMarks;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.PlanningUser;
import dev.twinbox.engine.storage.StoreFixture;
import dev.twinbox.engine.storage.StoreUser;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** One account of mbox files on any disk. */
final class MboxFixture implements StoreFixture {
    /** Each commit watches the exchanged file for late deliveries for some tenths of a second. */
    private static final int REAL_TIME_MAILBOXES = 4;

    private final FaultDisk disk;
    private final AccountLocation location;
    private final Clock clock;
    private final Host host;

    MboxFixture(Disk disk, AccountLocation location, Clock clock, Host host) {
        this.disk = new FaultDisk(disk);
        this.location = location;
        this.clock = clock;
        this.host = host;
    }

    @Override
    public MailStore open() {
        return OpenMbox.on(disk, location, false, clock, host);
    }

    @Override
    public MailStore openForReading() {
        return OpenMbox.on(new FaultDisk(disk).readOnly(), location, true, clock, host);
    }

    @Override
    public int randomMailboxes(int enough) {
        return clock instanceof SimClock ? enough : Math.min(enough, REAL_TIME_MAILBOXES);
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

    /** A mail's GUID is what its header comes to. */
    @Override
    public boolean keepsGuid(MailGuid guid) {
        return false;
    }

    /** None of the contract's mails has a header that counts. */
    @Override
    public MailGuid guidOf(MailGuid wanted, byte[] mail) {
        MessageDigest digest = HeaderMd5.md5();
        digest.update(HeaderMd5.OF_NOTHING.getBytes(StandardCharsets.US_ASCII));
        return new MailGuid(HexFormat.of().formatHex(digest.digest(mail)));
    }

    /** A mail that begins with a From_ line loses it; one that ends in CR gets a LF. */
    @Override
    public byte[] asKept(byte[] mail) {
        String text = new String(mail, StandardCharsets.ISO_8859_1);
        if (text.endsWith("\r")) {
            return (text + "\n").getBytes(StandardCharsets.ISO_8859_1);
        }
        String from = "From nobody Thu Jan  1 00:00:00 1970\n";
        return text.startsWith(from) ? Arrays.copyOfRange(mail, from.length(), mail.length) : mail;
    }

    @Override
    public boolean mailboxesHaveChildren() {
        return false;
    }

    @Override
    public boolean keepsPop3() {
        return false;
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
                    || name.endsWith(".spool")
                    || name.endsWith(".lock")
                    || name.endsWith(".tmp")
                    || name.contains(".newlock")) {
                left.add(path.toString());
            }
        }
    }
}
