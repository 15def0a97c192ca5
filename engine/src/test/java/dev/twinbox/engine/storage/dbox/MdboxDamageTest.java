package dev.twinbox.engine.storage.dbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A small mdbox, damaged in every way. */
class MdboxDamageTest extends DboxDamageContract {
    @Override
    AccountLocation.Format format() {
        return AccountLocation.Format.MDBOX;
    }

    private static DiskPath storage() {
        return HOME.resolve("mail").resolve("storage");
    }

    @Override
    List<DiskPath> files() throws IOException {
        List<DiskPath> files = new ArrayList<>(super.files());
        files.addAll(files(storage()));
        return files;
    }

    /** As Dovecot 2.3.19 leaves small accounts: all is in the logs, and a mail may be in two mailboxes. */
    private void byDovecot() throws IOException {
        for (DiskPath file : files()) {
            disk.unlink(file);
        }
        DiskPath inbox = folder().parent().parent().resolve("INBOX");
        disk.makeFolder(inbox, Disk.FOLDER_MODE);
        disk.makeFolder(inbox.resolve("dbox-Mails"), Disk.FOLDER_MODE);
        add("m.1", storage().resolve("m.1"));
        add("map.log", storage().resolve("dovecot.map.index.log"));
        add("work.log", folder().resolve("dovecot.index.log"));
        add("inbox.log", inbox.resolve("dbox-Mails").resolve("dovecot.index.log"));
    }

    private void add(String resource, DiskPath to) throws IOException {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/mdbox/" + resource));
                DiskFile file = disk.create(to, Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap(in.readAllBytes()));
        }
    }

    @Test
    void accountOfDovecotIsRead() throws IOException {
        byDovecot();
        Said said = new Said();
        assertEquals(MAILS, read(disk, said).size());
        try (MailStore store = open(disk, true, said);
                Mailbox box = store.open(WORK);
                Mailbox inbox = store.open(MailboxName.INBOX)) {
            MailboxSnapshot table = box.snapshot();
            assertEquals(new Flags(Flags.SEEN), table.flags(1).settable());
            assertEquals(Keywords.of(List.of("key2")), table.keywords(1));
            assertEquals(new Flags(Flags.FLAGGED), table.flags(2).settable());
            assertFalse(box.status().provisional());
            assertEquals(table.guid(1), inbox.snapshot().guid(0));
            try (InputStream in = inbox.body(new Uid(1)).open()) {
                assertEquals(
                        "From: a@example.org\nSubject: mail 2\n\ntext 2\n",
                        new String(in.readAllBytes(), StandardCharsets.US_ASCII));
            }
        }
        assertEquals(List.of(), said.all);
    }

    @Test
    void logCutAnywhereIsSaid() throws IOException {
        byDovecot();
        for (DiskPath log : files()) {
            byte[] whole = disk.readAll(log, 1 << 20);
            for (int length = 0; length < whole.length; length++) {
                SimDisk damaged = disk.copy();
                write(damaged, log, Arrays.copyOf(whole, length));
                assertNothingIsLostInSilence(damaged, log + " cut to " + length);
            }
        }
    }

    @Test
    void flippedBitIsSaidOrHarmless() throws IOException {
        flipBits();
        byDovecot();
        flipBits();
    }

    @Test
    void mailsOfALostMapAreDelivered() throws IOException {
        for (DiskPath file : files(storage())) {
            if (new String(file.name(), StandardCharsets.US_ASCII).startsWith(MdboxMap.PREFIX)) {
                disk.unlink(file);
            }
        }
        Said said = new Said();
        Map<Long, byte[]> mails = read(disk, said);
        assertEquals(MAILS, mails.size());
        assertFalse(said.all.isEmpty());
        assertTrue(said.all.get(0).contains("force-resync"), said.all.toString());
    }

    @Test
    void lostMailboxIsNotTakenForAnEmptyOne() throws IOException {
        for (DiskPath file : files(folder())) {
            disk.unlink(file);
        }
        Said said = new Said();
        IOException e = assertThrows(IOException.class, () -> read(disk, said));
        assertTrue(String.valueOf(e.getMessage()).contains("force-resync"), e.getMessage());
        assertFalse(said.all.isEmpty());
    }
}
