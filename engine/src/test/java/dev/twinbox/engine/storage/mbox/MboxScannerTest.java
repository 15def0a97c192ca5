package dev.twinbox.engine.storage.mbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mutations;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Where mails begin and end, and what they say, as Dovecot 2.3.19 has it (measured). */
class MboxScannerTest {
    private static final String FROM = "From a Sun Nov 22 15:06:34 2026\n";

    private static FileWindow window(byte[] file) {
        return new FileWindow(
                (into, position) -> {
                    if (position >= file.length) {
                        return -1;
                    }
                    int count = Math.min(into.remaining(), file.length - (int) position);
                    into.put(file, (int) position, count);
                    return count;
                },
                file.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<MboxMail> scan(byte[] file) throws IOException {
        return new MboxScanner(window(file), ZoneOffset.UTC, HeaderMd5.Mode.APOP3D, -1).scan();
    }

    private static List<String> mails(byte[] file) throws IOException {
        List<String> found = new ArrayList<>();
        for (MboxMail mail : scan(file)) {
            found.add(new String(new MailStream(window(file), mail).readAllBytes(), StandardCharsets.ISO_8859_1));
        }
        return found;
    }

    private static void assertMails(String file, String... mails) throws IOException {
        assertEquals(List.of(mails), mails(bytes(file)), file);
    }

    @Test
    void mailsEndAtTheLineEndBeforeTheNext() throws IOException {
        assertMails(FROM + "S: 1\n\nx\n\n" + FROM + "S: 2\n\ny\n", "S: 1\n\nx\n", "S: 2\n\ny");
        assertMails(FROM + "S: 1\n\nx\n" + FROM + "S: 2\n\ny", "S: 1\n\nx", "S: 2\n\ny");
        assertMails(FROM + "S: 1\n\nx\n\n\n", "S: 1\n\nx\n\n");
        assertMails(
                FROM + "S: 1\n\nFrom me\n>From you\n\n" + FROM + "S: 2\n\n", "S: 1\n\nFrom me\n>From you\n", "S: 2\n");
    }

    @Test
    void aMailMayBeNoMoreThanAHeader() throws IOException {
        assertMails(FROM + "S: 1\n" + FROM + "S: 2\n\nx\n", "S: 1", "S: 2\n\nx");
        assertMails(FROM + "S: 1\n\n" + FROM + "S: 2", "S: 1\n", "S: 2");
        assertMails(FROM + "S: 1\n\n\n" + FROM, "S: 1\n\n", "");
        assertMails("");
    }

    @Test
    void contentLengthIsBelievedWhereItLeadsToAMail() throws IOException {
        String body = "x\n\n" + FROM + "S: in\n";
        assertMails(
                FROM + "Content-Length: " + body.length() + "\nS: 1\n\n" + body + "\n" + FROM + "S: 2\n\ny\n",
                "S: 1\n\n" + body,
                "S: 2\n\ny");
        assertMails(FROM + "S: 1\nContent-Length: 1\n\nx\n", "S: 1\n\nx");
        assertMails(FROM + "S: 1\nContent-Length: 1\n\nx", "S: 1\n\nx");
        for (String wrong : List.of("0", "1", "3", "100", "999999999999999999", "-1", "x", "")) {
            assertMails(
                    FROM + "S: 1\nContent-Length: " + wrong + "\n\nx\n\n" + FROM + "S: 2\n\ny\n",
                    "S: 1\n\nx\n",
                    "S: 2\n\ny");
        }
    }

    @Test
    void crlfFilesAreRead() throws IOException {
        String file = FROM + "S: 1\nX-UID: 4\n\nx\n\n" + FROM + "S: 2\n\ny\n";
        assertMails(file.replace("\n", "\r\n"), "S: 1\r\n\r\nx\r\n", "S: 2\r\n\r\ny");
    }

    @Test
    void hiddenLinesAreRead() throws IOException {
        MboxMail mail = scan(bytes(FROM
                        + "X-IMAPbase: 7 0000000009 aa bb\nstatus: RO\nX-STATUS: AT\nX-Keywords:   aa  bb  \nX-UID : 5\n"
                        + " goes on\nS: 1\n\nx\n"))
                .get(0);
        assertEquals(new MboxBase(7, 9, List.of("aa", "bb"), false), mail.base());
        assertEquals(Flags.SEEN | Flags.ANSWERED | Flags.DRAFT, mail.flags());
        assertTrue(mail.old());
        assertEquals(List.of("aa", "bb"), mail.keywords());
        assertEquals(5, mail.uid());
    }

    @Test
    void numbersOfTheMailboxAreInTheFirstMailAndBeforeItsUid() throws IOException {
        List<MboxMail> mails =
                scan(bytes(FROM + "X-UID: 1\nX-IMAPbase: 7 9\n\nx\n\n" + FROM + "X-IMAPbase: 8 9\nX-UID: 2\n\n"));
        assertEquals(0, mails.get(0).uid());
        assertEquals(7, java.util.Objects.requireNonNull(mails.get(0).base()).uidValidity());
        assertEquals(null, mails.get(1).base());
    }

    @Test
    void uidsAreBelievedAsByDovecot() throws IOException {
        assertUids("X-IMAPbase: 7 10\n", 1, new long[] {3, 0, 5, 11}, 3, 11, 12, 13);
        assertUids("X-IMAPbase: 7 10\n", 1, new long[] {3, 11, 12, 14}, 3, 11, 12, 13);
        assertUids("X-IMAPbase: 7 10\n", 1, new long[] {1, 2, 10}, 1, 2, 10);
        assertUids("X-IMAPbase: 7 x\n", 1, new long[] {3, 11}, 1, 2);
        assertUids("", 1, new long[] {3, 11}, 1, 2);
        assertUids("X-IMAPbase: 7 3\n", 21, new long[] {3, 0, 20}, 3, 21, 22);
    }

    private static void assertUids(String base, long indexNext, long[] said, long... expected) throws IOException {
        StringBuilder file = new StringBuilder();
        for (long uid : said) {
            file.append(FROM).append(file.length() == FROM.length() ? base : "");
            file.append(uid > 0 ? "X-UID: " + uid + "\n" : "").append("S: 1\n\nx\n\n");
        }
        List<MboxMail> mails = scan(bytes(file.toString()));
        MboxNumbering numbers = MboxNumbering.of(mails, mails.get(0).base(), indexNext);
        assertArrayEquals(expected, numbers.uids(), base + Arrays.toString(said));
        assertEquals(Math.max(expected[expected.length - 1] + 1, 0), numbers.next());
    }

    @Test
    void guidsAreDovecots() throws IOException {
        assertMd5("974198d7cb27aa3dd93cbe154ced4d78", """
                Date: d
                Message-ID: i
                Received: r1
                Received: r2
                Date: d2
                Delivered-To: t
                X-Delivery-ID: x
                Delivered-To: t2
                """);
        assertMd5("0165b49c49b0357e03507d7ebdb2269d", "Received: from a by b;\n\tSat, 21 Nov\n  2026\nSubject: x\n");
        assertMd5("c7b76ffcdc03e63289ed130fb4c9479b", "Date:   d  \t\nmessage-id:i\n");
        assertMd5("690382ddccb8abc7367a136262e1978f", "Date : d\r\nMessage-ID\t: i\r\n");
        assertMd5("d13a86c97a793cf642639d9a48b7b5b7", "Date: d\nDate: e\nMessage-ID: i\nMessage-ID: j\n");
        assertMd5("ae1815afa8c01733a03b4074b14e642e", "Date:\n Sat\nMessage-ID:\n <i>\n");
        assertMd5(HeaderMd5.OF_NOTHING, "Subject: x\nStatus: R\n Date: d\n");
    }

    private static void assertMd5(String expected, String header) throws IOException {
        assertEquals(expected, scan(bytes(FROM + header + "\nb\n")).get(0).md5(), header);
    }

    @Test
    void whatIsNoMboxIsRefused() {
        for (String file : List.of("hello\n" + FROM, "\n" + FROM + "S: 1\n\n", "\n", "From me\n", "\0")) {
            assertThrows(CorruptStoreException.class, () -> scan(bytes(file)), file);
        }
    }

    @Test
    void damagedFilesAreReadWithoutHarm() {
        String good = FROM + "X-IMAPbase: 7 0000000009 aa bb\nX-UID: 5\nContent-Length: 6\nStatus: RO\n\nx\ny\nz\n\n\n"
                + FROM + "X-UID: 6\nX-Keywords: aa\n cont\n\nFrom x\n\n" + FROM + "S: y\n";
        Mutations.tryAll(bytes(good), damaged -> {
            List<MboxMail> mails;
            try {
                mails = scan(damaged);
            } catch (CorruptStoreException e) {
                return;
            }
            long position = 0;
            for (MboxMail mail : mails) {
                assertEquals(position, mail.from());
                assertTrue(mail.from() <= mail.header() && mail.header() <= mail.body(), mail.toString());
                assertTrue(mail.body() <= mail.end() && mail.end() <= mail.next(), mail.toString());
                assertTrue(mail.next() - mail.end() <= 2, mail.toString());
                assertTrue(new MailStream(window(damaged), mail).readAllBytes().length <= mail.length());
                position = mail.next();
            }
            assertEquals(damaged.length, position, "every byte is some mail's");
        });
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        String[] pieces = {
            "From a Sun Nov 22 15:06:34 2026",
            ">From x",
            "From me",
            "\n",
            "\n",
            "\r\n",
            "\r",
            "S: 1\n",
            " x",
            "Status: RO\n",
            "X-UID: 9\n",
            "text",
            "\0",
            "Content-Length: 3\n",
            "\u00e4",
            "\t",
            ":",
            "X-IMAPbase: 1 2\n"
        };
        for (long seed = 0; seed < 5_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            MboxWriter writer = new MboxWriter(buffer -> append(file, buffer), 0);
            List<byte[]> saved = new ArrayList<>();
            List<MboxWriter.Written> written = new ArrayList<>();
            int count = random.nextInt(1, 5);
            for (int i = 0; i < count; i++) {
                StringBuilder mail = new StringBuilder();
                for (int k = random.nextInt(12); k > 0; k--) {
                    mail.append(pieces[random.nextInt(pieces.length)]);
                }
                byte[] source = bytes(mail.toString());
                saved.add(source);
                MboxBase base = i == 0 ? new MboxBase(7, 99, List.of("kw"), false) : null;
                long uid = i + 1L;
                written.add(writer.mail(
                        bytes(FROM),
                        window(source),
                        0,
                        source.length,
                        length -> new HiddenBlock(base, uid, new Flags(Flags.SEEN), true, Keywords.NONE, length)));
            }
            writer.flush();
            String text = new String(file.toByteArray(), StandardCharsets.ISO_8859_1);
            assertRead(file.toByteArray(), saved, written, "seed " + seed + "\n" + text);
        }
    }

    private static void append(ByteArrayOutputStream file, ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        file.writeBytes(bytes);
    }

    private static void assertRead(byte[] file, List<byte[]> saved, List<MboxWriter.Written> written, String why)
            throws IOException {
        List<MboxMail> mails = scan(file);
        assertEquals(saved.size(), mails.size(), why);
        for (int i = 0; i < mails.size(); i++) {
            MboxMail mail = mails.get(i);
            assertEquals(i + 1, mail.uid(), why);
            assertEquals(Flags.SEEN, mail.flags(), why);
            assertTrue(mail.complete() && mail.old(), why);
            byte[] read = new MailStream(window(file), mail).readAllBytes();
            if (written.get(i).dropped() == 0 && !written.get(i).altered()) {
                assertArrayEquals(saved.get(i), read, why);
            } else if (written.get(i).dropped() == 0) {
                String text = new String(read, StandardCharsets.ISO_8859_1);
                String was = new String(saved.get(i), StandardCharsets.ISO_8859_1);
                assertTrue(text.startsWith(was) || text.startsWith("\n" + was), why);
                assertTrue(text.length() - was.length() <= 2, why);
            }
        }
    }
}
