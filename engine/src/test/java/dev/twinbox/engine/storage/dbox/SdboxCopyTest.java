package dev.twinbox.engine.storage.dbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A mail that an sdbox account has already becomes a second name of its file; one of another account does not. */
class SdboxCopyTest {
    private static final DiskPath HOMES = DiskPath.of("/home");
    private static final MailGuid GUID = new MailGuid("0123456789abcdef0123456789abcdef");
    private static final long DATE = 1_700_000_000;

    private final SimClock clock = new SimClock();
    private final SimDisk disk = new SimDisk(clock);

    private MailStore open(String user) throws IOException {
        disk.folders(HOMES.resolve(user));
        MailStore store = OpenDbox.on(
                disk,
                AccountLocation.of(
                        AccountLocation.Format.SDBOX, HOMES.resolve(user).resolve("mail")),
                false,
                clock,
                new SimHost("mail.example.org", 7));
        for (int i = 1; i <= 2; i++) {
            store.apply(new TreeChange.Create(name("Box" + i), new MailboxGuid(1, i), 77));
        }
        return store;
    }

    private static MailboxName name(String text) {
        return MailboxName.parse(text, '/');
    }

    private static void save(MailStore store, String mailbox, MailBody body, long received) throws IOException {
        try (Mailbox box = store.open(name(mailbox));
                Staging staging = box.stage()) {
            staging.save(GUID, body, received, Mailbox.Pop3.NONE);
            MailboxPlan.Save save = new MailboxPlan.Save(1, GUID, Flags.NONE, Keywords.NONE, 1, received, "test");
            staging.commit(
                    box.snapshot(),
                    new MailboxPlan(new MailboxPlan.Target(box.status().guid(), 77, 2, 1, 2, false), List.of(save)));
        }
        store.flush();
    }

    private Object file(String user, String mailbox) throws IOException {
        DiskPath path = HOMES.resolve(user).resolve("mail").resolve("mailboxes").resolve(mailbox);
        return disk.stat(path.resolve("dbox-Mails").resolve("u.1"))
                .orElseThrow()
                .fileKey();
    }

    @Test
    void secondNameIsMadeWithinAnAccountOnly() throws IOException {
        try (MailStore alice = open("alice");
                MailStore bob = open("bob")) {
            save(alice, "Box1", () -> new ByteArrayInputStream(new byte[] {'x', '\n'}), DATE);
            try (Mailbox box = alice.open(name("Box1"))) {
                box.snapshot();
                save(alice, "Box2", box.body(new Uid(1)), DATE);
                save(bob, "Box1", box.body(new Uid(1)), DATE);
            }
        }
        assertEquals(file("alice", "Box1"), file("alice", "Box2"));
        assertNotEquals(file("alice", "Box1"), file("bob", "Box1"));
    }

    @Test
    void mailWithAnotherDateIsCopied() throws IOException {
        try (MailStore alice = open("alice")) {
            save(alice, "Box1", () -> new ByteArrayInputStream(new byte[] {'x', '\n'}), DATE);
            try (Mailbox box = alice.open(name("Box1"))) {
                box.snapshot();
                save(alice, "Box2", box.body(new Uid(1)), DATE + 1);
            }
            try (Mailbox box = alice.open(name("Box2"))) {
                assertEquals(DATE + 1, box.snapshot().received(0));
            }
        }
        assertNotEquals(file("alice", "Box1"), file("alice", "Box2"));
    }
}
