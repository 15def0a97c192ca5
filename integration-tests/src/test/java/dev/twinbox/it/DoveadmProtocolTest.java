package dev.twinbox.it;

import dev.twinbox.transport.doveadm.DoveadmClient;
import dev.twinbox.transport.doveadm.DoveadmCommand;
import dev.twinbox.transport.doveadm.DoveadmServer;
import dev.twinbox.transport.doveadm.DoveadmServerSettings;
import dev.twinbox.transport.doveadm.DoveadmService;
import dev.twinbox.transport.doveadm.DoveadmTarget;
import dev.twinbox.transport.doveadm.Login;
import dev.twinbox.transport.doveadm.Refusal;
import dev.twinbox.transport.doveadm.RefusedException;
import dev.twinbox.transport.doveadm.RemoteLog;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import dev.twinbox.transport.tls.ClientTls;
import dev.twinbox.transport.tls.SelfSigned;
import dev.twinbox.transport.tls.ServerTls;
import dev.twinbox.transport.tls.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The doveadm protocol between real Dovecots with Twinbox in the middle: a real doveadm calls our server, which calls a real
 * Dovecot with our client, and hands on what both say.
 */
@Timeout(300)
class DoveadmProtocolTest {
    private static final int SECONDS = 60;
    private static final int MAILS = 20;
    private static final Login LOGIN = new Login(Login.DEFAULT_USER, DovecotServer.PASSWORD);

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    /** Everything a call needs; all lies in the sandbox. */
    private record Scene(Account near, Account far, DovecotServer dovecot, SelfSigned certificate, Network network) {
        DoveadmTarget target(DoveadmTarget.Encryption encryption) throws Exception {
            int port = encryption == DoveadmTarget.Encryption.TLS ? dovecot.tlsPort() : dovecot.port();
            ClientTls tls = encryption == DoveadmTarget.Encryption.NONE
                    ? null
                    : ClientTls.of(new Trust.Pinned(Set.of(certificate.fingerprint())), true, null);
            return new DoveadmTarget(new Endpoint.Tcp("localhost", port), encryption, tls, LOGIN);
        }

        DoveadmServerSettings settings(DoveadmServerSettings.Encryption encryption) throws Exception {
            ServerTls tls = encryption == DoveadmServerSettings.Encryption.NONE
                    ? null
                    : ServerTls.of(certificate.identity(), ServerTls.ClientCertificates.NONE, null);
            return DoveadmServerSettings.usual(new Endpoint.Tcp("localhost", 0), encryption, tls, LOGIN, 2);
        }
    }

    private interface Play {
        void with(Scene scene) throws Exception;
    }

    private static void play(Play play) throws Exception {
        SelfSigned certificate = SelfSigned.make(List.of("localhost"), Instant.now(), Duration.ofDays(2));
        try (Sandbox sandbox = Sandbox.create();
                Network network = Network.start(1)) {
            Account near = Account.maildir(sandbox, "near");
            Account far = Account.maildir(sandbox, "far");
            try (DovecotServer dovecot = DovecotServer.start(
                    sandbox, "server", far.home(), certificate.certificatePem(), certificate.keyPem())) {
                play.with(new Scene(near, far, dovecot, certificate, network));
            }
        }
    }

    private DoveadmServer serve(Scene scene, DoveadmServerSettings settings, DoveadmService service)
            throws IOException {
        return DoveadmServer.start(scene.network(), settings, service, (severity, text) -> log.add(text), () -> 0);
    }

    /** Calls the real server for each command, and hands on what both say. */
    private static DoveadmService relay(Scene scene, DoveadmTarget target) {
        return (command, client, toClient) -> {
            Link far;
            try {
                far = new DoveadmClient(scene.network(), SECONDS, SECONDS)
                        .connect(target, DoveadmCommand.dsyncServer(command.user()), toClient);
            } catch (RefusedException e) {
                throw e;
            } catch (IOException e) {
                throw new RefusedException(Refusal.TEMPFAIL, String.valueOf(e.getMessage()));
            }
            return near -> relay(near, far);
        };
    }

    private static void relay(Link near, Link far) throws IOException {
        Thread up = new Thread(() -> {
            try {
                copy(near.input(), far.output());
            } catch (IOException e) {
                // the other direction ends, too, and tells
            }
        });
        up.start();
        try (far) {
            copy(far.input(), near.output());
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] bytes = new byte[1 << 15];
        for (int n = from.read(bytes); n >= 0; n = from.read(bytes)) {
            to.write(bytes, 0, n);
            to.flush();
        }
    }

    private static Ran backup(Scene scene, String password, String scheme, Endpoint at) {
        int port = ((Endpoint.Tcp) at).port();
        return scene.near()
                .tryDoveadm(
                        "-o",
                        "doveadm_password=" + password,
                        "-o",
                        "ssl=yes",
                        "-o",
                        "ssl_client_ca_file=" + scene.near().sandbox().path("server/certificate.pem"),
                        "backup",
                        scheme + ":localhost:" + port);
    }

    private void carries(DoveadmTarget.Encryption toDovecot, DoveadmServerSettings.Encryption ours, String scheme)
            throws Exception {
        play(scene -> {
            scene.near().doveadm("mailbox", "create", "Work");
            for (int i = 0; i < MAILS; i++) {
                scene.near().save(i % 2 == 0 ? "INBOX" : "Work", "near " + i);
            }
            try (DoveadmServer server = serve(scene, scene.settings(ours), relay(scene, scene.target(toDovecot)))) {
                backup(scene, DovecotServer.PASSWORD, scheme, server.endpoint()).mustEndWith(0);
                backup(scene, DovecotServer.PASSWORD, scheme, server.endpoint()).mustEndWith(0);
            }
            Ran mails = scene.far().doveadm("search", "ALL");
            Expect.equal((long) MAILS, mails.out().lines().count(), () -> "mails at the far end: " + mails.out());
        });
    }

    @Test
    void carriesDsyncOverTcp() throws Exception {
        carries(DoveadmTarget.Encryption.NONE, DoveadmServerSettings.Encryption.NONE, "tcp");
    }

    @Test
    void carriesDsyncOverTls() throws Exception {
        carries(DoveadmTarget.Encryption.TLS, DoveadmServerSettings.Encryption.TLS, "tcps");
    }

    @Test
    void carriesDsyncAfterStartTls() throws Exception {
        carries(DoveadmTarget.Encryption.STARTTLS, DoveadmServerSettings.Encryption.STARTTLS_OFFERED, "tcp");
    }

    @Test
    void refusesRealClientsAsDovecotDoes() throws Exception {
        play(scene -> {
            DoveadmService refuses = (command, client, toClient) -> {
                toClient.line(RemoteLog.Severity.WARNING, "a word of warning");
                throw new RefusedException(Refusal.NOUSER, "no user " + command.user());
            };
            try (DoveadmServer server = serve(scene, scene.settings(DoveadmServerSettings.Encryption.NONE), refuses)) {
                Ran wrong = backup(scene, "wrong", "tcp", server.endpoint());
                Expect.equal(75, wrong.exit(), wrong::toString);
                Ran unknown = backup(scene, DovecotServer.PASSWORD, "tcp", server.endpoint());
                Expect.equal(67, unknown.exit(), unknown::toString);
                Expect.equal(true, unknown.err().contains("a word of warning"), unknown::toString);
            }
            Expect.equal(
                    List.of("does not know the password", "no user user"),
                    log.stream().map(line -> line.replaceFirst(".*: ", "")).toList(),
                    () -> "log " + log);
        });
    }
}
