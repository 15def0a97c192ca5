package dev.twinbox.engine.storage.dbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.storage.account.AccountLocation;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A small sdbox, damaged in every way. */
class SdboxDamageTest extends DboxDamageContract {
    @Override
    AccountLocation.Format format() {
        return AccountLocation.Format.SDBOX;
    }

    /** As Dovecot 2.3.19 leaves small mailboxes: all is in the log. */
    private void byDovecot() throws IOException {
        for (DiskPath file : files()) {
            disk.unlink(file);
        }
        for (int number = 1; number <= MAILS; number++) {
            add("u." + number, "u." + number);
        }
        add("index.log", "dovecot.index.log");
    }

    private void add(String resource, String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/sdbox/" + resource));
                DiskFile file = disk.create(folder().resolve(name), Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap(in.readAllBytes()));
        }
    }

    @Test
    void mailboxOfDovecotIsRead() throws IOException {
        byDovecot();
        Said said = new Said();
        try (MailStore store = open(disk, true, said);
                Mailbox box = store.open(WORK)) {
            MailboxSnapshot table = box.snapshot();
            assertEquals(MAILS, table.size());
            assertEquals(new Flags(Flags.SEEN), table.flags(1).settable());
            assertEquals(Keywords.of(List.of("key2")), table.keywords(1));
            assertEquals(new Flags(Flags.FLAGGED), table.flags(2).settable());
            assertFalse(box.status().provisional());
            try (InputStream in = box.body(new Uid(3)).open()) {
                assertEquals(
                        "From: a@example.org\nSubject: mail 3\n\ntext 3\n",
                        new String(in.readAllBytes(), StandardCharsets.US_ASCII));
            }
        }
        assertEquals(List.of(), said.all);
    }

    @Test
    void logCutAnywhereIsSaid() throws IOException {
        byDovecot();
        DiskPath log = folder().resolve("dovecot.index.log");
        byte[] whole = disk.readAll(log, 1 << 20);
        for (int length = 0; length < whole.length; length++) {
            SimDisk damaged = disk.copy();
            write(damaged, log, Arrays.copyOf(whole, length));
            assertNothingIsLostInSilence(damaged, log + " cut to " + length);
        }
    }

    @Test
    void flippedBitIsSaidOrHarmless() throws IOException {
        flipBits();
        byDovecot();
        flipBits();
    }

    @Test
    void mailsOfALostIndexAreDelivered() throws IOException {
        for (DiskPath file : files()) {
            if (!new String(file.name(), StandardCharsets.US_ASCII).startsWith("u.")) {
                disk.unlink(file);
            }
        }
        Said said = new Said();
        Map<Long, byte[]> mails = read(disk, said);
        assertEquals(MAILS, mails.size());
        assertFalse(said.all.isEmpty());
        assertTrue(said.all.get(0).startsWith("DAMAGE"), said.all.toString());
        try (MailStore store = open(disk, true, said);
                Mailbox box = store.open(WORK)) {
            assertTrue(box.status().provisional());
            assertEquals(MAILS + 1, box.status().uidNext());
            assertEquals(2, box.snapshot().uid(1));
        }
    }
}
