package dev.twinbox.engine.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class KernelLocksTest {
    private static final String LIST = """
            1: FLOCK  ADVISORY  WRITE 17467 fe:00:2154499 0 EOF
            2: POSIX  ADVISORY  WRITE 11522 fe:00:2154505 0 EOF
            2: -> POSIX  ADVISORY  WRITE 333 fe:00:2154505 0 EOF
            3: POSIX  ADVISORY  READ  22592 00:2d:77 128 128
            4: POSIX  ADVISORY  READ  22593 00:2e:77 128 128
            5: POSIX  ADVISORY  WRITE 0 fe:00:88 0 EOF
            nonsense
            """;

    @Test
    void namesTheOneThatHasItNotThoseWhoWait() {
        assertEquals("11522", KernelLocks.holder(LIST, "2154505"));
    }

    @Test
    void saysNothingOfWhatItDoesNotKnow() {
        assertEquals("", KernelLocks.holder(LIST, "2154499"));
        assertEquals("", KernelLocks.holder(LIST, "77"));
        assertEquals("", KernelLocks.holder(LIST, "88"));
        assertEquals("", KernelLocks.holder(LIST, "5"));
        assertEquals("", KernelLocks.holder("", "5"));
    }
}
