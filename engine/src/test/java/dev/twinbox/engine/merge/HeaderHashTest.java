package dev.twinbox.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.engine.merge.HeaderHash.Version;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderHashTest {
    private static String hash(String mail, Version version) throws IOException {
        return HeaderHash.of(
                new ByteArrayInputStream(mail.getBytes(StandardCharsets.ISO_8859_1)),
                HeaderHash.DEFAULT_FIELDS,
                version);
    }

    private static String md5(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void isWhatDovecotSays() throws IOException {
        String mail = """
                Date: Mon, 01 Jan 2024 10:00:00 +0000
                From: Made Up <made.up@example.org>
                Message-ID: <h1@example.org>

                Hello
                Date: not in the header
                """;
        assertEquals("b134bec261ffe77293dfad1a96328541", hash(mail, Version.V3));
        assertEquals("b134bec261ffe77293dfad1a96328541", hash(mail.replace("\n", "\r\n"), Version.V3));
    }

    @Test
    void mailWithoutTheFieldsHasTheHashOfAnEmptyLine() throws IOException {
        for (Version version : Version.values()) {
            assertEquals(HeaderHash.OF_NOTHING, hash("", version));
            assertEquals(HeaderHash.OF_NOTHING, hash("\nDate: in the body\n", version));
            assertEquals(HeaderHash.OF_NOTHING, hash("Subject: x\r\n\r\nDate: y\r\n", version));
            assertEquals(HeaderHash.OF_NOTHING, hash("X-Date: y\nDated: z\nDate without colon\n", version));
        }
    }

    @Test
    void ofAMailWithoutTheFieldsTheBodyIsHashedWhateverItsLineEnds() throws IOException {
        String mail = "Subject: x\nX-UID: 1\n\nDate: in the body\nText\n";
        String hash = orOfBody(mail);
        assertEquals(md5("Date: in the body\nText\n"), hash);
        assertEquals(hash, orOfBody(mail.replace("\n", "\r\n").replace("X-UID: 1", "X-UID: 2")));
        assertEquals(md5(""), orOfBody(""));
        String dated = "Date: x\n\nbody\n";
        assertEquals(hash(dated, Version.V3), orOfBody(dated));
    }

    private static String orOfBody(String mail) throws IOException {
        return HeaderHash.orOfBody(
                new ByteArrayInputStream(mail.getBytes(StandardCharsets.ISO_8859_1)),
                HeaderHash.DEFAULT_FIELDS,
                Version.V3);
    }

    @Test
    void oldVersionTakesLinesAsTheyAre() throws IOException {
        String mail = "Subject: a\r\nmessage-id:  <a?b\u00e4>\r\n\tfolded more\r\nX: y\r\nDATE: 1\r\n\r\nbody";
        assertEquals(md5("message-id:  <a?b\u00e4>\n\tfolded more\nDATE: 1\n\n"), hash(mail, Version.V1));
    }

    @Test
    void allOccurrencesCountInTheirOrder() throws IOException {
        assertEquals(
                md5("Date:1\nMessage-ID:x\nDate:2\n\n"),
                hash("Date: 1\nTo: z\nMessage-ID: x\nDate: 2\n\n", Version.V3));
    }

    @Test
    void oddBytesBecomeOneQuestionMarkForEachRun() throws IOException {
        assertEquals(md5("Date:a?b\n\n"), hash("Date: a\u00e4\u00f6?\u007f\u0001b\n\n", Version.V3));
        // A blank that is left out ends a run, as do TAB and the end of the line.
        assertEquals(md5("Date:???\t??\n ?\n\n".replace(" ", "")), hash("Date: ?? ? ?\t? ?\n ?\n\n", Version.V3));
        assertEquals(md5("Date:x?y\n\n"), hash("Date: x\ry\r\n\r\n", Version.V3));
    }

    @Test
    void headerMayJustStop() throws IOException {
        assertEquals(md5("Date:1\n\n"), hash("Date: 1", Version.V3));
        assertEquals(md5("Date:1\n2\n\n"), hash("Date: 1\n 2", Version.V3));
    }

    @Test
    void otherFieldsCanBeAskedFor() throws IOException {
        byte[] mail = "Subject: a b\nDate: 1\n\n".getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(
                md5("Subject:ab\n\n"), HeaderHash.of(new ByteArrayInputStream(mail), List.of("SUBJECT"), Version.V3));
    }
}
