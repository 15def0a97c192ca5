package dev.twinbox.engine.storage.account;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FileDictTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Written by Dovecot 2.3.19. */
    @Test
    void readsAndWritesWhatDovecotWrote() {
        String weird = "priv/7c28/weird\n\u00ff\u00fe bad\n";
        String empty = "shared/7c28/vendor/x\n\n";
        String comment = "priv/7c28/comment\na\u0001ttab\u0001nnl\u00011x\u0001rCR \u00c3\u00a9\n";
        byte[] file = bytes(weird.concat(empty).concat(comment));
        FileDict dict = FileDict.parse(file);
        assertEquals("a\ttab\nnl\u0001x\rCR \u00c3\u00a9", dict.get("priv/7c28/comment"));
        assertEquals("", dict.get("shared/7c28/vendor/x"));
        assertEquals(3, dict.entries().size());
        assertArrayEquals(file, dict.toBytes());
    }

    @Test
    void oddFilesAreReadAsFarAsTheyGo() {
        assertEquals(FileDict.EMPTY, FileDict.parse(bytes("")));
        assertEquals(FileDict.EMPTY, FileDict.parse(bytes("key")));
        assertEquals("v", FileDict.parse(bytes("key\nv")).get("key"));
        assertEquals("w", FileDict.parse(bytes("key\nv\nkey\nw\n")).get("key"));
        assertEquals("\u0001", FileDict.parse(bytes("k\n\u0001\n")).get("k"));
        assertEquals("x", FileDict.parse(bytes("k\n\u0001x\n")).get("k"));
    }

    @Test
    void changesKeepEverythingElse() {
        FileDict dict = FileDict.parse(bytes("a\n1\nb\n2\nc\n3\n"));
        Map<String, String> changes = new HashMap<>();
        changes.put("b", null);
        changes.put("a", "9");
        changes.put("d", "4");
        FileDict changed = dict.with(changes);
        assertNull(changed.get("b"));
        assertArrayEquals(bytes("a\n9\nc\n3\nd\n4\n"), changed.toBytes());
        assertEquals("2", dict.get("b"));
    }

    @Test
    void everyByteSurvives() {
        for (long seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Map<String, String> entries = new HashMap<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                entries.put(word(random) + i, word(random));
            }
            FileDict dict = FileDict.EMPTY.with(entries);
            assertEquals(entries, FileDict.parse(dict.toBytes()).entries(), "seed " + seed);
        }
    }

    private static String word(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append((char) (random.nextBoolean() ? random.nextInt(14) : random.nextInt(256)));
        }
        return text.toString();
    }
}
