package dev.twinbox.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Memory does not grow with what passes through. {@code TWINBOX_LARGE_MAIL_MB} (default 150; 500 for the full proof) and
 * {@code TWINBOX_MANY_MAILS} (default 5000; 100000 for the full proof) set the sizes.
 */
class LargeTest extends TwinboxTest {
    private static final int MAIL_MB = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_LARGE_MAIL_MB", "150"));
    private static final int MANY = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_MANY_MAILS", "5000"));
    private static final long RSS_KB_MAX = 200 * 1024;

    @Test
    @Tag("F305")
    void aHugeMailPassesThroughASmallHeap() {
        Account source = Account.maildir(sandbox, "source");
        sandbox.shell(
                "mkdir -p \"$1/cur\" \"$1/new\" \"$1/tmp\"; { printf 'Subject: huge\\n\\n';"
                        + " yes 'line of a huge mail' | head -c \"$2\"M; } > \"$1/cur/1700000001.M1P1.host:2,S\"",
                source.maildir(),
                MAIL_MB);
        Account replica = Account.maildir(sandbox, "replica");
        mustFitInMemory(source, replica);
        twinbox.verify(source, replica).mustEndWith(0);
    }

    @Test
    @Tag("F305")
    void manyMailsInOneFolderFitInMemory() {
        Account source = Account.maildir(sandbox, "source");
        fillByHand(source, MANY, "host");
        Account replica = Account.maildir(sandbox, "replica");
        mustFitInMemory(source, replica);
        mustFitInMemory(source, replica);
        twinbox.verify(source, replica).mustEndWith(0);
    }

    private void mustFitInMemory(Account source, Account replica) {
        List<Object> command = new ArrayList<>(List.of("-f", "rss %M", twinbox.program()));
        command.addAll(List.of("backup", "--from", source.location(), replica.location()));
        Ran run = twinbox.as("/usr/bin/time", command.toArray()).mustEndWith(0);
        String last = run.err().strip().replaceFirst("(?s).*rss ", "");
        assertTrue(Long.parseLong(last) <= RSS_KB_MAX, () -> "peak memory in KB: " + last);
    }
}
