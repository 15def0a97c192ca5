package dev.twinbox.transport.dsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.transport.dsync.Wire.Said;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What peers of all versions announce, and what must not pass for a greeting. */
class GreetingTest {
    private static final String OWN = Wire.latin(DsyncEncoder.greeting());

    @Test
    void oursIsThatOfDovecot23() {
        String capture = Wire.latin(Wire.capture("01-backup-initial.master.raw"));
        assertEquals(capture.substring(0, OWN.length()), OWN);
    }

    @Test
    void oursAnnouncesTheWholeTable() {
        StringBuilder headers = new StringBuilder();
        Formats.ALL.forEach(format -> headers.append(format.header()).append('\n'));
        assertEquals(headers.toString(), DsyncEncoder.HEADERS);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 9, 0xFFFF_FFFFL})
    void everyMinorVersionIsTaken(long minor) throws DsyncFormatException {
        DsyncVersion version = Wire.heard(Wire.bytes(version(minor))).version();
        assertEquals(new DsyncVersion(minor), version);
        assertEquals(minor >= 1, version.hasAttributes());
        assertEquals(minor >= 2, version.hasSaveGuids());
        assertEquals(minor >= 3, version.hasFinish());
        assertEquals(minor >= 4 ? 3 : 1, version.headerHash());
        assertEquals(minor >= 6, version.saysAllAttributes());
    }

    @Test
    void oldPeersNeedNotAnnounceWhatTheyDoNotKnow() throws DsyncFormatException {
        assertEquals(
                2, Wire.heard(Wire.bytes(without(version(2), 'F'))).version().minor());
        assertEquals(
                0,
                Wire.heard(Wire.bytes(without(without(version(0), 'F'), 'A')))
                        .version()
                        .minor());
        refused(without(version(3), 'F'), "finish is not announced");
        refused(without(version(1), 'A'), "mailbox_attribute is not announced");
    }

    @ParameterizedTest
    @ValueSource(chars = {'H', 'S', 'N', 'D', 'B', 'C', 'R', 'M'})
    void everyOtherItemMustBeAnnounced(char letter) {
        refused(without(version(0), letter), "is not announced");
    }

    @Test
    void anItemThatWasNotAnnouncedIsRefused() {
        refused(without(version(2), 'F') + "F\n", "no such item was announced");
    }

    @Test
    void valuesAreReadInThePeersOrder() throws DsyncFormatException {
        String greeting = replaced('C', "Cfinal_flags\tno_such_key\tuid\ttype\tguid");
        MailChange change = (MailChange) item(greeting + "C3\tSECRET\t7\ts\tg\n");
        assertEquals(MailChange.Type.SAVE, change.type());
        assertEquals(7, change.uid().value());
        assertEquals(new Flags(3), change.current());
        assertEquals("g", String.valueOf(change.guid()));
        assertEquals(MailChange.UNKNOWN, change.virtualSize());
    }

    @Test
    void unknownLettersAreIgnored() throws DsyncFormatException {
        assertEquals(
                5,
                Wire.heard(Wire.bytes(OWN.replace("Rguid", "Qwhat\tever\nRguid")))
                        .version()
                        .minor());
    }

    @Test
    void dovecotsBeforeTheEscapeCharacterAreUnderstood() throws DsyncFormatException {
        String greeting = replaced('D', "Dhierarchy_sep\tmailboxes\tdirs\tunsubscribes");
        assertEquals(
                new MailboxDeletes('.', MailboxDeletes.NO_ESCAPE, List.of(), List.of(), List.of()),
                item(greeting + "D.\n"));
    }

    @Test
    void guidsOfOldPeersCanBeSaved() throws DsyncFormatException {
        String line = "B00000000000000000000000000000007\t1\t1\t0\t1\t1\t0\t\2\t\2\t\t\n";
        assertTrue(((MailboxInfo) item(version(1) + line)).hasSaveGuids());
        assertFalse(((MailboxInfo) item(version(2) + line)).hasSaveGuids());
    }

    @Test
    void cacheFieldsNeedNotBeUnderstood() throws DsyncFormatException {
        String start = "B00000000000000000000000000000007\t1\t1\t0\t1\t1\t0\t\2\t\2\t";
        MailboxInfo info = (MailboxInfo)
                item(OWN + start + "flags\1tt\1nwhat\1tx\1n\1n\2\1tt\1nhdr.a\1tyF\1t5\1nb\1tn\1tSECRET\n");
        assertEquals(
                List.of(
                        new MailboxInfo.CacheField("flags", MailboxInfo.CacheField.Decision.TEMPORARY, false, 0),
                        new MailboxInfo.CacheField("hdr.a", MailboxInfo.CacheField.Decision.PERMANENT, true, 5)),
                info.cacheFields());
        MailboxInfo unannounced = (MailboxInfo) item(without(OWN, 'c') + start + "flags\1tt\n");
        assertEquals(List.of(), unannounced.cacheFields());
    }

    @Test
    void aPeerMayCloseInsteadOfGreeting() throws DsyncFormatException {
        DsyncDecoder decoder = new DsyncDecoder();
        ByteBuffer in = ByteBuffer.wrap(Wire.bytes("VERSION\tdsync\t3\t5\nX\nwhatever\n"));
        assertEquals(new DsyncEvent.Item(new Done()), decoder.next(in));
        assertEquals(null, decoder.next(in));
        assertFalse(in.hasRemaining());
        decoder.end();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "X\n",
                "SECRET: command not found\n",
                "HTTP/1.1 400 Bad Request\r\n",
                "VERSION\tdoveadm-server\t1\t2\n",
                "VERSION\tdsync\t2\t5\n",
                "VERSION\tdsync\t4\t0\n",
                "VERSION\tdsync\t3\n",
                "VERSION\tdsync\t3\t\n",
                "VERSION\tdsync\t3\t-1\n",
                "VERSION\tdsync\t3\t5\tSECRET\n",
                "VERSION\tdsync\t3\t99999999999999999999999\n",
                "VERSION\tdsync\t3\t4294967296\n",
                "VERSION\tdsync\t3\tSECRET\n",
                "VERSION\tdsync\t3\t5\n\n",
                "VERSION\tdsync\t3\t5\n.\n",
                "VERSION\tdsync\t3\t5\nHsync_box\n",
                "VERSION\tdsync\t3\t5\nHhostname\tSECRET\nHhostname\n",
                "VERSION\tdsync\t3\t5\nHhostname\thostname\n",
                "VERSION\tdsync\t3\t5\nHhostname\tSECRET\1\n",
                "VERSION\tdsync\t3\t5\nH\u00ff\n",
            })
    void somethingElseIsRefused(String text) {
        refused(text, "");
    }

    @Test
    void theEndOfAPeerInItsGreetingIsNoticed() {
        for (int length = 0; length < OWN.length(); length++) {
            String cut = OWN.substring(0, length);
            assertThrows(DsyncFormatException.class, () -> Wire.heard(Wire.bytes(cut)), "length " + length);
        }
    }

    private static Object item(String text) throws DsyncFormatException {
        List<Said> said = Wire.heard(Wire.bytes(text)).said();
        assertEquals(1, said.size());
        return said.get(0).item();
    }

    private static void refused(String text, String why) {
        DsyncFormatException refusal = assertThrows(DsyncFormatException.class, () -> Wire.heard(Wire.bytes(text)));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(why), message);
        assertFalse(message.contains("SECRET"), message);
    }

    private static String version(long minor) {
        return OWN.replace("\t3\t5\n", "\t3\t" + minor + "\n");
    }

    private static String without(String greeting, char letter) {
        return greeting.replaceFirst("\n" + letter + "[^\n]*\n", "\n");
    }

    private static String replaced(char letter, String header) {
        return OWN.replaceFirst("\n" + letter + "[^\n]*\n", "\n" + header + "\n");
    }
}
