package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.run.SimHost;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.PlanBuilder;
import dev.twinbox.engine.storage.PlanBuilder.Values;
import dev.twinbox.engine.storage.Staging;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The file of a second copy of a mail says the mail's sizes, too. A Dovecot (2.3.19, measured) that copies a file whose name does
 * not say them, and has not counted them, takes the size with LF lines for that with CRLF lines.
 */
class SecondCopyTest {
    private static final MailboxName BOX = MailboxName.parse("Box", '/');
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final DiskPath FOLDER = HOME.resolve("Maildir").resolve(".Box");
    private static final byte[] MAIL = "a\n\n".getBytes(StandardCharsets.US_ASCII);

    private final SimClock clock = new SimClock();

    /** The names of the files of a mail that is saved with a GUID, then once more, and then copied. */
    private List<String> files(String guid) throws IOException {
        SimDisk disk = new SimDisk(clock).folders(HOME);
        try (MailStore store = new MaildirFixture(
                        disk, AccountLocation.of(HOME.resolve("Maildir")), clock, new SimHost("mail.example.org", 7))
                .open()) {
            store.apply(new TreeChange.Create(BOX, new MailboxGuid(1, 2), 77));
            try (Mailbox box = store.open(BOX);
                    Staging staging = box.stage()) {
                MailGuid mail = new MailGuid(guid);
                Values values = Values.of(1, 1_700_000_000);
                staging.save(mail, () -> new ByteArrayInputStream(MAIL), 1_700_000_000, Mailbox.Pop3.NONE);
                MailboxSnapshot basis = box.snapshot();
                PlanBuilder saves = new PlanBuilder(basis.status()).notExact();
                saves.save(1, mail, values).save(2, mail, values);
                assertEquals(Staging.Result.DONE, staging.commit(basis, saves.build()));
                MailboxSnapshot then = box.snapshot();
                PlanBuilder copy = new PlanBuilder(then.status()).notExact().copy(1, 3, values);
                assertEquals(Staging.Result.DONE, staging.commit(then, copy.build()));
            }
            store.flush();
        }
        List<String> names = new ArrayList<>();
        for (byte[] name : disk.list(FOLDER.resolve("cur"))) {
            names.add(new String(name, StandardCharsets.US_ASCII));
        }
        assertEquals(3, names.size());
        return names;
    }

    @Test
    void aCopysNameSaysTheSizesThatTheMailsDoes() throws IOException {
        for (String name : files("1700000001.M1P1.host,S=3,W=5")) {
            assertTrue(name.contains(",S=3,W=5:2,"), name);
        }
    }

    @Test
    void sizesThatAreNotKnownOrNotTrueAreNotSaid() throws IOException {
        for (String guid : List.of("1700000001.M1P1.host", "1700000001.M1P1.host,S=4,W=6")) {
            for (String name : files(guid)) {
                assertTrue(name.startsWith(guid + ":") || !name.contains(",S="), name);
            }
        }
    }
}
