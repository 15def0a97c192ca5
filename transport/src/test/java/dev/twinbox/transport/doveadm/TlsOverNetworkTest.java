package dev.twinbox.transport.doveadm;

import static dev.twinbox.transport.doveadm.Recorded.LOGIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.net.ChannelLink;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import dev.twinbox.transport.tls.Certificates;
import dev.twinbox.transport.tls.ClientTls;
import dev.twinbox.transport.tls.Engine;
import dev.twinbox.transport.tls.Fingerprint;
import dev.twinbox.transport.tls.Identity;
import dev.twinbox.transport.tls.ServerTls;
import dev.twinbox.transport.tls.TlsConfigException;
import dev.twinbox.transport.tls.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Our client and our server over a real network with TLS: who gets in, and what is said to those who do not. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Engine.class)
class TlsOverNetworkTest {
    private static final String HOST = "localhost";
    private static final Certificates CA = Certificates.ca("ours");

    @Parameter
    Engine engine = Engine.JDK;

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

    private ServerTls serverTls(Identity identity) throws TlsConfigException {
        return engine.server(identity, ServerTls.ClientCertificates.NONE, null);
    }

    private ClientTls clientTls(Trust trust) throws TlsConfigException {
        return engine.client(trust, true, null);
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

    private DoveadmServer running() {
        return java.util.Objects.requireNonNull(server);
    }

    private Endpoint listenTls(Identity identity) throws Exception {
        return listen(DoveadmServerSettings.Encryption.TLS, serverTls(identity), TlsOverNetworkTest::echo);
    }

    @Test
    void trustsAKnownCa() throws Exception {
        Endpoint at = listenTls(CA.identity(HOST));
        assertEchoes(connect(at, DoveadmTarget.Encryption.TLS, clientTls(CA.trust())));
    }

    @Test
    void trustsAChainToAKnownCa() throws Exception {
        Endpoint at = listenTls(CA.ofIntermediate(HOST));
        assertEchoes(connect(at, DoveadmTarget.Encryption.TLS, clientTls(CA.trust())));
    }

    @Test
    void trustsAnAddressThatTheCertificateNames() throws Exception {
        Endpoint.Tcp at = (Endpoint.Tcp) listenTls(CA.identity("127.0.0.1"));
        assertEchoes(
                connect(new Endpoint.Tcp("127.0.0.1", at.port()), DoveadmTarget.Encryption.TLS, clientTls(CA.trust())));
    }

    @Test
    void refusesAnUnknownCa() throws Exception {
        Endpoint at = listenTls(Certificates.ca("somebody").identity(HOST));
        assertContains(
                "signed by 'CN=somebody', which is no CA that is trusted here",
                failure(at, DoveadmTarget.Encryption.TLS, clientTls(CA.trust())));
        assertContains(
                "no CA that is trusted here",
                failure(at, DoveadmTarget.Encryption.TLS, clientTls(new Trust.SystemAuthorities())));
        assertServerSays("does not trust");
    }

    @Test
    void refusesAWrongNameUnlessToldNotToLook() throws Exception {
        Endpoint at = listenTls(CA.identity("other.example", "more.example"));
        assertContains(
                "is for other.example, more.example, not for localhost",
                failure(at, DoveadmTarget.Encryption.TLS, clientTls(CA.trust())));
        assertEchoes(connect(at, DoveadmTarget.Encryption.TLS, engine.client(CA.trust(), false, null)));
    }

    @Test
    void refusesAnExpiredCertificate() throws Exception {
        Endpoint at = listenTls(CA.expired(HOST));
        assertContains("expired on 2000-01-02", failure(at, DoveadmTarget.Encryption.TLS, clientTls(CA.trust())));
    }

    @Test
    void refusesAnExpiredCertificateThatIsTrustedItself() throws Exception {
        Identity expired = CA.expired(HOST);
        Endpoint at = listenTls(expired);
        Trust itself = new Trust.Authorities(expired.chain());
        assertContains("expired on 2000-01-02", failure(at, DoveadmTarget.Encryption.TLS, clientTls(itself)));
    }

    @Test
    void trustsAPinnedCertificateAndNoOther() throws Exception {
        Identity unknown = Certificates.ca("somebody").expired("elsewhere.example");
        Endpoint at = listenTls(unknown);
        assertEchoes(
                connect(at, DoveadmTarget.Encryption.TLS, clientTls(new Trust.Pinned(Set.of(unknown.fingerprint())))));
        Fingerprint other = CA.identity(HOST).fingerprint();
        assertContains(
                unknown.fingerprint().text(),
                failure(at, DoveadmTarget.Encryption.TLS, clientTls(new Trust.Pinned(Set.of(other)))));
    }

    private Endpoint listenForClients(ServerTls.ClientCertificates clients) throws Exception {
        return listen(
                DoveadmServerSettings.Encryption.TLS,
                engine.server(CA.identity(HOST), clients, CA.trust()),
                TlsOverNetworkTest::echo);
    }

    @Test
    void demandsAClientCertificate() throws Exception {
        Endpoint at = listenForClients(ServerTls.ClientCertificates.REQUIRED);
        assertEchoes(connect(
                at, DoveadmTarget.Encryption.TLS, engine.client(CA.trust(), true, CA.identity("client.example"))));
        assertContains("none is configured here", failure(at, DoveadmTarget.Encryption.TLS, clientTls(CA.trust())));
        assertServerSays("showed no certificate");
    }

    @Test
    void refusesAClientCertificateOfAnUnknownCa() throws Exception {
        Identity unknown = Certificates.ca("somebody").identity("client.example");
        for (ServerTls.ClientCertificates clients :
                List.of(ServerTls.ClientCertificates.REQUIRED, ServerTls.ClientCertificates.OPTIONAL)) {
            Endpoint at = listenForClients(clients);
            assertContains(
                    "certificate", failure(at, DoveadmTarget.Encryption.TLS, engine.client(CA.trust(), true, unknown)));
            assertServerSays("which is no CA that is trusted here");
            running().close();
        }
    }

    @Test
    void takesAClientWithoutCertificateWhereItIsOptional() throws Exception {
        Endpoint at = listenForClients(ServerTls.ClientCertificates.OPTIONAL);
        assertEchoes(connect(at, DoveadmTarget.Encryption.TLS, clientTls(CA.trust())));
    }

    @Test
    void tellsAPlainClientThatThePortIsForTls() throws Exception {
        Endpoint at = listenTls(CA.identity(HOST));
        assertContains("tcps:", failure(at, DoveadmTarget.Encryption.NONE, null));
        assertServerSays("does not speak TLS");
    }

    @Test
    void tellsATlsClientThatThePortIsPlain() throws Exception {
        Endpoint at = listen(DoveadmServerSettings.Encryption.NONE, null, TlsOverNetworkTest::echo);
        assertContains(
                "does not speak TLS on this port", failure(at, DoveadmTarget.Encryption.TLS, clientTls(CA.trust())));
    }

    @Test
    void beginsTlsWhenAskedTo() throws Exception {
        ServerTls tls = serverTls(CA.identity(HOST));
        Endpoint at = listen(DoveadmServerSettings.Encryption.STARTTLS_REQUIRED, tls, TlsOverNetworkTest::echo);
        assertEchoes(connect(at, DoveadmTarget.Encryption.STARTTLS, clientTls(CA.trust())));
        assertContains("login", failure(at, DoveadmTarget.Encryption.NONE, null));
        assertServerSays("without TLS");
        assertContains(
                "no CA that is trusted here",
                failure(
                        at,
                        DoveadmTarget.Encryption.STARTTLS,
                        clientTls(Certificates.ca("somebody").trust())));
        running().close();
        at = listen(DoveadmServerSettings.Encryption.STARTTLS_OFFERED, tls, TlsOverNetworkTest::echo);
        assertEchoes(connect(at, DoveadmTarget.Encryption.STARTTLS, clientTls(CA.trust())));
        assertEchoes(connect(at, DoveadmTarget.Encryption.NONE, null));
    }

    private static String packet(InputStream in) throws IOException {
        byte[] header = in.readNBytes(PacketOutput.empty().length);
        return Recorded.latin(in.readNBytes(header[header.length - 1]));
    }

    /** A doveadm in whose TLS something is left looks at it only when more comes. */
    @Test
    void promptsAClientThatIsWaitedFor() throws Exception {
        Endpoint at = listenTls(CA.identity(HOST));
        try (ChannelLink client = network.connect(at, clientTls(CA.trust()), 20)) {
            client.output()
                    .write(Recorded.bytes("VERSION\tdoveadm-server\t1\t2\nPLAIN\t" + LOGIN.plain() + "\n"
                            + "\tann\tdsync-server\t-uann\n"));
            String greeting = "VERSION\tdoveadm-client\t1\t3\n-\n+\n";
            InputStream in = client.input();
            assertEquals(greeting, Recorded.latin(in.readNBytes(greeting.length())));
            assertEquals("\n+\n", packet(in));
            assertEquals("", packet(in));
            client.output().write('a');
            String next = packet(in);
            while (next.isEmpty()) {
                next = packet(in);
            }
            assertEquals("a", next);
            assertEquals("", packet(in));
        }
    }

    @Test
    void saysThatAServerHasNoStartTls() throws Exception {
        Endpoint at = listen(DoveadmServerSettings.Encryption.NONE, null, TlsOverNetworkTest::echo);
        assertContains("does not speak TLS", failure(at, DoveadmTarget.Encryption.STARTTLS, clientTls(CA.trust())));
    }
}
