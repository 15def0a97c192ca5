package dev.twinbox.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.maildir.OpenMaildir;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.transport.link.LocalPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run in which one side's {@code subscriptions} file says nothing that can be understood. */
class UnreadableSubscriptionsTest {
    private static final DiskPath SOURCE = DiskPath.of("/home/alice/Maildir");
    private static final DiskPath REPLICA = DiskPath.of("/home/alice/replica");

    private final SimClock clock = new SimClock();
    private final SimHost host = new SimHost("mail.example.org", 4242);
    private SimDisk disk = new SimDisk(clock);

    @BeforeEach
    void aReplicaInStep() throws IOException, InterruptedException {
        disk = new SimDisk(clock).folders(SOURCE.parent());
        try (MailStore source = open(disk, SOURCE, false)) {
            create(source, "A", 1);
            create(source, "B", 2);
            source.apply(new TreeChange.Subscribe(name("A"), 0));
            source.apply(new TreeChange.Subscribe(name("Gone"), 0));
        }
        assertEquals(Outcome.Status.DONE, backup(disk, false).status());
        assertEquals(Set.of("A", "Gone"), subscribed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"V\t9\n\nA\n", "\u0001\u0002\u00ff\n\u00fe\n", "A\nB\0\n"})
    void theDestinationKeepsItsSubscriptionsAndTheRestIsMirrored(String garbage) throws Exception {
        write(SOURCE, garbage);
        addMailbox();
        Outcome outcome = backup(disk, false);
        assertEquals(Outcome.Status.DAMAGED, outcome.status());
        assertTrue(String.valueOf(outcome.reason()).contains(SOURCE + "/subscriptions"), outcome.reason());
        assertEquals(Set.of("A", "Gone"), subscribed());
        assertEquals(Set.of("A", "B", "C"), mailboxes());
    }

    @Test
    void aDryRunPlansNoChangeOfSubscriptions() throws Exception {
        write(SOURCE, "V\t9\n\nA\n");
        Outcome outcome = backup(disk, true);
        assertEquals(Outcome.Status.DAMAGED, outcome.status());
        assertEquals(0, outcome.treeChanges());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/home/alice/Maildir", "/home/alice/replica"})
    void aFileThatMayNotBeReadCostsOnlyTheSubscriptions(String side) throws Exception {
        addMailbox();
        try (MailStore source = open(disk, SOURCE, false)) {
            source.apply(new TreeChange.Unsubscribe(name("A"), 0));
        }
        Disk closed = new FaultDisk(disk).before((operation, path) -> {
            if (path.equals(DiskPath.of(side + "/subscriptions"))) {
                throw new AccessDeniedException(path.toString());
            }
        });
        Outcome outcome = backup(closed, false);
        assertEquals(Outcome.Status.NO_PERMISSION, outcome.status());
        assertEquals(Set.of("A", "Gone"), subscribed());
        assertEquals(Set.of("A", "B", "C"), mailboxes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"V\t9\n\nA\n", "\u0001\u0002\u00ff\n\u00fe\n"})
    void aDamagedFileAtTheDestinationIsReplaced(String garbage) throws Exception {
        write(REPLICA, garbage);
        assertEquals(Outcome.Status.DONE, backup(disk, false).status());
        assertEquals(Set.of("A", "Gone"), subscribed());
    }

    private void addMailbox() throws IOException {
        try (MailStore source = open(new FaultDisk(disk), SOURCE, false)) {
            create(source, "C", 3);
        }
    }

    private static void create(MailStore store, String mailbox, long guid) throws IOException {
        store.apply(new TreeChange.Create(name(mailbox), new MailboxGuid(7, guid), 1_795_303_655));
    }

    private void write(DiskPath account, String text) throws IOException {
        DiskPath file = account.resolve("subscriptions");
        disk.unlink(file);
        try (DiskFile open = disk.create(file, Disk.FILE_MODE)) {
            open.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    private Set<String> subscribed() throws IOException {
        Set<String> names = new TreeSet<>();
        try (MailStore replica = open(disk, REPLICA, true)) {
            for (MailboxNode node : replica.tree().nodes()) {
                if (node.subscribed()) {
                    names.add(node.name().toString());
                }
            }
        }
        return names;
    }

    private Set<String> mailboxes() throws IOException {
        Set<String> names = new TreeSet<>();
        try (MailStore replica = open(disk, REPLICA, true)) {
            for (MailboxNode node : replica.tree().mailboxes()) {
                names.add(node.name().toString());
            }
        }
        return names;
    }

    private Outcome backup(Disk on, boolean dryRun) throws IOException, InterruptedException {
        LocalPeer.Pair peers = LocalPeer.pair(16);
        SyncOptions options = new SyncOptions(
                SyncType.CHANGED, MailboxFilter.ALL, MailFilter.ALL, false, dryRun, DeleteLimit.OFF, "alpha");
        try (MailStore source = open(on, SOURCE, true);
                MailStore replica = open(on, REPLICA, dryRun)) {
            return LocalRun.backup(
                    source, replica, peers.initiator(), peers.responder(), options, new SilentObserver());
        }
    }

    private MailStore open(Disk on, DiskPath root, boolean readOnly) {
        return OpenMaildir.on(on, AccountLocation.of(root), readOnly, clock, host);
    }

    private static MailboxName name(String text) {
        return MailboxName.parse(text, '/');
    }
}
