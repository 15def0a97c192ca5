package dev.twinbox.transport.dsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.transport.dsync.Wire.Said;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that says what it should not. In the lines here, {@code >} is a TAB, {@code _} absent, {@code ^} 0x01. */
class MalformedTest {
    private static final String GREETING = Wire.latin(DsyncEncoder.greeting());
    private static final int GREETING_LINES = 13;
    private static final String BOX = "00000000000000000000000000000007";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "handshake           | H                          | hostname is missing",
                "handshake           | H_>SECRET                  | hostname is missing",
                "handshake           | Ha^nSECRET                 | hostname of handshake holds a control character",
                "handshake           | Ha>_>_>SECRET              | sync_box_guid is not 32 hex digits",
                "handshake           | Ha>_>_>_>SECRET            | sync_type is none of",
                "handshake           | Ha>_>_>_>_>_>_>_>_>>       | handshake has backup_send and backup_recv",
                "handshake           | Ha>_>_>_>_>_>_>_>_>_>_>0   | lock_timeout is zero",
                "handshake           | Ha>_>_>_>_>_>_>_>_>_>_>4294967296 | lock_timeout of handshake out of range",
                "handshake           | Ha>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>0 | sync_since_timestamp is zero",
                "handshake           | Ha>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>0 | sync_max_size is zero",
                "handshake           | Ha>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>0 | sync_until_timestamp is zero",
                "handshake           | Ha>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>_>SECRET | sync_until_timestamp is not a number",
                "mailbox_state       | S                          | mailbox_guid is missing",
                "mailbox_state       | SBOX>1>2>3                 | last_common_pvt_modseq is missing",
                "mailbox_state       | SBOX>1>2>SECRET>0          | last_common_modseq is not a number",
                "mailbox_state       | SBOX>1>2>-3>0              | last_common_modseq is not a number",
                "mailbox_state       | SBOX>1>2>9223372036854775808>0 | last_common_modseq is too large",
                "mailbox_state       | SBOX>4294967296>2>3>0      | last_uidvalidity of mailbox_state out of range",
                "mailbox_state       | SBOX>>2>3>0                | last_uidvalidity is empty",
                "mailbox_tree_node   | N                          | name is missing",
                "mailbox_tree_node   | Na                         | existence is missing",
                "mailbox_tree_node   | Na>SECRET                  | existence is not one character",
                "mailbox_tree_node   | Na>z                       | existence is none of",
                "mailbox_tree_node   | N>y                        | mailbox name has an empty level",
                "mailbox_tree_node   | Na^t>y                     | mailbox name has an empty level",
                "mailbox_tree_node   | Na^t..^tSECRET>y           | mailbox name has a level",
                "mailbox_tree_node   | N.>y                       | mailbox name has a level",
                "mailbox_tree_node   | Na^11SECRET>y              | mailbox name holds a control character",
                "mailbox_tree_node   | Na^0SECRET>y               | mailbox name holds a control character",
                "mailbox_tree_node   | Na>n>BOX                   | has a GUID but does not exist",
                "mailbox_tree_node   | Na>y>SECRET                | mailbox_guid is not 32 hex digits",
                "mailbox_tree_node   | Na>y>BOX>1>4294967297      | uid_next of mailbox_tree_node out of range",
                "mailbox_delete      | D                          | hierarchy_sep is missing",
                "mailbox_delete      | D>%                        | hierarchy_sep is not one character",
                "mailbox_delete      | D//>%                      | hierarchy_sep is not one character",
                "mailbox_delete      | D^n>%                      | hierarchy_sep of mailbox_delete not allowed",
                "mailbox_delete      | D%>%                       | is the separator too",
                "mailbox_delete      | D/>%>BOX                   | mailboxes has a record without time",
                "mailbox_delete      | D/>%>BOX 1 BOX             | mailboxes has a record without time",
                "mailbox_delete      | D/>%>BOX  1                | mailboxes is empty",
                "mailbox_delete      | D/>%>SECRET 1              | mailboxes is not 32 hex digits",
                "mailbox_delete      | D/>%>_>BOX SECRET          | dirs is not a number",
                "mailbox_delete      | D/>%>_>_>SECRET 5          | unsubscribes is not 32 hex digits",
                "mailbox             | BBOX>1>1                   | messages_count is missing",
                "mailbox             | BBOX>1>0>0>1>1>0           | uid_next of mailbox out of range",
                "mailbox             | BBOX>0>0>0>0>0>0>>>        | both lost and ignored",
                "mailbox             | BBOX>1>1>4294967296>1>1>0  | messages_count of mailbox out of range",
                "mailbox_attribute   | Ap                         | key is missing",
                "mailbox_attribute   | Ax>k>SECRET                | type is neither p nor s",
                "mailbox_attribute   | Ap>>SECRET                 | key of mailbox_attribute is empty",
                "mailbox_attribute   | Ap>k                       | must be one of value, content and deletion, is 0",
                "mailbox_attribute   | Ap>k>SECRET>>              | must be one of value, content and deletion, is 3",
                "mailbox_attribute   | Ap>k>SECRET>_>_>-1         | last_change is not a number",
                "mail_change         | Cs                         | uid is missing",
                "mail_change         | CSECRET>1                  | type is not one character",
                "mail_change         | Cx>1                       | type is none of",
                "mail_change         | Cs>0                       | UID out of range",
                "mail_change         | Cs>4294967296              | UID out of range",
                "mail_change         | Cs>1>^nSECRET              | mail GUID holds a control character",
                "mail_change         | Cs>1>g>SECRET              | hdr_hash is not 32 hex digits",
                "mail_change         | Cs>1>g>_>_>_>1>1           | adds and removes the same flag",
                "mail_change         | Cs>1>g>_>_>_>100           | add_flags is more than a byte",
                "mail_change         | Cs>1>g>_>_>_>_>_>0x1       | final_flags is not a number",
                "mail_change         | Cs>1>g>_>_>_>_>_>_>_>SECRET | keyword_changes has a part with none of the signs",
                "mail_change         | Cs>1>g>_>_>_>_>_>_>_>=     | keyword name not allowed",
                "mail_change         | Cs>1>g>_>_>_>_>_>_>_>=a^t  | keyword_changes has an empty part",
                "mail_change         | Cs>1>g>_>_>_>_>_>_>_>=SECRET^t-secret | names a keyword twice",
                "mail_change         | Cs>1>g>_>_>_>_>_>_>_>_>0   | received_timestamp is zero",
                "mail_change         | Cs>1>g>_>_>_>_>_>_>_>_>_>fffffffffffffffe | virtual_size is too large",
                "mail_change         | Ce>1>SECRET                | guid of an expunge is not 32 hex digits",
                "mail_change         | Ce>1>_>_>_>_>_>_>1         | expunges and changes",
                "mail_request        | R                          | neither GUID nor UID",
                "mail_request        | R>0                        | neither GUID nor UID",
                "mail_request        | Rg>SECRET                  | uid is not a number",
                "mail                | M                          | neither GUID nor UID",
                "mail                | Mg>_>SECRET^n              | pop3_uidl of mail holds a control character",
                "mail                | Mg>_>>4294967296           | pop3_order of mail out of range",
                "mail                | Mg>_>>_>--1                | received_date is not a number",
                "mail                | Mg>_>>_>9223372036854775807 | received_date of mail out of range",
                "finish              | F>256                      | mail_error of finish out of range",
                "finish              | F>SECRET                   | mail_error is not a number",
                "finish              | FSECRET>>>                 | more values than keys",
                "finish              | F_SECRET                   | a value begins with a single 0x02",
                "finish              | FSECRET^                   | a value ends in the middle of an escape",
                "mailbox_cache_field | cSECRET>t                  | no such item was announced",
                "item                | ZSECRET                    | there is no such item",
                "item                | .SECRET                    | longer than 1 bytes",
                "item                | XSECRET                    | longer than 1 bytes",
            })
    void isRefusedWithItsItemAndLine(String item, String line, String why) {
        DsyncFormatException refusal = refused(".\n" + unfolded(line) + "\n");
        String message = String.valueOf(refusal.getMessage());
        assertEquals(item, refusal.item(), message);
        assertEquals(GREETING_LINES + 2, refusal.line(), message);
        assertTrue(message.contains(why), message);
        assertFalse(message.contains("SECRET"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\r\n",
                "\u00ff\n",
                "\0\n",
                "..\n",
                "XX\n",
                "X \n",
                "Fa\0b\n",
                "Fa\u00ffb\n",
                "F\u00c0\u0080\n"
            })
    void isNoItem(String text) {
        refused(text);
    }

    @Test
    void nothingIsReadAfterARefusal() throws DsyncFormatException {
        DsyncDecoder decoder = new DsyncDecoder();
        ByteBuffer in = ByteBuffer.wrap(Wire.bytes(GREETING + "Z\nX\n"));
        assertTrue(decoder.next(in) instanceof DsyncEvent.Greeting);
        assertThrows(DsyncFormatException.class, () -> decoder.next(in));
        assertThrows(IllegalStateException.class, () -> decoder.next(in));
    }

    @Test
    void theEndInTheMiddleIsNoticed() throws DsyncFormatException {
        assertEquals("mail_change", refused("Cs\t1").item());
        assertEquals("body", refused("Mg\t\2\t\t\2\t1\t1\t\nhalf\r\n.\r").item());
        assertEquals(1, Wire.heard(Wire.bytes(GREETING + ".\n")).said().size());
    }

    @Test
    void aLineIsTakenUpToItsLimit() throws DsyncFormatException {
        check("", "VERSION\tdsync\t3\t5", DsyncLimits.VERSION_LINE_MAX);
        check("VERSION\tdsync\t3\t5\n", "Q", DsyncLimits.HEADER_LINE_MAX);
        check(GREETING, "Rg\t1\t", DsyncLimits.LINE_MAX);
        check(GREETING, "Fe\t0\t", DsyncLimits.LIST_LINE_MAX);
        check(GREETING, "D/\t%\t\2\t\2\t\2\t", DsyncLimits.LIST_LINE_MAX);
    }

    /** One byte more than the limit is refused at once, without waiting for the line's end. A CR does not count. */
    private static void check(String before, String start, int limit) throws DsyncFormatException {
        String line = start + "x".repeat(limit - start.length());
        DsyncDecoder fits = new DsyncDecoder();
        feed(fits, before + line + "\r");
        DsyncDecoder bursts = new DsyncDecoder();
        feed(bursts, before + line + "x");
        DsyncFormatException refusal = assertThrows(DsyncFormatException.class, () -> feed(bursts, "x"));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains("longer than " + limit + " bytes"), message);
    }

    @Test
    void aLineOfJustItsLimitIsUnderstood() throws DsyncFormatException {
        String start = "Ap\tk\t";
        String value = "v".repeat(MailboxAttribute.VALUE_MAX);
        String tabs = "\1t".repeat(MailboxAttribute.VALUE_MAX);
        for (String text : List.of(value, tabs)) {
            assertEquals(
                    1,
                    Wire.heard(Wire.bytes(GREETING + start + text + "\n"))
                            .said()
                            .size());
        }
        assertTrue(why(GREETING + start + value + "v\n").contains("value of mailbox_attribute has 1048577 characters"));
    }

    private static void feed(DsyncDecoder decoder, String text) throws DsyncFormatException {
        ByteBuffer in = ByteBuffer.wrap(Wire.bytes(text));
        while (decoder.next(in) != null) {
            // Only what is refused matters.
        }
    }

    @Test
    void listsAreTakenUpToTheirLimits() {
        assertTrue(why("VERSION\tdsync\t3\t5\n" + "Q\n".repeat(DsyncLimits.HEADER_LINES_MAX + 1))
                .contains("more than 64 lines"));
        assertTrue(why("VERSION\tdsync\t3\t5\nH" + "k\t".repeat(DsyncLimits.KEYS_MAX))
                .isEmpty());
        assertTrue(why("VERSION\tdsync\t3\t5\nHhostname" + "\tk".repeat(DsyncLimits.KEYS_MAX) + "\n")
                .contains("more than 128"));
        assertTrue(why(GREETING + "N" + "a\1t".repeat(32) + "a\ty\n").contains("more than 32 parts"));
        assertTrue(why(GREETING + "Cs\t1\tg\t\2\t\2\t\2\t\2\t\2\t\2\t\2\t" + "=k\1t".repeat(4096) + "=k\n")
                .contains("more than 4096 parts"));
        assertTrue(why(GREETING + "Cs\t1\t" + "g".repeat(1025) + "\n").contains("mail GUID length out of range: 1025"));
    }

    @Test
    void mutilatedConversationsAreReadOrRefusedAndWhatIsReadCanBeSaid() {
        List<String> captures = Wire.captures();
        for (long seed = 0; seed < 4000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = Wire.capture(captures.get(random.nextInt(captures.size())) + ".raw");
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                bytes = mutilated(bytes, random);
            }
            try {
                List<Said> said =
                        Wire.heard(bytes, () -> random.nextInt(1, 500)).said();
                assertEquals(said, Wire.heard(Wire.written(said)).said(), "seed " + seed);
            } catch (DsyncFormatException e) {
                assertFalse(String.valueOf(e.getMessage()).contains("example"), "seed " + seed);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static byte[] mutilated(byte[] bytes, SplittableRandom random) {
        byte[] odd = {0, 1, 2, '\t', '\n', '\r', '.', 'X', 'M', (byte) 0xFF, '0', '9'};
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, random.nextInt(1, 30));
        byte[] copy = bytes.clone();
        switch (random.nextInt(4)) {
            case 0 -> copy[at] = odd[random.nextInt(odd.length)];
            case 1 -> copy[at] = (byte) random.nextInt(256);
            case 2 -> System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), copy, at, length);
            default -> copy = bytes.length - length < 100 ? copy : Arrays.copyOf(bytes, bytes.length - length);
        }
        return copy;
    }

    private static String why(String text) {
        DsyncDecoder decoder = new DsyncDecoder();
        try {
            feed(decoder, text);
            return "";
        } catch (DsyncFormatException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static DsyncFormatException refused(String text) {
        return assertThrows(DsyncFormatException.class, () -> Wire.heard(Wire.bytes(GREETING + text)), text);
    }

    private static String unfolded(String line) {
        return line.replace('>', '\t').replace('_', '\2').replace('^', '\1').replace("BOX", BOX);
    }
}
