package dev.twinbox.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A doveadm server of one account's on this machine: a real Dovecot's, or {@code twinbox serve}. */
final class NetworkPeer implements AutoCloseable {
    static final String PASSWORD = "open sesame";

    private static final int START_TRIES_MAX = 600;
    private static final long TRY_PAUSE_MILLIS = 50;

    private final List<Process> processes;
    private final int port;
    private final int tlsPort;

    private NetworkPeer(List<Process> processes, int port, int tlsPort) {
        this.processes = processes;
        this.port = port;
        this.tlsPort = tlsPort;
    }

    /** A certificate with its key, made by Twinbox. */
    record Certificate(Path file, Path key, String fingerprint) {
        static Certificate make(Sandbox sandbox, Twinbox twinbox, String name) {
            return make(sandbox, twinbox, name, "localhost");
        }

        static Certificate make(Sandbox sandbox, Twinbox twinbox, String name, String host) {
            Path file = sandbox.path(name + "-cert.pem");
            Path key = sandbox.path(name + "-key.pem");
            Ran made = twinbox.run("cert", "--cert", file, "--key", key, host).mustEndWith(0);
            return new Certificate(file, key, made.out().strip());
        }

        /** One for localhost that is out of date. */
        static Certificate expired(Sandbox sandbox) {
            return new Certificate(
                    resource(sandbox, "expired-cert.pem"), resource(sandbox, "expired-key.pem"), "not looked at");
        }

        private static Path resource(Sandbox sandbox, String name) {
            try (InputStream in = Objects.requireNonNull(NetworkPeer.class.getResourceAsStream("/" + name), name)) {
                return sandbox.file(name, in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Starts a real Dovecot with a service doveadm on two ports, one of them with TLS. It knows one user, {@code user}. */
    static NetworkPeer dovecot(Account account, Certificate certificate) {
        return dovecot(account, certificate, List.of());
    }

    /**
     * @param more lines of its configuration
     */
    static NetworkPeer dovecot(Account account, Certificate certificate, List<String> more) {
        Sandbox sandbox = account.sandbox();
        int port = freePort();
        int tlsPort = freePort();
        sandbox.asMyself("rm", "-f", log(account).toString()).mustEndWith(0);
        Path users = sandbox.file(
                "users",
                ("user::" + sandbox.ownerIds() + "::" + account.home() + "::\n").getBytes(StandardCharsets.UTF_8));
        boolean newer = sandbox.dovecot().isNewer();
        List<String> lines = new ArrayList<>();
        lines.add(sandbox.dovecot().configuration(account.home(), account.relativeLocation()));
        lines.addAll(
                newer
                        ? List.of(
                                "ssl_server_cert_file = " + certificate.file(),
                                "ssl_server_key_file = " + certificate.key(),
                                "passdb static {",
                                "  password = unused",
                                "}",
                                "userdb passwd-file {",
                                "  passwd_file_path = " + users,
                                "}")
                        : List.of(
                                "ssl_cert = <" + certificate.file(),
                                "ssl_key = <" + certificate.key(),
                                "passdb {",
                                "  driver = static",
                                "  args = password=unused",
                                "}",
                                "userdb {",
                                "  driver = passwd-file",
                                "  args = " + users,
                                "}"));
        String user = sandbox.owner();
        String address = newer ? "listen" : "address";
        lines.addAll(List.of(
                "ssl = yes",
                "protocols =",
                "log_path = " + log(account),
                "default_internal_user = " + user,
                "default_internal_group = " + sandbox.ownerGroup(),
                "default_login_user = " + user,
                "doveadm_password = " + PASSWORD,
                "service anvil {",
                "  chroot =",
                "}",
                "service stats {",
                "  chroot =",
                "}",
                "service doveadm {",
                "  chroot =",
                "  user = " + user,
                "  inet_listener plain {",
                "    " + address + " = 127.0.0.1",
                "    port = " + port,
                "  }",
                "  inet_listener encrypted {",
                "    " + address + " = 127.0.0.1",
                "    port = " + tlsPort,
                "    ssl = yes",
                "  }",
                "}"));
        lines.addAll(more);
        lines.add("");
        Path configuration =
                sandbox.file("server.conf", String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        List<String> command = List.of("/usr/sbin/dovecot", "-F", "-c", configuration.toString());
        try {
            Process process = Shell.start(sandbox.root(), sandbox.environment(), sandbox.asUserCommand(command));
            NetworkPeer peer = new NetworkPeer(List.of(process), port, tlsPort);
            awaitStart(process, log(account));
            return peer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts Twinbox as the server of this account, twice: without TLS, and with it. It knows every safe name. */
    static NetworkPeer twinbox(Twinbox twinbox, Account account, Certificate certificate) {
        return twinbox(twinbox, account, certificate, List.of());
    }

    /**
     * @param more words before the command
     */
    static NetworkPeer twinbox(Twinbox twinbox, Account account, Certificate certificate, List<String> more) {
        List<Object> plain = new ArrayList<>(List.of("-O", "-o", "mail_location=" + account.location()));
        plain.addAll(more);
        plain.addAll(List.of("-o", "mail_home=" + account.home(), "-o", "doveadm_password=" + PASSWORD));
        List<Object> encrypted = new ArrayList<>(plain);
        encrypted.addAll(List.of("-o", "ssl_server_cert_file=" + certificate.file()));
        encrypted.addAll(List.of("-o", "ssl_server_key_file=" + certificate.key()));
        List<Process> processes = new ArrayList<>();
        int[] ports = new int[2];
        for (List<Object> words : List.of(plain, encrypted)) {
            int port = freePort();
            words.addAll(List.of("serve", "--listen", "127.0.0.1:" + port));
            Process process = twinbox.open(words.toArray());
            ports[processes.size()] = port;
            processes.add(process);
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            try {
                Expect.equal("127.0.0.1:" + port, out.readLine(), () -> "twinbox serve says where it listens");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new NetworkPeer(processes, ports[0], ports[1]);
    }

    private static Path log(Account account) {
        return account.sandbox().path("server.log");
    }

    /** What a server of Dovecot's complained about. */
    static List<String> complaints(Account account) {
        try (var lines = Files.lines(log(account))) {
            return lines.filter(line -> !line.contains(": Info: ")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String plain() {
        return "tcp:127.0.0.1:" + port;
    }

    String encrypted() {
        return "tcps:localhost:" + tlsPort;
    }

    /** The port without TLS, by the name in the certificates. */
    String startTls() {
        return "tcp:localhost:" + port;
    }

    /** The process behind {@link #encrypted}; of Twinbox only, where each port has one. */
    long encryptedPid() {
        return processes.get(1).pid();
    }

    int plainPort() {
        return port;
    }

    /** The port with TLS, called without. */
    String plainOnTls() {
        return "tcp:localhost:" + tlsPort;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Dovecot says so in its log when it listens. */
    private static void awaitStart(Process process, Path log) throws IOException {
        for (int i = 0; i < START_TRIES_MAX; i++) {
            if (Files.exists(log) && Files.readString(log).contains("starting up")) {
                return;
            }
            if (!process.isAlive()) {
                throw new AssertionError("dovecot ended: "
                        + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TRY_PAUSE_MILLIS));
        }
        throw new AssertionError("dovecot does not start: " + log);
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            try {
                process.waitFor(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
