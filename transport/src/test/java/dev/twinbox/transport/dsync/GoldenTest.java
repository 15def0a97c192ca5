package dev.twinbox.transport.dsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange;
import dev.twinbox.protocol.item.MailChange.KeywordChange.Action;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxState;
import dev.twinbox.transport.dsync.Wire.Said;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded conversation is read, and said again in the same bytes. */
class GoldenTest {
    private static final String FIRST_KEYS = "Hhostname\tsync_ns_prefix";

    static List<String> captures() {
        return Wire.captures();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void isSaidAgainInTheSameBytes(String name) throws DsyncFormatException {
        byte[] capture = Wire.capture(name + ".raw");
        Wire.Heard heard = Wire.heard(capture);
        assertEquals(DsyncVersion.OWN, heard.version());
        byte[] again = Wire.written(heard.said());
        if (is24(capture)) {
            // 2.4 has one key less in H, and so one value; all the rest must be the same.
            assertEquals(withoutHandshake(capture), withoutHandshake(again));
        } else {
            assertEquals(Wire.latin(capture), Wire.latin(again));
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void isTheSameInPiecesOfAnySize(String name) throws DsyncFormatException {
        byte[] capture = Wire.capture(name + ".raw");
        List<Said> whole = Wire.heard(capture).said();
        for (int size : new int[] {1, 2, 3, 7, 64}) {
            assertEquals(whole, Wire.heard(capture, () -> size).said(), "size " + size);
            assertEquals(Wire.latin(Wire.written(whole)), Wire.latin(Wire.written(whole, () -> size)), "size " + size);
        }
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            assertEquals(
                    whole, Wire.heard(capture, () -> random.nextInt(1, 100)).said(), "seed " + seed);
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void isTheSameWithCrAtTheEndOfLines(String name) throws DsyncFormatException {
        byte[] capture = Wire.capture(name + ".raw");
        List<Said> whole = Wire.heard(capture).said();
        if (whole.stream().allMatch(said -> said.body() == null)) {
            byte[] withCr = Wire.bytes(Wire.latin(capture).replace("\n", "\r\n"));
            assertEquals(whole, Wire.heard(withCr).said());
        }
    }

    @Test
    void aFirstBackupIsUnderstood() throws DsyncFormatException {
        List<Said> said =
                Wire.heard(Wire.capture("01-backup-initial.master.raw")).said();
        Handshake handshake = (Handshake) said.get(0).item();
        assertEquals("alpha.example.org", handshake.hostname());
        assertEquals(Handshake.SyncType.CHANGED, handshake.syncType());
        assertTrue(handshake.mailRequests() && handshake.backupReceive() && !handshake.backupSend());
        assertEquals(List.of("Date", "Message-ID", ""), handshake.hashedHeaders());
        assertEquals(new Handshake.Details(false, false, 100, '_'), handshake.details());
        MailboxNode node = (MailboxNode) said.get(3).item();
        assertEquals(new MailboxName(List.of("Archive", "2024")), node.name());
        assertTrue(node.isMailbox() && node.subscribed());
        assertEquals(1795303655, node.lastSubscriptionChange());
        MailboxInfo info = one(MailboxInfo.class, said, 0);
        assertEquals(
                List.of(new MailboxInfo.CacheField("flags", MailboxInfo.CacheField.Decision.TEMPORARY, false, 0)),
                info.cacheFields());
        assertTrue(info.hasGuids() && info.hasSaveGuids() && !info.onlyGuid128());
        MailChange change = one(MailChange.class, said, 2);
        assertEquals(
                List.of(
                        new KeywordChange(Action.ADDED_AND_SET, "$Label1"),
                        new KeywordChange(Action.ADDED_AND_SET, "work")),
                change.keywords());
        assertEquals(MailChange.UNKNOWN, change.virtualSize());
        Said mail = said.stream()
                .filter(one -> one.item() instanceof Mail)
                .skip(1)
                .findFirst()
                .orElseThrow();
        assertTrue(
                mail.body() != null && mail.body().endsWith("\n\nHello Bob,\n.\n..two dots\n.one dot\nend of mail\n"));
    }

    @Test
    void oddBodiesComeThroughToTheByte() throws DsyncFormatException {
        List<String> bodies = Wire.heard(Wire.capture("16-odd-bodies.master.raw")).said().stream()
                .filter(said -> said.item() instanceof Mail)
                .map(said -> String.valueOf(said.body()))
                .toList();
        assertEquals(
                List.of(
                        ".hidden: first line starts with a dot\nSubject: dotted\n\nbody\n",
                        "Subject: ends CR\n\nlast line ends with CR\r",
                        "Subject: ends CRLF\r\n\r\nbody\r\n\r\n",
                        ".\n.\nSubject: dot first line\n\nbody\n",
                        "Subject: nul and ctl\n\na\0b\1c\2d\te\u00ff\n.\r\n.\n",
                        ""),
                bodies);
    }

    @Test
    void whatIsRareIsUnderstood() throws DsyncFormatException {
        assertEquals(new Finish(null, 0, true), one(Finish.class, heard("08f-stateful-slave-wiped.slave.raw"), 0));
        assertTrue(one(MailboxInfo.class, heard("08f-stateful-slave-wiped.slave.raw"), 0)
                .lost());
        MailboxAttribute deleted = one(MailboxAttribute.class, heard("10b-attributes-change.master.raw"), 2);
        assertTrue(deleted.deleted() && deleted.shared());
        assertEquals(
                "green line1\nline2",
                one(MailboxAttribute.class, heard("10b-attributes-change.slave.raw"), 0)
                        .value());
        MailboxDeletes deletes = one(MailboxDeletes.class, heard("06-sync-delete-subscribe.master.raw"), 0);
        assertEquals(MailboxDeletes.hash("Gone"), deletes.folders().get(0).hash());
        assertEquals(1, deletes.mailboxes().size());
        MailChange filtered = one(MailChange.class, heard("18-filter-since-size.master.raw"), 1);
        assertEquals(0x665af120L, filtered.received());
        assertEquals(0x9dL, filtered.virtualSize());
        MailboxState state = one(MailboxState.class, heard("08c-stateful-changes.master.raw"), 1);
        assertEquals(2, state.commonUid());
        assertEquals(
                "b134bec261ffe77293dfad1a96328541",
                one(MailChange.class, heard("12-hdr-hash-mbox-slave.slave.raw"), 0)
                        .headerHash());
    }

    @Test
    void everyKindOfItemIsAmongTheRecorded() throws DsyncFormatException {
        Set<String> kinds = new TreeSet<>();
        for (String name : Wire.captures()) {
            heard(name + ".raw").forEach(said -> kinds.add(said.item().kind().name()));
        }
        assertEquals(12, kinds.size(), kinds.toString());
        List<Said> slave = heard("01-backup-initial.slave.raw");
        assertEquals(new Done(), slave.get(slave.size() - 1).item());
    }

    private static List<Said> heard(String name) throws DsyncFormatException {
        return Wire.heard(Wire.capture(name)).said();
    }

    private static <T> T one(Class<T> type, List<Said> said, int index) {
        return said.stream()
                .map(Said::item)
                .filter(type::isInstance)
                .map(type::cast)
                .skip(index)
                .findFirst()
                .orElseThrow();
    }

    private static boolean is24(byte[] capture) {
        return !Wire.latin(capture).contains("import_commit_msgs_interval");
    }

    private static List<String> withoutHandshake(byte[] bytes) {
        return Wire.latin(bytes)
                .lines()
                .filter(line -> !line.startsWith(FIRST_KEYS))
                .filter(line -> !line.matches("H(gamma|delta)\\.example\\.org\t.*"))
                .toList();
    }
}
