package dev.twinbox.engine.session;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.storage.maildir.OpenMaildir;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Handshake.SyncType;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.transport.dsync.DsyncPeer;
import dev.twinbox.transport.link.StreamLink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * Whatever an initiator says to {@code dsync-server}: the run ends, nothing but the account is touched, and the account can be
 * read afterwards.
 */
public final class ResponderFuzz {
    static final int TIMEOUT_SECONDS = 5;
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final SimHost HOST = new SimHost("mail.example.org", 4242);

    private ResponderFuzz() {}

    /** An account with a few mails, always the same. */
    static SimDisk account() throws IOException {
        SimClock clock = new SimClock();
        SimDisk disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = open(disk, clock)) {
            store.apply(new TreeChange.Create(MailboxName.parse("Work/Sub", '/'), new MailboxGuid(5, 5), 77));
            store.apply(new TreeChange.Create(MailboxName.INBOX, new MailboxGuid(1, 7), 78));
        }
        DiskPath inbox = HOME.resolve("Maildir").resolve("cur");
        for (String mail : List.of("1.M1P1.mx:2,S", "2.M1P1.mx:2,")) {
            try (var file = disk.create(inbox.resolve(mail), 0600)) {
                file.append(ByteBuffer.wrap("Subject: x\n\nx\n".getBytes(StandardCharsets.US_ASCII)));
            }
        }
        return disk;
    }

    static MailStore open(SimDisk disk, SimClock clock) {
        return OpenMaildir.on(disk, AccountLocation.of(HOME.resolve("Maildir")), false, clock, HOST);
    }

    /** The account of which each try gets a copy. */
    static SimDisk prepared() {
        return Prepared.DISK.copy();
    }

    /** The responder's end of one run. */
    static void respond(SimDisk disk, StreamLink link) {
        try (MailStore store = open(disk, new SimClock())) {
            RemoteRun.respond(
                    store,
                    new DsyncPeer(Role.RESPONDER, link, TIMEOUT_SECONDS),
                    "mail.example.org",
                    ResponderFuzz::answer,
                    seconds -> () -> {},
                    new SilentObserver());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException, InterruptedException {
        SimDisk disk = prepared();
        respond(disk, new StreamLink("initiator", new ByteArrayInputStream(data), OutputStream.nullOutputStream()));
        mustHold(disk, DiskPath.of("/"), "home");
        mustHold(disk, HOME.parent(), "alice");
        mustHold(disk, HOME, "Maildir");
        try (MailStore store = open(disk, new SimClock())) {
            for (MailboxNode node : store.tree().mailboxes()) {
                try (Mailbox box = store.open(node.name())) {
                    box.snapshot();
                }
            }
        }
    }

    private static void mustHold(SimDisk disk, DiskPath folder, String only) throws IOException {
        List<String> names = disk.list(folder).stream()
                .map(name -> new String(name, StandardCharsets.ISO_8859_1))
                .toList();
        if (!names.equals(List.of(only))) {
            throw new AssertionError("in " + folder + " there is " + names);
        }
    }

    private static SyncOptions answer(Handshake asked) {
        MailFilter mails = new MailFilter(asked.sinceTime(), asked.untilTime(), asked.maxSize(), asked.flag());
        SyncType type = Objects.requireNonNullElse(asked.syncType(), SyncType.FULL);
        return new SyncOptions(
                type, MailboxFilter.ALL, mails, false, false, DeleteLimit.OFF, "mail.example.org", SyncState.EMPTY);
    }

    /** Made once. */
    private static final class Prepared {
        private static final SimDisk DISK = make();

        private static SimDisk make() {
            try {
                return account();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
