package dev.twinbox.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.cli.TestClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class OutputTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Messages messages = new Messages(bytes);
    private final TestClock clock = new TestClock();

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void writesMessagesAsDoveadmDoes() {
        messages.error("first");
        messages.setUser("alice");
        messages.warning("odd");
        messages.info("unseen");
        messages.debug("unseen");
        messages.setLevel(false, true);
        messages.info("seen");
        messages.setLevel(true, false);
        messages.debug("seen too");
        assertEquals("""
                twinbox: Error: first
                twinbox(alice): Warning: odd
                twinbox(alice): Info: seen
                twinbox(alice): Debug: seen too
                """, text());
    }

    @Test
    void escapesControlCharactersAndNothingElse() {
        messages.setUser("a\nb");
        messages.error("x\u001B[31m\u0007\r\n\u007F\u0085 ü€ \\");
        assertEquals("twinbox(a\\x0ab): Error: x\\x1b[31m\\x07\\x0d\\x0a\\x7f\\x85 ü€ \\\n", text());
    }

    @Test
    void keepsTheStatusLineBelowMessages() {
        messages.status("50%");
        messages.status("50%");
        messages.error("e");
        messages.status("");
        assertEquals("\r\u001B[K50%\r\u001B[Ktwinbox: Error: e\n50%\r\u001B[K", text());
    }

    @Test
    void showsNoProgressOfAShortRun() {
        Progress progress = new Progress(Progress.Style.BAR, messages, clock);
        progress.total(1, 2);
        progress.mail("INBOX", 5);
        clock.advanceMillis(Progress.FIRST_MILLIS - 1);
        progress.mail("INBOX", 5);
        progress.end();
        assertEquals("", text());
    }

    @Test
    void drawsABarWithCountsRateAndRemainingTime() {
        Progress progress = new Progress(Progress.Style.BAR, messages, clock);
        progress.total(2, 400);
        clock.advanceMillis(1000);
        progress.mailbox("A very long \u001B name of a mailbox", 100);
        clock.advanceMillis(Progress.BAR_MILLIS - 1);
        progress.mail("B", 1);
        assertEquals("\r\u001B[K[#####---------------] 100/400 mails 25% 100/s ETA 0:03 A very long \\x1b …", text());
        assertTrue(text().length() < 90);
        progress.end();
        assertTrue(text().endsWith("\r\u001B[K"));
    }

    @Test
    void writesALineNowAndThenWithoutATerminal() {
        Progress progress = new Progress(Progress.Style.LINES, messages, clock);
        progress.total(3, 100_000);
        for (int i = 0; i < 10; i++) {
            clock.advanceMillis(Progress.LINE_MILLIS / 5 + 1);
            progress.mail("INBOX", 2048);
        }
        assertEquals(2, text().lines().count(), text());
        assertEquals(
                "twinbox: 5/100000 mails 0%, 0/3 mailboxes, 10 KiB copied, 0/s, in INBOX",
                text().lines().findFirst().orElse(""));
    }

    @Test
    void neverShowsProgressWhereNoneIsWanted() {
        Progress progress = new Progress(Progress.Style.NONE, messages, clock);
        clock.advanceMillis(1_000_000);
        progress.mailbox("INBOX", 3);
        progress.end();
        assertEquals("", text());
    }

    @Test
    void buffersAndKeepsTheFirstFailure() {
        Output output = new Output(bytes);
        output.line("grüße\u0001");
        assertEquals("", text());
        output.flush();
        assertEquals("grüße\\x01\n", text());
        assertNull(output.failure());
        Output broken = new Output(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("full");
            }
        });
        broken.line("x");
        broken.flush();
        assertNotNull(broken.failure());
    }

    @Test
    void leavesItToTheConversationWhatAPeerDidNotGet() {
        Output broken = new Output(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("EPIPE");
            }
        });
        OutputStream toPeer = broken.toPeer();
        assertThrows(IOException.class, () -> {
            toPeer.write('X');
            toPeer.flush();
        });
        assertNull(broken.failure());
    }
}
