package dev.twinbox.engine.storage.dbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.SimDisk;
import dev.twinbox.engine.run.SimClock;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.protocol.item.MailGuid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The codec of dbox files. */
class DboxFileTest {
    private static final DiskPath HOME = DiskPath.of("/home/alice");
    private static final DiskPath FILE = HOME.resolve("u.1");

    /** Written by Dovecot 2.3.19. */
    private static final String BY_DOVECOT = """
            2 M1e C6b03051f
            \001\002N          0000000000000031
            From: a@b
            Subject: t1
            Message-ID: <m1@x>

            body 1

            \001\003
            R6b03051f
            V36
            G0e2f16041f05036b9761000083ecc375

            """;

    private Disk disk = new SimDisk(new SimClock());

    @BeforeEach
    void setUp() throws IOException {
        disk = new SimDisk(new SimClock()).folders(HOME);
    }

    private DboxMessage read(byte[] bytes) throws IOException {
        if (disk.stat(FILE).isPresent()) {
            disk.unlink(FILE);
        }
        try (DiskFile file = disk.create(FILE, Disk.FILE_MODE)) {
            file.append(ByteBuffer.wrap(bytes));
            return DboxMessage.readFirst(file);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void fileOfDovecotIsRead() throws IOException {
        DboxMessage message = read(bytes(BY_DOVECOT));
        assertEquals(46, message.start());
        assertEquals(49, message.size());
        assertEquals(BY_DOVECOT.length(), message.end());
        assertEquals(
                new MailGuid("0e2f16041f05036b9761000083ecc375"),
                message.metadata().guid());
        assertEquals(0x6b03051fL, message.metadata().received());
        assertEquals(0x36, message.metadata().virtualSize());
        assertEquals(DboxMetadata.UNKNOWN, message.metadata().plainSize());
        assertEquals(Pop3.NONE, message.metadata().pop3());
        assertNull(message.metadata().attachments());
    }

    @Test
    void sameFileIsWritten() throws IOException {
        try (DiskFile file = disk.create(FILE, Disk.FILE_MODE)) {
            byte[] mail = bytes(BY_DOVECOT.substring(46, 95));
            new DboxWriter()
                    .append(
                            file,
                            0,
                            DboxHeaders.fileHeader(0x6b03051fL),
                            () -> new ByteArrayInputStream(mail),
                            new DboxMetadata.Builder()
                                    .guid(new MailGuid("0e2f16041f05036b9761000083ecc375"))
                                    .received(0x6b03051fL));
            assertEquals(BY_DOVECOT, new String(file.readAll(1000), StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void mailsOfEverySizeAndTheirMetadataComeBack() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        DboxWriter writer = new DboxWriter();
        for (int size : new int[] {0, 1, 4000, 4050, 4096, 5000, 65_535, 65_536, 65_537, 70_000, 131_072, 300_000}) {
            byte[] mail = new byte[size];
            random.nextBytes(mail);
            for (int pop : new int[] {0, 3, 2000, 20_000}) {
                disk = new SimDisk(new SimClock()).folders(HOME);
                DboxMetadata.Builder metadata = new DboxMetadata.Builder()
                        .guid(new MailGuid("ümlaut and blank"))
                        .received(7)
                        .mailbox("Work")
                        .pop3(new Pop3("x".repeat(pop), pop));
                try (DiskFile file = disk.create(FILE, Disk.FILE_MODE)) {
                    byte[] header = DboxHeaders.fileHeader(1);
                    DboxWriter.Written written =
                            writer.append(file, 0, header, () -> new ByteArrayInputStream(mail), metadata);
                    assertEquals(size, written.size());
                    DboxMessage message = DboxMessage.readFirst(file);
                    assertEquals(header.length + written.length(), message.end());
                    assertEquals(file.size(), message.end());
                    assertEquals(size, message.size());
                    assertEquals(
                            new MailGuid("ümlaut and blank"), message.metadata().guid());
                    assertEquals(
                            new Pop3("x".repeat(pop), pop), message.metadata().pop3());
                    assertEquals("Work", message.metadata().mailbox());
                    ByteBuffer back = ByteBuffer.allocate(size);
                    while (back.hasRemaining() && file.read(back, message.start() + back.position()) > 0) {
                        // Goes on until all is read.
                    }
                    assertArrayEquals(mail, back.array());
                    DboxMessage again = DboxMessage.readAt(file, header.length, DboxHeaders.MESSAGE_SIZE);
                    assertEquals(message.end(), again.end());
                }
            }
        }
    }

    @Test
    void unknownLinesAreKept() throws IOException {
        byte[] file = bytes(BY_DOVECOT.replace("V36\n", "V36\nQwhat is this\nX1 2 B76 a/b\nZff\n"));
        DboxMetadata metadata = read(file).metadata();
        assertEquals("1 2 B76 a/b", metadata.attachments());
        assertEquals(0xff, metadata.plainSize());
        String again = new String(metadata.toBuilder().received(1).build().toBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(again.contains("\nQwhat is this\n"), again);
        assertTrue(again.contains("\nX1 2 B76 a/b\n"), again);
        assertTrue(again.contains("\nR1\n"), again);
    }

    @Test
    void fileCutAnywhereIsDamaged() {
        byte[] whole = bytes(BY_DOVECOT);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            assertThrows(CorruptStoreException.class, () -> read(cut), "cut to " + length);
        }
    }

    @Test
    void hostileHeadersAreRefused() {
        for (String header : new String[] {
            "3 M1e C1\n",
            "2 M0 C1\n",
            "2 C1\n",
            "2 Mffff C1\n",
            "2 M-1 C1\n",
            "2 M1e Cxyz\n",
            "\n",
            "2 M1e" + " ".repeat(300) + "\n"
        }) {
            assertThrows(CorruptStoreException.class, () -> read(bytes(header + BY_DOVECOT.substring(16))), header);
        }
        for (String size :
                new String[] {"FFFFFFFFFFFFFFFF", "7FFFFFFFFFFFFFFF", "8000000000000000", "000000000000003g"}) {
            byte[] file = bytes(BY_DOVECOT.replace("0000000000000031", size));
            assertThrows(CorruptStoreException.class, () -> read(file), size);
        }
    }

    @Test
    void endlessMetadataIsRefused() {
        byte[] file =
                bytes(BY_DOVECOT.substring(0, BY_DOVECOT.length() - 1) + "Qx\n".repeat(DboxMetadata.SIZE_MAX / 2));
        assertThrows(CorruptStoreException.class, () -> read(file));
    }
}
