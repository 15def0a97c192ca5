package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.Mutations;
import dev.twinbox.engine.storage.account.Problems;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxGuid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UidlistTest {
    private static final String GOLDEN = """
            3 V1795300234 N5 G6246c404881b026bbe51000083ecc375
            1 :1795300232.M104351P20932.vm,S=174,W=182
            2 G0f769b07891b026bcb52000083ecc375 :1795301829.M580332P19043.vm,S=174,W=182
            8 Gany-string Pold-uidl-7 O7 W1412 :1700002000.M2P4242.twinbox,S=134
            4000000100 Gdeadbeefdeadbeefdeadbeefdeadbeef :1700000600.M1P1.tb,S=9,W=9
            """;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static Uidlist parse(String text) throws CorruptStoreException {
        return Uidlist.parse(bytes(text));
    }

    @Test
    void readsWhatDovecotWrites() throws Exception {
        Uidlist list = parse(GOLDEN);
        assertEquals(List.of(), list.problems());
        assertEquals(3, list.version());
        assertEquals(1795300234L, list.uidValidity());
        assertEquals(5, list.headerNextUid());
        assertEquals(4000000101L, list.nextUid());
        assertEquals(MailboxGuid.parse("6246c404881b026bbe51000083ecc375"), list.guid());
        assertEquals(4, list.size());
        assertEquals("1795300232.M104351P20932.vm,S=174,W=182", list.guid(0).value());
        assertEquals("0f769b07891b026bcb52000083ecc375", list.guid(1).value());
        assertEquals(
                new UidlistFields(new MailGuid("any-string"), -1, 1412, new Pop3("old-uidl-7", 7), ""), list.fields(2));
        assertEquals(4000000100L, list.uid(3));
        assertEquals(2, list.rowOfBase("1700002000.M2P4242.twinbox,S=134"));
        assertEquals(3, list.rowOfFile(bytes("1700000600.M1P1.tb,S=9,W=9:2,FS")));
        assertEquals(-1, list.rowOfBase("1700000600.M1P1.tb"));
        assertEquals(1, list.rowOfUid(2));
        assertEquals(-3, list.rowOfUid(3));
    }

    @Test
    void writesWhatItRead() throws Exception {
        assertEquals(GOLDEN.replace("N5", "N4000000101"), text(parse(GOLDEN).toBytes()));
    }

    @Test
    void readsVersion1() throws Exception {
        Uidlist list = parse("1 1234 9\n3 100.a:2,S\n5 101.b c\n");
        assertEquals(1, list.version());
        assertEquals(1234, list.uidValidity());
        assertEquals(9, list.nextUid());
        assertEquals("100.a", list.base(0));
        assertEquals("101.b c", list.base(1));
        assertNull(list.guid());
        assertEquals("3 V1234 N9\n3 :100.a\n5 :101.b c\n", text(list.toBytes()));
    }

    @Test
    void keepsWhatItDoesNotKnow() throws Exception {
        Uidlist list = parse("3 V7 N2 Xextra P%u Y\n1 Qfoo Z :a:2,FOO\n");
        assertEquals(List.of("Xextra", "Y"), list.otherHeaders());
        assertEquals("%u", list.pop3Format());
        assertEquals("Qfoo Z", list.fields(0).others());
        assertEquals("3 V7 N2 P%u Xextra Y\n1 Qfoo Z :a\n", text(list.toBytes()));
    }

    @Test
    void aPop3UidlWithoutValueIsTheBaseName() throws Exception {
        Uidlist list = parse("3 V7 N2\n1 P :base\n");
        assertEquals(new Pop3("base", 0), list.fields(0).pop3());
        assertEquals("1 P :base\n", text(Uidlist.line(1, "base", list.fields(0))));
    }

    @Test
    void guidsThatDoNotFitIntoALineAreHashed() {
        MailGuid guid = new MailGuid("two words");
        String line = text(Uidlist.line(4, "a", UidlistFields.of(guid, Pop3.NONE)));
        assertEquals("4 G" + java.util.HexFormat.of().formatHex(guid.to128()) + " :a\n", line);
        assertEquals("4 :a\n", text(Uidlist.line(4, "a", UidlistFields.of(new MailGuid("a"), Pop3.NONE))));
        assertEquals(
                "4 Gx:y O3 :a\n",
                text(Uidlist.line(4, "a", UidlistFields.of(new MailGuid("x:y"), new Pop3("a b", 3)))));
    }

    @Test
    void guidsInUtf8Survive() throws Exception {
        MailGuid guid = new MailGuid("Ünï-日本");
        byte[] file = new Uidlist.Builder(9)
                .add(1, "a", UidlistFields.of(guid, Pop3.NONE))
                .build()
                .toBytes();
        assertEquals(guid, Uidlist.parse(file).guid(0));
    }

    @Test
    void aLineWithoutEndDoesNotCount() throws Exception {
        Uidlist list = parse("3 V7 N2\n1 :a\n2 :b");
        assertEquals(1, list.size());
        assertEquals(List.of("line 3: no line end; left out"), list.problems());
    }

    @Test
    void damagedLinesCostOnlyThemselves() throws Exception {
        Uidlist list =
                parse("3 V7 N2 Gxyz\n1 :a\ngarbage\n9 :b\n5 :c\n0 :d\n10 x:e\n11 :f/g\n12 :\n13 :h\n99999999999 :i\n");
        assertEquals("1 9 13", list.uid(0) + " " + list.uid(1) + " " + list.uid(2));
        assertEquals(3, list.size());
        assertEquals(8, list.problems().size());
        assertEquals(14, list.nextUid());
    }

    @Test
    void ofTwoLinesForOneFileTheLaterWins() throws Exception {
        Uidlist list = parse("3 V7 N50\n1 :a\n3 :b\n5 :a\n7 :c\n8 :a\n");
        assertEquals("3 V7 N50\n3 :b\n7 :c\n8 :a\n", text(list.toBytes()));
        assertEquals(2, list.rowOfBase("a"));
        assertEquals(2, list.problems().size());
    }

    @Test
    void withoutUidValidityThereIsNothingToBeHad() {
        for (String bad : List.of(
                "", "\n", "3 V7 N2", "3 N2\n", "3 V0 N2\n", "2 V7 N2\n", "garbage\n1 :a\n", "1 5\n", "3 V7x\n")) {
            CorruptStoreException e = assertThrows(CorruptStoreException.class, () -> parse(bad), bad);
            assertTrue(String.valueOf(e.getMessage()).contains("line 1"), bad);
        }
    }

    @Test
    void builderRefusesWhatNobodyCouldRead() {
        Uidlist.Builder builder = new Uidlist.Builder(7).add(5, "a", UidlistFields.NONE);
        assertThrows(IllegalArgumentException.class, () -> builder.add(5, "b", UidlistFields.NONE));
        for (String bad : List.of("", ".a", "a:b", "a/b", "a\nb", "\u20ac")) {
            assertThrows(IllegalArgumentException.class, () -> builder.add(6, bad, UidlistFields.NONE), bad);
        }
        assertThrows(IllegalArgumentException.class, () -> new Uidlist.Builder(0));
        builder.add(6, "a", UidlistFields.NONE);
        assertThrows(IllegalArgumentException.class, builder::build);
    }

    @Test
    void rowsMoveToAnotherListUnchanged() throws Exception {
        Uidlist from = parse("3 V7 N2 G6246c404881b026bbe51000083ecc375 Xx\n1 Qfoo Gg :a\n4 :b\n");
        Uidlist to = from.toBuilder()
                .uidValidity(8)
                .add(9, from, 0)
                .add(12, "c", UidlistFields.NONE)
                .build();
        assertEquals("3 V8 N13 G6246c404881b026bbe51000083ecc375 Xx\n9 Qfoo Gg :a\n12 :c\n", text(to.toBytes()));
        assertEquals("a", from.base(0));
    }

    @Test
    void randomListsSurvive() throws Exception {
        for (long seed = 0; seed < 300; seed++) {
            Uidlist made = random(new SplittableRandom(seed));
            Uidlist read = Uidlist.parse(made.toBytes());
            assertEquals(List.of(), read.problems(), "seed " + seed);
            assertEquals(made.size(), read.size(), "seed " + seed);
            assertEquals(made.nextUid(), read.nextUid(), "seed " + seed);
            assertEquals(made.guid(), read.guid(), "seed " + seed);
            for (int row = 0; row < made.size(); row++) {
                assertEquals(made.uid(row), read.uid(row), "seed " + seed);
                assertEquals(made.base(row), read.base(row), "seed " + seed);
                assertEquals(made.fields(row), read.fields(row), "seed " + seed);
                assertEquals(row, read.rowOfBase(made.base(row)), "seed " + seed);
                assertEquals(row, read.rowOfUid(made.uid(row)), "seed " + seed);
            }
            assertArrayEquals(made.toBytes(), read.toBytes(), "seed " + seed);
        }
    }

    private static Uidlist random(SplittableRandom random) {
        Uidlist.Builder builder = new Uidlist.Builder(random.nextLong(1, 1L << 32));
        if (random.nextBoolean()) {
            builder.guid(new MailboxGuid(random.nextLong(), random.nextLong()));
        }
        long uid = 0;
        for (int i = random.nextInt(200); i > 0; i--) {
            uid += random.nextLong(1, 20_000_000);
            MailGuid guid = random.nextBoolean() ? null : new MailGuid("g" + random.nextInt() + "é");
            Pop3 pop3 = random.nextBoolean() ? Pop3.NONE : new Pop3("u" + random.nextInt(9), random.nextInt(3));
            builder.add(uid, "1." + i + (char) random.nextInt(0xA1, 0x100), UidlistFields.of(guid, pop3));
        }
        return builder.nextUid(random.nextLong(1, 1L << 32)).build();
    }

    @Test
    void manyMailsAreFoundAgain() throws Exception {
        Uidlist.Builder builder = new Uidlist.Builder(1);
        for (int i = 1; i <= 100_000; i++) {
            builder.add(i, "17953002" + i % 100 + ".M" + i + "P1.vm,S=174,W=182", UidlistFields.NONE);
        }
        Uidlist list = Uidlist.parse(builder.build().toBytes());
        for (int row = 0; row < list.size(); row++) {
            assertEquals(row, list.rowOfBase(list.base(row)));
        }
    }

    @Test
    void damagedFilesAreReadOrRefused() {
        Mutations.tryAll(bytes(GOLDEN), damaged -> {
            try {
                Uidlist list = Uidlist.parse(damaged);
                assertTrue(list.problems().size() <= Problems.SPELLED_MAX + 1);
                for (int row = 0; row < list.size(); row++) {
                    assertTrue(row == 0 || list.uid(row) > list.uid(row - 1));
                    assertEquals(row, list.rowOfBase(list.base(row)));
                    assertTrue(list.guid(row).value().length() > 0);
                    assertTrue(MaildirName.parse(list.base(row)).isPresent());
                    Uidlist.line(list.uid(row), list.base(row), list.fields(row));
                }
                Uidlist again = Uidlist.parse(list.toBytes());
                assertEquals(List.of(), again.problems());
                assertEquals(list.size(), again.size());
                assertEquals(list.nextUid(), again.nextUid());
            } catch (CorruptStoreException e) {
                assertTrue(String.valueOf(e.getMessage()).contains("line "));
            }
        });
    }

    @Test
    void aLongListIsReadAsItsLinesAreOneByOne() throws Exception {
        String head = "3 V1 N1000000 G00112233445566778899aabbccddeeff\n";
        SplittableRandom random = new SplittableRandom(4);
        StringBuilder text = new StringBuilder(head);
        List<String> expected = new ArrayList<>();
        for (int uid = 1; text.length() < 3 * UidlistParser.LONG_BYTES; uid++) {
            StringBuilder name = new StringBuilder();
            int length = 1 + random.nextInt(40);
            for (int i = 0; i < length; i++) {
                name.append("abc.,=M0123456789\u00e9\u008a".charAt(random.nextInt(19)));
            }
            if (random.nextInt(4) == 0) {
                name.setCharAt(random.nextInt(length), ":/\r\0;09".charAt(random.nextInt(7)));
            }
            String line = uid + (uid % 3 == 0 ? " W12 :" : " :") + name + "\n";
            text.append(line);
            Uidlist one = Uidlist.parse((head + line).getBytes(StandardCharsets.ISO_8859_1));
            if (one.size() == 1) {
                expected.add(one.uid(0) + " " + one.base(0));
            }
        }

        Uidlist all = Uidlist.parse(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        List<String> read = new ArrayList<>();
        for (int row = 0; row < all.size(); row++) {
            read.add(all.uid(row) + " " + all.base(row));
        }
        Map<String, Integer> bases = new HashMap<>();
        expected.forEach(line -> bases.merge(line.substring(line.indexOf(' ')), 1, Integer::sum));
        // What a name means that is there twice is another matter.
        expected.removeIf(line -> bases.getOrDefault(line.substring(line.indexOf(' ')), 0) > 1);
        read.removeIf(line -> bases.getOrDefault(line.substring(line.indexOf(' ')), 0) > 1);
        for (int i = 0; i < Math.min(expected.size(), read.size()); i++) {
            assertEquals(expected.get(i), read.get(i));
        }
        assertEquals(expected.size(), read.size());
    }
}
