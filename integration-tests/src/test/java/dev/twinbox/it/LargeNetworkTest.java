package dev.twinbox.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A large mail and many small ones over TLS to somebody who reads in small pieces: neither end may hold them in memory. {@code
 * TWINBOX_LARGE_MAIL_MB} and {@code TWINBOX_MANY_MAILS} set the sizes, 1000 and 100000 by hand.
 */
class LargeNetworkTest extends TwinboxTest {
    private static final int LARGE_MB = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_LARGE_MAIL_MB", "100"));
    private static final int MANY = Integer.parseInt(System.getenv().getOrDefault("TWINBOX_MANY_MAILS", "1000"));
    private static final long RSS_MAX_KB = 200_000;
    private static final int SMALL_BUFFER = 8_192;

    /** So many mails have tables that need more than {@link #HEAP}. */
    private static final int MANY_FOR_HEAP = 10_000;

    /** Of the server; less than the mail. */
    private static final String HEAP = "-Xmx64m";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("F176")
    void neitherEndHoldsTheMailsInMemory(boolean pull) throws IOException {
        Account source = Account.maildir(sandbox, "source");
        Account copy = Account.maildir(sandbox, "copy");
        sandbox.shell(
                "mkdir -p \"$1\"/cur \"$1\"/new \"$1\"/tmp; cd \"$1\"/cur;"
                        + " { printf 'Subject: large\\n\\n'; head -c \"$2\"000000 /dev/zero | tr '\\0' 'x'; } > 1.large;"
                        + " i=0; while [ $i -lt \"$3\" ]; do printf 'Subject: %s\\n\\nsmall\\n' $i > 2.$i.small;"
                        + " i=$((i + 1)); done",
                source.maildir(), LARGE_MB, MANY);
        var certificate = NetworkPeer.Certificate.make(sandbox, twinbox, "large");
        Twinbox small = MANY > MANY_FOR_HEAP ? twinbox : twinbox.with("TWINBOX_JAVA_OPTS", HEAP);
        Account own = pull ? copy : source;
        try (NetworkPeer peer = NetworkPeer.twinbox(small, pull ? source : copy, certificate);
                SlowWay way = new SlowWay(peer.encrypted())) {
            List<String> command = new ArrayList<>(List.of(
                    twinbox.program().toString(),
                    "-O",
                    "-o",
                    "mail_location=" + own.location(),
                    "-o",
                    "mail_home=" + own.home(),
                    "-o",
                    "doveadm_password=" + NetworkPeer.PASSWORD,
                    "-o",
                    "twinbox_fingerprint=" + certificate.fingerprint(),
                    "backup"));
            if (pull) {
                command.add("-R");
            }
            command.addAll(List.of("-u", "user", way.address()));
            Stopwatch.Sample sample = new Stopwatch(sandbox).measure(sandbox.asUserCommand(command));
            long server = largest(peer.encryptedPid());
            System.out.println((pull ? "pulled: " : "pushed: ") + LARGE_MB + " MB and " + MANY + " mails, caller "
                    + sample.rssKb() + " kB, server " + server + " kB");
            Expect.that(sample.rssKb() < RSS_MAX_KB, () -> "caller " + sample.rssKb() + " kB");
            Expect.that(server < RSS_MAX_KB, () -> "server " + server + " kB");
        }
        Ran files = sandbox.shell(
                "for each in \"$1\" \"$2\"; do find \"$each\"/cur \"$each\"/new -type f -exec cat {} + | wc -c; done",
                copy.maildir(),
                source.maildir());
        Expect.equal(files.lines().get(1), files.lines().get(0), () -> "bytes copied");
    }

    /** The most memory that a process ever had, in kB. */
    private static long largest(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new AssertionError("process " + pid + " has ended");
    }

    /** Takes what a server says in small pieces out of a small buffer. Its threads end with the connection. */
    private static final class SlowWay implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket();
        private final int server;

        SlowWay(String server) throws IOException {
            this.server = Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
            listener.setReceiveBufferSize(SMALL_BUFFER);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            thread(this::accept);
        }

        String address() {
            return "tcps:localhost:" + listener.getLocalPort();
        }

        private void accept() throws IOException {
            Socket caller = listener.accept();
            Socket called = new Socket();
            called.setReceiveBufferSize(SMALL_BUFFER);
            called.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server));
            thread(() -> pass(caller, called));
            thread(() -> pass(called, caller));
        }

        private static void pass(Socket from, Socket to) throws IOException {
            byte[] piece = new byte[SMALL_BUFFER];
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                out.write(piece, 0, n);
            }
            to.shutdownOutput();
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void thread(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException e) {
                    // One of the ends is gone: it says why itself.
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
