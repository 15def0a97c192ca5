package dev.twinbox.engine.storage.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mutations;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.protocol.item.MailboxName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SubscriptionFileTest {
    private static final String GOLDEN = "V\t2\n\nWork\nArchive\t2023\nEntw&APw-rfe\n";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static SubscriptionFile parse(String text) throws CorruptStoreException {
        return SubscriptionFile.parse(bytes(text), '.', false);
    }

    private static String text(SubscriptionFile file) {
        return new String(file.toBytes(), StandardCharsets.UTF_8);
    }

    private static MailboxName name(String name) {
        return MailboxName.parse(name, '/');
    }

    @Test
    void readsAndWritesVersion2() throws Exception {
        SubscriptionFile file = parse(GOLDEN);
        assertEquals(2, file.version());
        assertEquals("[Work, Archive/2023, Entwürfe]", file.names().toString());
        assertEquals(GOLDEN, text(file));
        SubscriptionFile more = file.add(name("a.b/c")).remove(name("Archive/2023"));
        assertEquals("V\t2\n\nWork\nEntw&APw-rfe\na.b\tc\n", text(more));
        assertSame(more, more.add(name("Work")));
        assertSame(more, more.remove(name("Gone")));
        assertEquals(GOLDEN, text(file));
    }

    @Test
    void aVersion1FileStaysOne() throws Exception {
        SubscriptionFile file = parse("Work.Sub\nINBOX");
        assertEquals(1, file.version());
        assertEquals("[Work/Sub, INBOX]", file.names().toString());
        assertEquals("Work.Sub\nINBOX\nA.B\n", text(file.add(name("A/B"))));
        assertThrows(NotPossibleException.class, () -> file.add(new MailboxName(List.of("a.b"))));
    }

    @Test
    void newFilesAreVersion2() throws Exception {
        SubscriptionFile file = SubscriptionFile.parse(new byte[0], '/', true).add(name("Ünï/日"));
        assertEquals("V\t2\n\nÜnï\t日\n", text(file));
        assertEquals("V\t2\n\n", text(SubscriptionFile.empty('.', false)));
    }

    @Test
    void linesThatAreNoNamesAreKept() throws Exception {
        String odd = "V\t2\n\nWork\n&bad\n..\na\t\tb\na\u0001tb\n\nWork\n";
        SubscriptionFile file = parse(odd);
        assertEquals("[Work]", file.names().toString());
        assertEquals(4, file.unreadable());
        assertEquals("V\t2\n\n&bad\n..\na\t\tb\na\u0001tb\n", text(file.remove(name("Work"))));
    }

    @Test
    void otherVersionsAreRefused() {
        assertThrows(CorruptStoreException.class, () -> parse("V\t3\n\nWork\n"));
        assertThrows(CorruptStoreException.class, () -> parse("V\t"));
    }

    @Test
    void randomListsSurvive() throws Exception {
        for (long seed = 0; seed < 1_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SubscriptionFile file = SubscriptionFile.empty('/', random.nextBoolean());
            List<MailboxName> names = new ArrayList<>();
            for (int n = random.nextInt(20); n > 0; n--) {
                MailboxName name = name("a" + random.nextInt(9) + "/é&" + random.nextInt(3));
                names.remove(name);
                names.add(name);
                file = file.remove(name).add(name);
            }
            assertEquals(names, List.copyOf(file.names()), "seed " + seed);
            assertEquals(text(file), text(SubscriptionFile.parse(file.toBytes(), '/', false)), "seed " + seed);
        }
    }

    @Test
    void damagedFilesAreReadOrRefused() {
        for (String good : List.of(GOLDEN, "Work.Sub\nEntw&APw-rfe\n")) {
            Mutations.tryAll(bytes(good), damaged -> {
                try {
                    SubscriptionFile file = SubscriptionFile.parse(damaged, '.', false);
                    MailboxName added = name("New/Sub");
                    SubscriptionFile more = file.add(added);
                    assertTrue(
                            SubscriptionFile.parse(more.toBytes(), '.', false).contains(added));
                    assertFalse(more.remove(added).contains(added));
                } catch (CorruptStoreException e) {
                    assertTrue(String.valueOf(e.getMessage()).contains("line 1"));
                }
            });
        }
    }
}
