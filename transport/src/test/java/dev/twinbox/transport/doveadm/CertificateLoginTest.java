package dev.twinbox.transport.doveadm;

import static dev.twinbox.transport.doveadm.Recorded.LOGIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import dev.twinbox.transport.tls.Certificates;
import dev.twinbox.transport.tls.ClientTls;
import dev.twinbox.transport.tls.Engine;
import dev.twinbox.transport.tls.Fingerprint;
import dev.twinbox.transport.tls.Identity;
import dev.twinbox.transport.tls.ServerTls;
import dev.twinbox.transport.tls.Trust;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Logins by certificate, and pairing, over a real network with TLS. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Engine.class)
class CertificateLoginTest {
    private static final String HOST = "localhost";
    private static final byte[] CODE = {7, 0, -1};
    private static final Identity SERVER = Certificates.ca("ours").identity(HOST);
    private static final Identity KNOWN = Certificates.ca("theirs").identity("known.example");
    private static final Identity REVOKED = Certificates.ca("theirs").identity("revoked.example");
    private static final Identity UNKNOWN = Certificates.ca("theirs").identity("unknown.example");

    @Parameter
    Engine engine = Engine.JDK;

    private final Network network = Network.start(2);
    private final List<String> serverLog = Collections.synchronizedList(new ArrayList<>());
    private final Gate gate = new Gate();
    private @Nullable DoveadmServer server;

    /** Knows one certificate, has revoked another, and takes one code. */
    private static final class Gate implements DoveadmService {
        private final AtomicReference<@Nullable Caller> caller = new AtomicReference<>();
        private final AtomicReference<@Nullable Fingerprint> paired = new AtomicReference<>();
        private final AtomicReference<byte @Nullable []> code = new AtomicReference<>();

        @Override
        public Session open(DoveadmCommand command, Caller from, RemoteLog log) {
            caller.set(from);
            return link -> link.output().write('x');
        }

        @Override
        public void admit(String client, Fingerprint certificate) throws RefusedException {
            if (certificate.equals(REVOKED.fingerprint())) {
                throw new RefusedException(Refusal.NOPERM, "revoked\n\33here");
            }
            if (!certificate.equals(KNOWN.fingerprint())) {
                throw new RefusedException(Refusal.UNTRUSTED, "not known here");
            }
        }

        @Override
        public void pair(String client, Fingerprint certificate, byte[] given, String name) throws RefusedException {
            code.set(given);
            if (!name.equals("good")) {
                throw new RefusedException(Refusal.NOPERM, "no such code");
            }
            paired.set(certificate);
        }
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        network.close();
    }

    private Endpoint listen(@Nullable Login login) throws Exception {
        ServerTls tls = engine.server(SERVER, ServerTls.ClientCertificates.UNCHECKED, null);
        DoveadmServer made = DoveadmServer.start(
                network,
                DoveadmServerSettings.usual(
                        new Endpoint.Tcp(HOST, 0), DoveadmServerSettings.Encryption.TLS, tls, login, 2),
                gate,
                (severity, text) -> serverLog.add(text),
                () -> 0);
        server = made;
        return made.endpoint();
    }

    private DoveadmTarget target(Endpoint at, @Nullable Identity identity, @Nullable Login login) throws Exception {
        ClientTls tls = engine.client(new Trust.Pinned(Set.of(SERVER.fingerprint())), true, identity);
        return new DoveadmTarget(at, DoveadmTarget.Encryption.TLS, tls, login, true);
    }

    private DoveadmClient client() {
        return new DoveadmClient(network, 20, 20);
    }

    private void comesIn(DoveadmTarget target) throws IOException {
        try (Link link = client().connect(target, DoveadmCommand.dsyncServer("ann"), RemoteLog.none())) {
            assertEquals('x', link.input().read());
        }
    }

    private RefusedException isRefused(DoveadmTarget target) {
        return assertThrows(RefusedException.class, () -> comesIn(target));
    }

    private Caller caller() {
        return java.util.Objects.requireNonNull(gate.caller.get());
    }

    private void assertServerSays(String part) {
        Awaitility.await().until(() -> serverLog.stream().anyMatch(line -> line.contains(part)));
    }

    @Test
    void aKnownCertificateComesInWithoutPassword() throws Exception {
        comesIn(target(listen(null), KNOWN, LOGIN));
        assertEquals(KNOWN.fingerprint(), caller().certificate());
    }

