package dev.twinbox.transport.dsync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.transport.dsync.Wire.Said;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mails that were written to be taken for items by what reads the stream they are in. */
class SmugglingTest {
    private static final String GREETING = Wire.latin(DsyncEncoder.greeting());
    private static final String LINE = "Mg\t\2\t\t\2\t1700000000\t\2\t\n";
    private static final Mail MAIL = Mail.of(new MailGuid("g"), 1_700_000_000);
    private static final String END = "\r\n.\r\n";

    /** As all Dovecots up to 2.4.4 send it: each dot doubled, but not one that is the very first byte. */
    private static String ofOldDovecot(String body) {
        return body.replace("\n.", "\n..") + END;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".\nX\n",
                ".\r\nX\r\n",
                ".\nMevil\t\2\t\t\2\t1\t1\t\nSubject: smuggled\n\n\r\n.\r\n.\n",
                ".\r\n.\r\nX\n",
                ".\r\n.\r\n.\r\nF\nX\n",
                ".\r.\r\nX\n",
                ".",
                ".\r",
                ".\n",
                ".\r\n",
                ".hidden: header\n\nbody\n",
                "\n.\nX\n",
                "\r\n.\r\nX\r\n",
                "\r\n.\nX\n",
                "\n.\r\nX\n",
                "a\r.\r\nX\n",
                "\r\r\n.\r\nX\n",
            })
    void aMailOfAnOldSenderStaysAMail(String body) throws DsyncFormatException {
        String stream = GREETING + LINE + ofOldDovecot(body) + ".\n";
        for (int size : new int[] {1, 2, 3, 1000}) {
            assertEquals(
                    List.of(new Said(MAIL, body), Said.of(new EndOfList())),
                    Wire.heard(Wire.bytes(stream), () -> size).said(),
                    "size " + size);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\n.\nX\n", "a\r\n.\nX\n", "a\n.\r\nX\n", "\n.\nMevil\n", "a\n.hidden\n", "a\r\n.\rX\r\n"})
    void aSenderThatDoublesNoDotAtAllSmugglesNothingInMailsWithPlainLines(String body) throws DsyncFormatException {
        String stream = GREETING + LINE + body + END + "X\n";
        assertEquals(
                List.of(new Said(MAIL, body), Said.of(new Done())),
                Wire.heard(Wire.bytes(stream), () -> 1).said());
    }

    @Test
    void whatAnOldSenderSaysInTwoDotsAtTheVeryBeginningLosesOne() throws DsyncFormatException {
        String stream = GREETING + LINE + ofOldDovecot("..\nX\n");
        assertEquals(
                List.of(new Said(MAIL, ".\nX\n")),
                Wire.heard(Wire.bytes(stream)).said());
    }

    @Test
    void valuesCannotLeaveTheirLine() {
        String guid = Wire.latin(new DsyncEncoder().item(Mail.of(new MailGuid("a\u0085\u2028b"), 1)));
        assertEquals(1, guid.chars().filter(c -> c == '\n').count());
        String finish = Wire.latin(new DsyncEncoder().item(new Finish("a\nX\n\t\1n\r\0", 1, false)));
        assertEquals("Fa\1nX\1n\1t\0011n\1r\0010\t1\n", finish);
    }
}
