package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameSumTest {
    private static NameSum of(boolean inNew, List<String> names) {
        NameSum sum = new NameSum();
        names.forEach(name -> sum.add(name.getBytes(StandardCharsets.ISO_8859_1), inNew));
        return sum;
    }

    @Test
    void orderAndHiddenFilesDoNotCount() {
        assertTrue(of(false, List.of("a:2,S", "b:2,")).sameAs(of(false, List.of(".x", "b:2,", "", "a:2,S"))));
    }

    @Test
    void otherNamesOtherFoldersAndMoreFilesDo() {
        NameSum sum = of(false, List.of("a:2,S", "b:2,"));
        assertFalse(sum.sameAs(of(false, List.of("a:2,", "b:2,S"))));
        assertFalse(sum.sameAs(of(true, List.of("a:2,S", "b:2,"))));
        assertFalse(sum.sameAs(of(false, List.of("a:2,S"))));
        assertFalse(sum.sameAs(of(false, List.of("a:2,S", "b:2,", "b:2,"))));
    }

    @Test
    void aNameMaySayItselfInParts() {
        NameSum parts = new NameSum();
        byte[] name = "xbase:2,F".getBytes(StandardCharsets.ISO_8859_1);
        parts.next(name, 1, 5);
        parts.next(name, 5, name.length);
        parts.end(false);
        assertTrue(parts.sameAs(of(false, List.of("base:2,F"))));
        assertEquals(false, parts.sameAs(of(false, List.of("xbase:2,F"))));
    }
}
