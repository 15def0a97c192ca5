package dev.twinbox.engine.storage.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.engine.storage.account.UniqueNames;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UniqueNamesTest {
    @Test
    void looksLikeDovecots() {
        UniqueNames names = new UniqueNames(20932, "vm");
        assertEquals("1795300232.M104000P20932.vm,S=174,W=182", names.next(1_795_300_232_104L, 174, 182));
        assertEquals("1795300232.M104001P20932.vm", names.next(1_795_300_232_104L));
        assertEquals("1795300232.M104002P20932.vm", names.next(1_795_300_000_000L));
    }

    @Test
    void neverRepeats() {
        UniqueNames names = new UniqueNames(1, "h");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            assertTrue(seen.add(names.next(1_000_000L - i % 7)));
        }
    }

    @Test
    void hostsAreMadeFitForFileNames() {
        assertEquals("a\\057b\\072c\\054d", UniqueNames.escapeHost("a/b:c,d"));
        assertEquals("\\303\\251", UniqueNames.escapeHost("é"));
        assertEquals("localhost", UniqueNames.escapeHost(""));
        assertEquals(64, UniqueNames.escapeHost("h".repeat(500)).length());
        String name = new UniqueNames(1, "a/b:c,S=5").next(1_000);
        assertEquals(name, MaildirName.parse(name).orElseThrow().base());
        assertEquals(
                MaildirName.SIZE_UNKNOWN, MaildirName.parse(name).orElseThrow().size());
    }
}
