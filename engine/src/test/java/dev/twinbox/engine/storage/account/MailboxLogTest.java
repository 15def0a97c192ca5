package dev.twinbox.engine.storage.account;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.Mutations;
import dev.twinbox.engine.storage.account.MailboxLog.Entry;
import dev.twinbox.protocol.item.MailboxDeletes;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedMailbox;
import dev.twinbox.protocol.item.MailboxDeletes.DeletedName;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.MailboxNode.Existence;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MailboxLogTest {
    private static final long TIME = 0x6b021b88L;
    private static final MailboxGuid GUID = MailboxGuid.parse("20452418881b026b1252000083ecc375");
    private static final byte[] NOTHING = new byte[0];

    private static final String GOLDEN = "0400000000040bab8a787438c2c0cf5248ac02566b021b88"
            + "0100000020452418881b026b1252000083ecc3756b021b88"
            + "02000000a5ff1c641758cc02744172a50e577bbe6b021b88"
            + "03000000e5ad1c6b966bc12cb9a074ff3807f2176b021b88"
            + "050000003a91b6c576e440c4fd049b24c727d46b6b021b88";

    private static MailboxName name(String name) {
        return MailboxName.parse(name, '/');
    }

    private static byte[] file(Entry... entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            out.writeBytes(entry.toBytes());
        }
        return out.toByteArray();
    }

    private static MailboxNode node(String name, Existence existence, @Nullable MailboxGuid guid, boolean subscribed) {
        return new MailboxNode(name(name), existence, guid, 1, 1, 0, subscribed, 0);
    }

    @Test
    void readsAndWritesWhatDovecotDoes() {
        byte[] golden = HexFormat.of().parseHex(GOLDEN);
        MailboxLog log = MailboxLog.parse(NOTHING, golden);
        assertEquals(List.of(), log.problems());
        List<Entry> expected = List.of(
                Entry.of(MailboxLog.Type.SUBSCRIBE, name("Work"), '/', TIME),
                Entry.deleted(GUID, TIME),
                Entry.of(MailboxLog.Type.DELETE_FOLDER, name("Temp"), '/', TIME),
                Entry.of(MailboxLog.Type.RENAME, name("Renamed"), '/', TIME),
                Entry.of(MailboxLog.Type.UNSUBSCRIBE, name("Work/Sub"), '/', TIME));
        assertEquals(expected, log.entries());
        assertArrayEquals(golden, file(expected.toArray(new Entry[0])));
        assertEquals(TIME, log.renamed(MailboxLog.hash("Renamed")));
        assertEquals(TIME, log.subscriptionChanged(MailboxLog.hash(name("Work/Sub"), '/')));
        assertEquals(0, log.renamed(MailboxLog.hash("Work")));
    }

    @Test
    void tellsOfWhatIsGone() {
        MailboxLog log = MailboxLog.parse(HexFormat.of().parseHex(GOLDEN), NOTHING);
        MailboxDeletes deletes = log.toDeletes(List.of(), '/', '%');
        assertEquals(List.of(new DeletedMailbox(GUID, TIME)), deletes.mailboxes());
        assertEquals(List.of(new DeletedName(MailboxLog.hash("Temp"), TIME)), deletes.folders());
        assertEquals(List.of(new DeletedName(MailboxLog.hash("Work/Sub"), TIME)), deletes.unsubscribed());
    }

    @Test
    void whatExistsAgainIsNotTold() {
        MailboxLog log = MailboxLog.parse(HexFormat.of().parseHex(GOLDEN), NOTHING);
        List<MailboxNode> nodes = List.of(
                node("Moved", Existence.EXISTS, GUID, false),
                node("Temp", Existence.EXISTS, null, false),
                node("Work/Sub", Existence.MISSING, null, true));
        MailboxDeletes deletes = log.toDeletes(nodes, '/', '%');
        assertEquals(new MailboxDeletes('/', '%', List.of(), List.of(), List.of()), deletes);
        List<MailboxNode> missing = List.of(node("Temp", Existence.MISSING, null, true));
        assertEquals(1, log.toDeletes(missing, '/', '%').folders().size());
    }

    @Test
    void theNewestRecordCounts() {
        Entry late = Entry.of(MailboxLog.Type.SUBSCRIBE, name("A"), '/', 200);
        Entry early = Entry.of(MailboxLog.Type.UNSUBSCRIBE, name("A"), '/', 100);
        Entry same = Entry.of(MailboxLog.Type.UNSUBSCRIBE, name("A"), '/', 200);
        assertEquals(
                List.of(),
                MailboxLog.parse(file(late), file(early))
                        .toDeletes(List.of(), '/', '%')
                        .unsubscribed());
        MailboxLog log = MailboxLog.parse(file(late), file(early, same));
        assertEquals(200, log.subscriptionChanged(MailboxLog.hash("A")));
        assertEquals(1, log.toDeletes(List.of(), '/', '%').unsubscribed().size());
    }

    @Test
    void namesAreHashedAsTheyAreShown() {
        assertEquals(MailboxLog.hash("Work.Sub"), MailboxLog.hash(name("Work/Sub"), '.'));
        assertEquals("00040bab8a787438c2c0cf5248ac0256", MailboxLog.hash("Work"));
    }

    @Test
    void damagedRecordsCostOnlyThemselves() {
        byte[] bad =
                file(Entry.deleted(GUID, 1), Entry.deleted(GUID, 2), Entry.deleted(GUID, 3), Entry.deleted(GUID, 4));
        bad[0] = 6;
        bad[24] = 99;
        bad[49] = 1;
        byte[] cut = java.util.Arrays.copyOf(bad, bad.length + 7);
        MailboxLog log = MailboxLog.parse(NOTHING, cut);
        assertEquals(List.of(Entry.deleted(GUID, 4)), log.entries());
        assertEquals(3, log.problems().size());
        assertEquals(96, MailboxLog.wholeBytes(cut.length));
        assertThrows(IllegalArgumentException.class, () -> new Entry(MailboxLog.Type.RENAME, "xyz", 1));
    }

    @Test
    void randomLogsSurvive() {
        List<MailboxLog.Type> types = List.of(MailboxLog.Type.values());
        for (long seed = 0; seed < 1_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Entry> entries = new ArrayList<>();
            for (int n = random.nextInt(50); n > 0; n--) {
                String id = new MailboxGuid(random.nextLong(), random.nextLong()).toString();
                entries.add(new Entry(types.get(random.nextInt(5)), id, random.nextLong(1L << 32)));
            }
            assertEquals(
                    entries,
                    MailboxLog.parse(file(entries.toArray(new Entry[0])), NOTHING)
                            .entries(),
                    "seed " + seed);
        }
    }

    @Test
    void damagedFilesAreRead() {
        Mutations.tryAll(HexFormat.of().parseHex(GOLDEN), damaged -> {
            MailboxLog log = MailboxLog.parse(damaged, damaged);
            assertTrue(log.entries().size() <= 2 * damaged.length / MailboxLog.RECORD_LENGTH);
            for (Entry entry : log.entries()) {
                assertTrue(entry.toBytes()[0] >= 1 && entry.toBytes()[0] <= 5);
            }
            log.toDeletes(List.of(node("Work", Existence.EXISTS, GUID, true)), '/', '%');
        });
    }
}
