package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.run.Host;
import dev.twinbox.engine.storage.Capabilities;
import dev.twinbox.engine.storage.Durability;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.List;

/** STUB. */
public final class MaildirStore implements MailStore {
    private final Disk disk;
    private final MaildirLocation location;
    private final String description;

    private MaildirStore(Disk disk, MaildirLocation location, String description) {
        this.disk = disk;
        this.location = location;
        this.description = description;
    }

    public static MaildirStore open(
            Disk disk,
            MaildirLocation location,
            String description,
            boolean readOnly,
            Durability durability,
            Clock clock,
            Host host,
            StoreReport report) {
        return new MaildirStore(disk, location, description);
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, false, location.separator());
    }

    @Override
    public boolean exists() throws IOException {
        return disk.statFollowing(location.root()).isPresent();
    }

    @Override
    public MailboxTree tree() {
        return new MailboxTree(List.of(), MailboxDeletes.NONE);
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        throw new MailboxGoneException("no such mailbox");
    }

    @Override
    public void apply(TreeChange change) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
