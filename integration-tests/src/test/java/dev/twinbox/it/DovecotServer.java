package dev.twinbox.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real Dovecot that listens for doveadm clients, on loopback: one port in plain (with STARTTLS), one with TLS. It runs as the
 * mail user, and all users have the one home. Ends when closed.
 */
final class DovecotServer implements AutoCloseable {
    /** The doveadm_password. */
    static final String PASSWORD = "made-up-secret";

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final long END_WAIT_S = 30;

    private final Process process;
    private final Path log;
    private final int port;
    private final int tlsPort;

    private DovecotServer(Process process, Path log, int port, int tlsPort) {
        this.process = process;
        this.log = log;
        this.port = port;
        this.tlsPort = tlsPort;
    }

    /**
     * Starts one.
     *
     * @param name of its directory in the sandbox, new
     * @param home of its only account, with {@code ~/Maildir}
     * @param certificate as PEM, for localhost
     * @param key as PEM
     */
    static DovecotServer start(Sandbox sandbox, String name, Path home, String certificate, String key)
            throws IOException {
        Path base = sandbox.directory(name);
        sandbox.file(name + "/certificate.pem", bytes(certificate));
        sandbox.file(name + "/key.pem", bytes(key));
        int[] ports = freePorts();
        Path configuration = sandbox.file(
                name + "/dovecot.conf",
                bytes(configuration(sandbox, base, home)
                        .replace("PLAIN_PORT", "" + ports[0])
                        .replace("TLS_PORT", "" + ports[1])));
        Process process = Shell.start(
                sandbox.root(),
                sandbox.environment(),
                sandbox.asUserCommand(List.of("/usr/sbin/dovecot", "-F", "-c", configuration.toString())));
        DovecotServer server = new DovecotServer(process, base.resolve("log"), ports[0], ports[1]);
        Awaitility.await().atMost(START_MAX).until(() -> answers(ports[0]) && answers(ports[1]) || !process.isAlive());
        if (!process.isAlive()) {
            throw new AssertionError("Dovecot does not start: " + server.log());
        }
        return server;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String configuration(Sandbox sandbox, Path base, Path home) {
        String group = sandbox.asUser("id", "-gn").mustEndWith(0).out().trim();
        String ids = "uid=" + sandbox.asUser("id", "-u").out().trim() + " gid="
                + sandbox.asUser("id", "-g").out().trim();
        return String.join(
                "\n",
                "base_dir = " + base + "/run",
                "state_dir = " + base + "/run",
                "log_path = " + base + "/log",
                "protocols =",
                "first_valid_uid = 0",
                "default_internal_user = " + sandbox.owner(),
                "default_login_user = " + sandbox.owner(),
                "default_internal_group = " + group,
                "mail_location = maildir:~/Maildir",
                "mail_fsync = never",
                "stats_writer_socket_path =",
                "doveadm_password = " + PASSWORD,
                "ssl = yes",
                "ssl_cert = <" + base + "/certificate.pem",
                "ssl_key = <" + base + "/key.pem",
                "userdb {",
                "  driver = static",
                "  args = " + ids + " home=" + home + " allow_all_users=yes",
                "}",
                "passdb {",
                "  driver = static",
                "  args = nopassword=y",
                "}",
                "service anvil {",
                "  chroot =",
                "}",
                "service stats {",
                "  chroot =",
                "}",
                "service doveadm {",
                "  inet_listener plain {",
                "    address = 127.0.0.1",
                "    port = PLAIN_PORT",
                "  }",
                "  inet_listener tls {",
                "    address = 127.0.0.1",
                "    port = TLS_PORT",
                "    ssl = yes",
                "  }",
                "}",
                "namespace inbox {",
                "  inbox = yes",
                "  separator = /",
                "}",
                "");
    }

    /** Two that nobody uses just now. */
    private static int[] freePorts() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket one = new ServerSocket(0, 1, loopback);
                ServerSocket two = new ServerSocket(0, 1, loopback)) {
            return new int[] {one.getLocalPort(), two.getLocalPort()};
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where it listens in plain. */
    int port() {
        return port;
    }

    /** Where it listens with TLS. */
    int tlsPort() {
        return tlsPort;
    }

    /** What it has logged so far. */
    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_WAIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