    @Test
    void anUnknownCertificateMayStillTryThePassword() throws Exception {
        Endpoint at = listen(LOGIN);
        comesIn(target(at, UNKNOWN, LOGIN));
        assertNull(caller().certificate());
        assertServerSays("not known here");
        comesIn(target(at, null, LOGIN));
        assertNull(caller().certificate());
        assertServerSays("no certificate was shown");
        RefusedException refused = isRefused(target(at, UNKNOWN, null));
        assertEquals(Refusal.UNTRUSTED, refused.refusal());
        assertTrue(String.valueOf(refused.getMessage()).endsWith("does not let this machine in: not known here"));
        assertEquals(
                Refusal.LOGIN,
                isRefused(target(at, UNKNOWN, new Login("doveadm", "wrong"))).refusal());
    }

    @Test
    void aRevokedCertificateDoesNotEvenWithThePassword() throws Exception {
        RefusedException refused = isRefused(target(listen(LOGIN), REVOKED, LOGIN));
        assertEquals(Refusal.NOPERM, refused.refusal());
        assertTrue(String.valueOf(refused.getMessage()).endsWith("revoked??here"), refused.getMessage());
        assertServerSays("revoked??here");
        assertNull(gate.caller.get());
    }

    @Test
    void aServerWithoutPasswordTakesNone() throws Exception {
        Endpoint at = listen(null);
        assertEquals(Refusal.UNTRUSTED, isRefused(target(at, UNKNOWN, LOGIN)).refusal());
        DoveadmTarget byPassword = new DoveadmTarget(
                at,
                DoveadmTarget.Encryption.TLS,
                engine.client(new Trust.Pinned(Set.of(SERVER.fingerprint())), true, KNOWN),
                LOGIN);
        assertEquals(Refusal.LOGIN, isRefused(byPassword).refusal());
        assertServerSays("brings a password, and none is set here");
        assertNull(gate.caller.get());
    }

    @Test
    void aCodeIsHandedOnWithTheCertificateThatWasShown() throws Exception {
        Endpoint at = listen(null);
        client().pair(target(at, UNKNOWN, null), CODE, "good");
        assertEquals(UNKNOWN.fingerprint(), gate.paired.get());
        assertArrayEquals(CODE, gate.code.get());
        assertEquals(List.of(), serverLog);
        RefusedException refused =
                assertThrows(RefusedException.class, () -> client().pair(target(at, KNOWN, null), CODE, "bad"));
        assertEquals(Refusal.NOPERM, refused.refusal());
        assertServerSays("no such code");
        assertThrows(RefusedException.class, () -> client().pair(target(at, null, null), CODE, "good"));
        assertEquals(UNKNOWN.fingerprint(), gate.paired.get());
        assertNull(gate.caller.get());
    }

    @Test
    void whoOnlyLooksBelievesNothing() throws Exception {
        Endpoint at = listen(null);
        AtomicReference<@Nullable Fingerprint> seen = new AtomicReference<>();
        DoveadmTarget target = new DoveadmTarget(
                at, DoveadmTarget.Encryption.TLS, engine.client(new Trust.Shown(seen::set), false, null), null, true);
        assertThrows(IOException.class, () -> client().tryCertificate(target));
        assertEquals(SERVER.fingerprint(), seen.get());
        client().tryCertificate(target(at, KNOWN, null));
        assertThrows(RefusedException.class, () -> client().tryCertificate(target(at, UNKNOWN, null)));
    }

    @Test
    void aServerThatDoesNotDecideLetsNobodyIn() throws Exception {
        ServerTls tls = engine.server(SERVER, ServerTls.ClientCertificates.UNCHECKED, null);
        server = DoveadmServer.start(
                network,
                DoveadmServerSettings.usual(
                        new Endpoint.Tcp(HOST, 0), DoveadmServerSettings.Encryption.TLS, tls, null, 2),
                (command, caller, log) -> {
                    throw new IllegalStateException("nobody is in");
                },
                (severity, text) -> serverLog.add(text),
                () -> 0);
        Endpoint at = server.endpoint();
        assertEquals(Refusal.UNTRUSTED, isRefused(target(at, KNOWN, null)).refusal());
        RefusedException refused =
                assertThrows(RefusedException.class, () -> client().pair(target(at, KNOWN, null), CODE, "good"));
        assertEquals(Refusal.NOPERM, refused.refusal());
    }
}
