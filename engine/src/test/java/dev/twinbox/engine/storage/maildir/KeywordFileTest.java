package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.twinbox.engine.storage.Mutations;
import dev.twinbox.protocol.item.Keywords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeywordFileTest {
    private static final String GOLDEN = "0 $Forwarded\n1 MyKeyword\n";

    private static KeywordFile parse(String text) {
        return KeywordFile.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(KeywordFile file) {
        return new String(file.toBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void readsAndWritesWhatDovecotDoes() {
        KeywordFile file = parse(GOLDEN);
        assertEquals(Optional.of("$Forwarded"), file.name(0));
        assertEquals(1, file.indexOf("mykeyword"));
        assertEquals(-1, file.indexOf("other"));
        assertEquals("$Forwarded MyKeyword unknown-25", file.keywords(0x2000003).toString());
        assertEquals(0b10, file.maskOf(Keywords.of(List.of("MYKEYWORD", "none"))));
        assertEquals(GOLDEN, text(file));
        assertEquals(List.of(), file.problems());
    }

    @Test
    void newNamesGetTheLowestFreeIndexes() {
        KeywordFile.Added added = parse("1 b\n").add(List.of("x", "B", "X", "y"));
        assertEquals("0 x\n1 b\n2 y\n", text(added.file()));
        assertEquals(List.of(), added.overflow());
        KeywordFile same = parse("1 b\n");
        assertSame(same, same.add(List.of("B")).file());
        assertThrows(IllegalArgumentException.class, () -> same.add(List.of("a b")));
    }

    @Test
    void moreThanTheAlphabetOverflows() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            names.add("k" + i);
        }
        KeywordFile.Added added = KeywordFile.EMPTY.add(names);
        assertEquals(List.of("k26", "k27", "k28", "k29"), added.overflow());
        assertEquals(25, added.file().indexOf("k25"));
        assertEquals(0, added.file().freeMask());
    }

    @Test
    void lettersWithoutALineGetOne() {
        KeywordFile file = parse(GOLDEN).withUnknown(0b10110);
        assertEquals(GOLDEN + "2 unknown-2\n4 unknown-4\n", text(file));
        assertEquals(3, file.add(List.of("new")).file().indexOf("new"));
        assertSame(file, file.withUnknown(0b10110));
    }

    @Test
    void damageCostsOneLineAndNoIndexChangesItsMeaning() {
        KeywordFile file = parse("0 Junk\n1 junk\n2 a b\ngarbage\n26 z\n\n3\n0 again\n4 ok");
        assertEquals("Junk", file.nameOrUnknown(0));
        assertEquals(Optional.empty(), file.name(1));
        assertEquals("unknown-2", file.nameOrUnknown(2));
        assertEquals(Optional.of("ok"), file.name(4));
        assertEquals(7, file.problems().size());
        assertEquals(
                "0 Junk\n1 x\n2 a b\n3 y\n4 ok\n",
                text(file.add(List.of("x", "y")).file()));
    }

    @Test
    void randomFilesSurvive() {
        for (long seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<String> names = new ArrayList<>();
            for (int n = random.nextInt(30); n > 0; n--) {
                names.add("k" + random.nextInt(40) + "é");
            }
            KeywordFile file = KeywordFile.EMPTY
                    .withUnknown(random.nextInt(1 << 26))
                    .add(names)
                    .file();
            KeywordFile read = parse(text(file));
            assertEquals(List.of(), read.problems(), "seed " + seed);
            for (int i = 0; i < KeywordFile.INDEXES; i++) {
                assertEquals(file.name(i), read.name(i), "seed " + seed);
            }
            int mask = random.nextInt(1 << 26) & ~file.freeMask();
            assertEquals(mask, read.maskOf(read.keywords(mask)), "seed " + seed);
        }
    }

    @Test
    void damagedFilesAreRead() {
        Mutations.tryAll((GOLDEN + "2 Ünï\n25 z\n").getBytes(StandardCharsets.UTF_8), damaged -> {
            KeywordFile file = KeywordFile.parse(damaged);
            file.keywords((1 << 26) - 1);
            KeywordFile again = KeywordFile.parse(file.withUnknown(7).toBytes());
            for (int i = 0; i < KeywordFile.INDEXES; i++) {
                assertEquals(file.withUnknown(7).name(i), again.name(i));
                assertEquals(file.withUnknown(7).freeMask(), again.freeMask());
            }
        });
    }
}
