package dev.twinbox.transport.doveadm;

import static dev.twinbox.transport.doveadm.Recorded.LOGIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import dev.twinbox.transport.tls.ClientTls;
import dev.twinbox.transport.tls.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our client and our server over a real network. */
@Timeout(60)
class OverNetworkTest {
    private static final String HOST = "localhost";

    private final Network network = Network.start(2);
    private final List<String> serverLog = Collections.synchronizedList(new ArrayList<>());
    private final List<String> clientLog = Collections.synchronizedList(new ArrayList<>());
    private @Nullable DoveadmServer server;

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        network.close();
    }

    /** Answers with what it is told, until that ends. */
    private static DoveadmService.Session echo(DoveadmCommand command, Caller caller, RemoteLog log) {
        return link -> link.input().transferTo(link.output());
    }

    private Endpoint listen(
            DoveadmServerSettings.Encryption encryption, @Nullable ServerTls tls, DoveadmService service)
            throws IOException {
        return listen(DoveadmServerSettings.usual(new Endpoint.Tcp(HOST, 0), encryption, tls, LOGIN, 2), service);
    }

    private Endpoint listen(DoveadmServerSettings settings, DoveadmService service) throws IOException {
        DoveadmServer made =
                DoveadmServer.start(network, settings, service, (severity, text) -> serverLog.add(text), () -> 0);
        server = made;
        return made.endpoint();
    }

    private Link connect(Endpoint at, DoveadmTarget.Encryption encryption, @Nullable ClientTls tls) throws IOException {
        return connect(at, encryption, tls, LOGIN);
    }

    private Link connect(Endpoint at, DoveadmTarget.Encryption encryption, @Nullable ClientTls tls, Login login)
            throws IOException {
        return new DoveadmClient(network, 20, 20)
                .connect(
                        new DoveadmTarget(at, encryption, tls, login),
                        DoveadmCommand.dsyncServer("ann"),
                        (severity, text) -> clientLog.add(severity + " " + text));
    }

    private static void assertEchoes(Link link) throws IOException {
        byte[] bytes = new byte[300_000];
        new SplittableRandom(7).nextBytes(bytes);
        try (link) {
            Thread writer = new Thread(() -> {
                try {
                    link.output().write(bytes);
                    link.output().flush();
                } catch (IOException e) {
                    link.abort();
                }
            });
            writer.start();
            assertArrayEquals(bytes, link.input().readNBytes(bytes.length));
        }
    }

    private String failure(Endpoint at, DoveadmTarget.Encryption encryption, @Nullable ClientTls tls) {
        IOException failure = assertThrows(
                IOException.class, () -> connect(at, encryption, tls).input().readNBytes(1));
        return String.valueOf(failure.getMessage());
    }

    private static void assertContains(String part, String text) {
        assertTrue(text.contains(part), text);
    }

    private void assertServerSays(String part) {
        Awaitility.await().until(() -> serverLog.stream().anyMatch(line -> line.contains(part)));
    }

    @Test
    void carriesBytesBothWays() throws IOException {
        assertEchoes(connect(
                listen(DoveadmServerSettings.Encryption.NONE, null, OverNetworkTest::echo),
                DoveadmTarget.Encryption.NONE,
                null));
    }

    @Test
    void carriesBytesOverAUnixSocket(@TempDir Path directory) throws IOException {
        Endpoint at = new Endpoint.Unix(directory.resolve("socket").toString());
        DoveadmServerSettings settings =
                DoveadmServerSettings.usual(at, DoveadmServerSettings.Encryption.NONE, null, LOGIN, 1);
        assertEquals(at, listen(settings, OverNetworkTest::echo));
        assertEchoes(connect(at, DoveadmTarget.Encryption.NONE, null));
    }

    @Test
    void carriesLogLinesBesideThem() throws IOException {
        Endpoint at = listen(DoveadmServerSettings.Encryption.NONE, null, (command, client, log) -> {
            log.line(RemoteLog.Severity.WARNING, "first\nof\33all");
            return link -> {
                link.output().write('a');
                log.line(RemoteLog.Severity.DEBUG, "between");
                link.output().write('b');
            };
        });
        try (Link link = connect(at, DoveadmTarget.Encryption.NONE, null)) {
            assertEquals("ab", new String(link.input().readAllBytes(), StandardCharsets.US_ASCII));
        }
        assertEquals(List.of("WARNING first?of?all", "DEBUG between"), clientLog);
    }

    @Test
    void tellsTheClientWhyItIsRefused() throws IOException {
        Endpoint at = listen(DoveadmServerSettings.Encryption.NONE, null, (command, client, log) -> {
            throw new RefusedException(Refusal.NOUSER, "there is no " + command.user());
        });
        RefusedException refused =
                assertThrows(RefusedException.class, () -> connect(at, DoveadmTarget.Encryption.NONE, null));
        assertEquals(Refusal.NOUSER, refused.refusal());
        assertEquals(List.of("ERROR there is no ann"), clientLog);
        assertServerSays("there is no ann");
    }

    @Test
    void refusesWrongPasswordsAndOtherCommands() throws IOException {
        Endpoint at = listen(DoveadmServerSettings.Encryption.NONE, null, OverNetworkTest::echo);
        RefusedException refused = assertThrows(
                RefusedException.class,
                () -> connect(at, DoveadmTarget.Encryption.NONE, null, new Login("doveadm", "SECRET")));
        assertEquals(Refusal.LOGIN, refused.refusal());
        refused = assertThrows(RefusedException.class, () -> new DoveadmClient(network, 20, 20)
                .connect(
                        new DoveadmTarget(at, DoveadmTarget.Encryption.NONE, null, LOGIN),
                        new DoveadmCommand("", "ann", "mailbox list", List.of()),
                        RemoteLog.none()));
        assertEquals(Refusal.UNNAMED, refused.refusal());
        assertTrue(serverLog.stream().noneMatch(line -> line.contains("SECRET")), serverLog.toString());
    }

    @Test
    void survivesAFaultOfTheService() throws IOException {
        Endpoint at = listen(DoveadmServerSettings.Encryption.NONE, null, (command, client, log) -> {
            throw new IllegalStateException("a fault");
        });
        assertContains("cannot do it now", failure(at, DoveadmTarget.Encryption.NONE, null));
        assertServerSays("a fault");
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        Endpoint at = listen(DoveadmServerSettings.Encryption.NONE, null, OverNetworkTest::echo);
        running().close();
        assertContains("nobody listens", failure(at, DoveadmTarget.Encryption.NONE, null));
        assertContains(
                "no host nowhere.invalid",
                failure(new Endpoint.Tcp("nowhere.invalid", 1), DoveadmTarget.Encryption.NONE, null));
        assertContains(
                "cannot connect to /nowhere/socket",
                failure(new Endpoint.Unix("/nowhere/socket"), DoveadmTarget.Encryption.NONE, null));
    }

    private DoveadmServer running() {
        return java.util.Objects.requireNonNull(server);
    }

    @Test
    void turnsAwayWhatIsTooMuch() throws IOException {
        DoveadmServerSettings settings = new DoveadmServerSettings(
                new Endpoint.Tcp(HOST, 0), DoveadmServerSettings.Encryption.NONE, null, LOGIN, 3, 2, 20, 2);
        Endpoint.Tcp at = (Endpoint.Tcp) listen(settings, OverNetworkTest::echo);
        try (Link first = connect(at, DoveadmTarget.Encryption.NONE, null);
                Link second = connect(at, DoveadmTarget.Encryption.NONE, null);
                Socket stranger = new Socket(InetAddress.getByName(HOST), at.port())) {
            Awaitility.await().until(() -> {
                try (Socket more = new Socket(InetAddress.getByName(HOST), at.port())) {
                    return more.getInputStream().read() < 0;
                }
            });
            assertServerSays("too many connections");
            assertTrue(stranger.isConnected());
            assertEquals(first.name(), second.name());
        }
        Awaitility.await().ignoreExceptions().until(() -> {
            connect(at, DoveadmTarget.Encryption.NONE, null).close();
            return true;
        });
    }

    @Test
    void cutsOffWhoDoesNotLogIn() throws IOException {
        DoveadmServerSettings settings = new DoveadmServerSettings(
                new Endpoint.Tcp(HOST, 0), DoveadmServerSettings.Encryption.NONE, null, LOGIN, 3, 2, 1, 2);
        Endpoint.Tcp at = (Endpoint.Tcp) listen(settings, OverNetworkTest::echo);
        try (Socket idle = new Socket(InetAddress.getByName(HOST), at.port())) {
            assertEquals(-1, idle.getInputStream().read());
        }
        assertServerSays("no command within 1 seconds");
    }

    @Test
    void endsWhenTheServerSaysNothing() throws IOException {
        try (java.net.ServerSocket mute = new java.net.ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            IOException failure = assertThrows(IOException.class, () -> new DoveadmClient(network, 20, 1)
                    .connect(
                            new DoveadmTarget(
                                    new Endpoint.Tcp(HOST, mute.getLocalPort()),
                                    DoveadmTarget.Encryption.NONE,
                                    null,
                                    LOGIN),
                            DoveadmCommand.dsyncServer("ann"),
                            RemoteLog.none()));
            assertContains("no answer within 1 seconds", String.valueOf(failure.getMessage()));
        }
    }

    @Test
    void letsAThreadThatReadsGoWhenTheLinkIsCut() throws Exception {
        Endpoint at = listen(DoveadmServerSettings.Encryption.NONE, null, OverNetworkTest::echo);
        Link link = connect(at, DoveadmTarget.Encryption.NONE, null);
        Thread cutter = new Thread(link::abort);
        cutter.start();
        assertThrows(IOException.class, () -> link.input().read());
        assertThrows(IOException.class, () -> link.output().write(1));
        cutter.join();
        link.close();
    }
}
