package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FaultDisk;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mails of a mailbox that others change while it is read. */
class WhereaboutsTest {
    private static final DiskPath MAILDIR = DiskPath.of("/home/alice/Maildir");
    private static final DiskPath CUR = MAILDIR.resolve("cur");
    private static final int MAILS = 400;

    private final SimClock clock = new SimClock();
    private SimDisk disk = new SimDisk(clock);
    private final AtomicInteger listings = new AtomicInteger();

    @BeforeEach
    void aMailbox() throws IOException {
        disk = new SimDisk(clock).folders(CUR).folders(MAILDIR.resolve("new")).folders(MAILDIR.resolve("tmp"));
        for (int mail = 1; mail <= MAILS; mail++) {
            try (var file = disk.create(file(mail, ""), 0600)) {
                file.append(ByteBuffer.wrap(("mail " + mail).getBytes(StandardCharsets.US_ASCII)));
            }
        }
        clock.sleepMillis(5_000);
    }

    @Test
    void aMailboxWhoseMailsAreAllRenamedIsNotListedForEachOfThem() throws IOException {
        reading(box -> {
            for (int mail = 1; mail <= MAILS; mail++) {
                disk.rename(file(mail, ""), file(mail, "S"));
            }
            for (int mail = 1; mail <= MAILS; mail++) {
                assertEquals("mail " + mail, text(box, mail));
            }
        });
        assertTrue(listings.get() < 20, listings + " listings");
    }

    @Test
    void aMailboxWhoseMailsAreAllExpungedIsNotListedForEachOfThem() throws IOException {
        reading(box -> {
            for (int mail = 2; mail <= MAILS; mail++) {
                disk.unlink(file(mail, ""));
            }
            assertEquals("mail 1", text(box, 1));
            for (int mail = 2; mail <= MAILS; mail++) {
                int each = mail;
                assertThrows(BodyGoneException.class, () -> text(box, each));
                assertThrows(BodyGoneException.class, () -> box.received(new Uid(each)));
            }
        });
        assertTrue(listings.get() < 30, listings + " listings");
    }

    @Test
    void aMailIsFoundAsOftenAsItIsRenamed() throws IOException {
        reading(box -> {
            String flags = "";
            for (String next : new String[] {"S", "FS", "S", "", "T", "S"}) {
                disk.rename(file(7, flags), file(7, next));
                flags = next;
                assertEquals("mail 7", text(box, 7));
                assertEquals("mail 8", text(box, 8));
            }
        });
    }

    @Test
    void aMailThatIsRenamedWhenItIsBeingLookedForIsNotGone() throws IOException {
        AtomicInteger renames = new AtomicInteger();
        FaultDisk racing = new FaultDisk(disk).before((operation, path) -> {
            // Another flag just before each attempt to open it, five times.
            if (operation.equals("openRead") && path.toString().contains(".M7P1.") && renames.get() < 5) {
                int done = renames.getAndIncrement();
                disk.rename(file(7, "FRST".substring(0, done)), file(7, "FRSTx".substring(0, done + 1)));
            }
        });
        read(racing, box -> assertEquals("mail 7", text(box, 7)));
        assertEquals(5, renames.get());
    }

    private interface Reader {
        void read(Mailbox box) throws IOException;
    }

    private void reading(Reader reader) throws IOException {
        read(
                new FaultDisk(disk).before((operation, path) -> {
                    if (operation.equals("list") && path.equals(CUR)) {
                        listings.incrementAndGet();
                    }
                }),
                reader);
    }

    private void read(FaultDisk through, Reader reader) throws IOException {
        try (MailStore store = OpenMaildir.on(
                        through, AccountLocation.of(MAILDIR), true, clock, new SimHost("mail.example.org", 7));
                Mailbox box = store.open(MailboxName.INBOX)) {
            assertEquals(MAILS, box.snapshot().size());
            reader.read(box);
        }
    }

    private static String text(Mailbox box, int mail) throws IOException {
        try (InputStream in = box.body(new Uid(mail)).open()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static DiskPath file(int mail, String flags) {
        return CUR.resolve(1_700_000_000L + mail + ".M" + mail + "P1.host:2," + flags);
    }
}
