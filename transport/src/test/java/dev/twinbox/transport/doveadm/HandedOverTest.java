package dev.twinbox.transport.doveadm;

import static dev.twinbox.transport.doveadm.Recorded.LOGIN;
import static dev.twinbox.transport.doveadm.Recorded.latin;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that a server runs for a client: what a real server says of them, and ours. */
@Timeout(60)
class HandedOverTest {
    private static final String GREETING = "VERSION\tdoveadm-client\t1\t2\n+\n";
    private static final DoveadmCommand COMMAND = DoveadmCommand.handedOver(
            true, false, "anna", "sync", List.of("-u", "anna", "-s", "", "--", "maildir:/replica"));

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Network network = Network.start(1);
    private @Nullable DoveadmServer server;

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        network.close();
    }

    private int heard(String said) throws IOException {
        ClientDialogue dialogue = new ClientDialogue(
                Recorded.saying(GREETING + said, told),
                null,
                false,
                (severity, text) -> log.add(severity + " " + text));
        dialogue.greet();
        dialogue.login();
        return dialogue.run(COMMAND).finish(printed);
    }

    private String printed() {
        return latin(printed.toByteArray());
    }

    @Test
    void hearsTheStateThatADovecot23Prints() throws IOException {
        // As 2.3.19 says it: the state and a TAB, then in a packet of its own the end.
        assertEquals(0, heard("\0\0\0\0\15AQAAAHm4+Jk=\t\0\0\0\0\3\n+\n"));
        assertEquals("AQAAAHm4+Jk=\n", printed());
        assertEquals(
                "VERSION\tdoveadm-server\t1\t2\nD\tanna\tsync\t-u\tanna\t-s\t\t--\tmaildir:/replica\n",
                latin(told.toByteArray()));
    }

    @Test
    void hearsWhyADovecot23Fails() throws IOException {
        assertEquals(67, heard("L\0\0\0\6\4Nope\n\0\0\0\0\11\n-NOUSER\n"));
        assertEquals(List.of("ERROR Nope"), log);
        assertEquals("", printed());
    }

    @ParameterizedTest
    @CsvSource({
        "+, 0",
        "-, 75",
        "-TEMPFAIL, 75",
        "-USAGE, 64",
        "-NOPERM, 77",
        "-NOTFOUND, 68",
        "-CHANGED, 2",
        "-GUARDED, 66",
        "-WHATEVER, 75"
    })
    void takesTheExitCodeOver(String line, int code) throws IOException {
        assertEquals(code, heard("\n" + line + "\n"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 64, 65, 66, 67, 68, 73, 75, 76, 77, 78})
    void everyExitCodeHasALine(int code) {
        assertEquals(code, CommandStatus.exitStatus(CommandStatus.line(code)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "abc\t", "abc\t\n", "\n", "\n+", "\n-NOU", "\n*\n", "\n\n", "a\1"})
    void anEndTooEarlyIsNoEnd(String said) {
        IOException failure = assertThrows(IOException.class, () -> heard(said));
        assertTrue(String.valueOf(failure.getMessage()).contains("server.example"), failure.getMessage());
    }

    @Test
    void takesNoEndlessStatus() {
        assertThrows(IOException.class, () -> heard("\n-" + "x".repeat(DoveadmLimits.ANSWER_LINE_MAX + 1)));
    }

    @Test
    void showsNoControlCharactersOfTheServer() throws IOException {
        heard("\33[2J\1n\1t\177\r\t\n+\n");
        assertEquals("?[2J\n\t??\n", printed());
    }

    private Endpoint listen(DoveadmService.Work work) throws IOException {
        DoveadmService service = new DoveadmService() {
            @Override
            public Session open(DoveadmCommand command, Caller caller, RemoteLog remote) throws RefusedException {
                throw new RefusedException(Refusal.UNNAMED, "not asked for");
            }

            @Override
            public Work take(DoveadmCommand command, Caller caller, RemoteLog remote) throws RefusedException {
                if (!command.user().equals("anna")) {
                    throw new RefusedException(Refusal.NOPERM, "not for " + command.user());
                }
                assertEquals(COMMAND, command);
                remote.line(RemoteLog.Severity.WARNING, "beware");
                return work;
            }
        };
        DoveadmServerSettings settings = DoveadmServerSettings.usual(
                new Endpoint.Tcp("localhost", 0), DoveadmServerSettings.Encryption.NONE, null, LOGIN, 1);
        DoveadmServer made = DoveadmServer.start(network, settings, service, (severity, text) -> {}, () -> 0);
        server = made;
        return made.endpoint();
    }

    private RunningCommand call(Endpoint at, DoveadmCommand command) throws IOException {
        return new DoveadmClient(network, 20, 20)
                .run(
                        new DoveadmTarget(at, DoveadmTarget.Encryption.NONE, null, LOGIN),
                        command,
                        (severity, text) -> log.add(severity + " " + text));
    }

    /** Prints what it is given in two pieces. */
    private static final class Prints implements DoveadmService.Work {
        private final String text;
        private final int code;

        Prints(String text, int code) {
            this.text = text;
            this.code = code;
        }

        @Override
        public int run(OutputStream output) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            try {
                output.write(bytes, 0, bytes.length / 2);
                output.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
            } catch (IOException e) {
                return 1;
            }
            return code;
        }

        @Override
        public void cancel() {
            // over at once
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "state\n", "two\nlines\n", "\n", "no end", "a\tb\n\n\n", "ä€\n", "+\n-NOUSER\n"})
    void carriesWhatACommandPrints(String text) throws IOException {
        try (RunningCommand running = call(listen(new Prints(text, 2)), COMMAND)) {
            assertEquals(2, running.finish(printed));
        }
        String expected = text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
        assertEquals(expected, printed.toString(StandardCharsets.UTF_8));
        assertEquals(List.of("WARNING beware"), log);
    }

    @Test
    void carriesMuch() throws IOException {
        String text = "0123456789\n".repeat(200_000);
        try (RunningCommand running = call(listen(new Prints(text, 0)), COMMAND)) {
            assertEquals(0, running.finish(printed));
        }
        assertEquals(text, printed());
    }

    @Test
    void aRefusalIsAnExitCodeAndALine() throws IOException {
        DoveadmCommand other = DoveadmCommand.handedOver(false, false, "bert", "sync", List.of("x"));
        try (RunningCommand running = call(listen(new Prints("", 0)), other)) {
            assertEquals(77, running.finish(printed));
        }
        assertEquals(List.of("ERROR not for bert"), log);
    }

    @Test
    void theCommandIsCancelledWhenItsCallerGoes() throws IOException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Endpoint at = listen(new DoveadmService.Work() {
            @Override
            public int run(OutputStream output) {
                begun.countDown();
                try {
                    cancelled.await();
                } catch (InterruptedException e) {
                    return 1;
                }
                ended.countDown();
                return 75;
            }

            @Override
            public void cancel() {
                cancelled.countDown();
            }
        });
        RunningCommand running = call(at, COMMAND);
        Awaitility.await().until(() -> begun.getCount() == 0);
        running.abort();
        assertThrows(IOException.class, () -> running.finish(printed));
        Awaitility.await().until(() -> ended.getCount() == 0);
        running.close();
    }
}
