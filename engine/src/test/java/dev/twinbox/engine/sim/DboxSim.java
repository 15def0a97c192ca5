package dev.twinbox.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.index.SyncMarks;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.PlanBuilder;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.account.AccountLocation.Format;
import dev.twinbox.engine.storage.dbox.OpenDbox;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An sdbox or mdbox on a disk in memory. Nobody but a mail server changes one; so its user works by plans, whose records in
 * the logs are then made to look like a server's. What the user does is durable at once.
 */
final class DboxSim implements OnDisk {
    private static final DiskPath HOMES = DiskPath.of("/home");

    private long nextProcess = 4242;
    private final Clock clock;
    private final DiskPath home;
    private final AccountLocation location;
    private SimDisk disk;
    private @Nullable FaultDisk faulty;

    /** An empty account. */
    DboxSim(String name, Format format, Clock clock) throws IOException {
        this(name, AccountLocation.of(format, HOMES.resolve(name).resolve("mail")), clock);
    }

    private DboxSim(String name, AccountLocation location, Clock clock) throws IOException {
        this.clock = clock;
        this.home = HOMES.resolve(name);
        this.disk = new SimDisk(clock).folders(home);
        this.location = location;
    }

    /** An empty account whose mailboxes are listed in {@code dovecot.list.index}. */
    static DboxSim listed(String name, Format format, Clock clock) throws IOException {
        return new DboxSim(
                name, AccountLocation.listed(format, HOMES.resolve(name).resolve("mail")), clock);
    }

    @Override
    public SimDisk disk() {
        return disk;
    }

    @Override
    public void use(SimDisk other, @Nullable FaultDisk through) {
        disk = other;
        faulty = through;
    }

    private MailStore open(Disk through, boolean readOnly) {
        return OpenDbox.on(through, location, readOnly, clock, new SimHost("mail.example.org", nextProcess++));
    }

    @Override
    public MailStore openForWriting() {
        FaultDisk through = faulty;
        return open(through == null ? disk : through, false);
    }

    @Override
    public MailStore openForReading() {
        return open(new FaultDisk(disk).readOnly(), true);
    }

    private interface Change {
        void make(MailboxSnapshot basis, Staging staging, PlanBuilder plan) throws IOException;
    }

    private void change(MailboxName mailbox, Change change) throws IOException {
        SyncMarks marks = new SyncMarks(disk, home);
        try (MailStore store = open(disk, false);
                Mailbox box = store.open(mailbox);
                Staging staging = box.stage()) {
            MailboxSnapshot basis = box.detailedSnapshot();
            PlanBuilder plan = new PlanBuilder(basis.status()).notExact();
            change.make(basis, staging, plan);
            assertEquals(Staging.Result.DONE, staging.commit(basis, plan.build()));
            store.flush();
        }
        marks.takeOff();
        disk.syncFileSystem(home);
    }

    @Override
    public void deliver(MailboxName folder, MailGuid mail, byte[] content, long received) throws IOException {
        change(folder, (basis, staging, plan) -> {
            staging.save(mail, () -> new ByteArrayInputStream(content), received, Mailbox.Pop3.NONE);
            plan.save(basis.status().uidNext(), mail, Values.of(1, received));
        });
    }

    @Override
    public void mark(MailboxName folder, long uid, MailGuid mail, String word, boolean on) throws IOException {
        change(folder, (basis, staging, plan) -> {
            int row = basis.rowOf(uid);
            int bits = basis.flags(row).settable().bits();
            List<String> words = new ArrayList<>(basis.keywords(row).names());
            if (word.startsWith("\\")) {
                bits = on ? bits | MemorySim.bit(word) : bits & ~MemorySim.bit(word);
            } else {
                words.remove(word);
                if (on) {
                    words.add(word);
                }
            }
            plan.update(uid, new Values(new Flags(bits), Keywords.of(words), 1, basis.received(row)));
        });
    }

    @Override
    public void expunge(MailboxName folder, long uid, MailGuid mail) throws IOException {
        change(folder, (basis, staging, plan) -> plan.expunge(uid, basis.guid(basis.rowOf(uid))));
    }

    @Override
    public boolean copy(MailboxName folder, long uid, MailGuid mail, MailboxName to) throws IOException {
        byte[] content;
        Values values;
        MailGuid guid;
        try (MailStore store = openForReading();
                Mailbox box = store.open(folder)) {
            MailboxSnapshot table = box.detailedSnapshot();
            int row = table.rowOf(uid);
            guid = table.guid(row);
            values = new Values(table.flags(row).settable(), table.keywords(row), 1, table.received(row));
            MailBody body = box.body(new Uid(uid));
            try (InputStream in = body.open()) {
                content = in.readAllBytes();
            }
        }
        change(to, (basis, staging, plan) -> {
            staging.save(guid, () -> new ByteArrayInputStream(content), values.received(), Mailbox.Pop3.NONE);
            plan.save(basis.status().uidNext(), guid, values);
        });
        return true;
    }
}
