package dev.twinbox.transport.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.tls.Certificates;
import dev.twinbox.transport.tls.ClientTls;
import dev.twinbox.transport.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two ends of a real connection. */
@Timeout(60)
class ChannelLinkTest {
    private static final int SECONDS = 20;
    /** One read from the network, and what TLS holds, may come on top of a full inbox. */
    private static final int INBOX_MOST = Inbox.HIGH + (1 << 18);

    private static final int MIB = 1 << 20;
    /** The inbox, and what the kernel holds of a loopback connection. */
    private static final int AHEAD_MOST = 24 * MIB;

    private final Network network = Network.start(1);
    private final SynchronousQueue<ChannelLink> accepted = new SynchronousQueue<>();

    @AfterEach
    void close() {
        network.close();
    }

    private record Pair(ChannelLink client, ChannelLink server) {}

    private Pair pair(boolean tls) throws Exception {
        Certificates ca = Certificates.ca("ours");
        @Nullable
        ServerTls serverTls =
                tls ? ServerTls.of(ca.identity("localhost"), ServerTls.ClientCertificates.NONE, null) : null;
        Channel listener = network.listen(new Endpoint.Tcp("localhost", 0), new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                if (serverTls != null) {
                    channel.pipeline().addLast(serverTls.handler(channel.alloc(), SECONDS));
                }
                ChannelLink link = ChannelLink.attach(channel, "client");
                new Thread(() -> {
                            try {
                                accepted.put(link);
                            } catch (InterruptedException e) {
                                link.abort();
                            }
                        })
                        .start();
            }
        });
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        ChannelLink client = network.connect(
                new Endpoint.Tcp("localhost", port), tls ? ClientTls.of(ca.trust(), true, null) : null, SECONDS);
        return new Pair(client, accepted.take());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void holdsLittleWhenOneSideIsSlow(boolean tls) throws Exception {
        Pair pair = pair(tls);
        int pieces = 64;
        AtomicLong written = new AtomicLong();
        MessageDigest said = MessageDigest.getInstance("SHA-256");
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            SplittableRandom random = new SplittableRandom(3);
            byte[] piece = new byte[MIB];
            try (Link link = pair.server()) {
                for (int i = 0; i < pieces; i++) {
                    random.nextBytes(piece);
                    said.update(piece);
                    link.output().write(piece);
                    written.incrementAndGet();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Inbox inbox = (Inbox) pair.client().input();
        Awaitility.await().until(() -> inbox.available() >= Inbox.HIGH); // nobody reads
        DigestInputStream heard = new DigestInputStream(inbox, MessageDigest.getInstance("SHA-256"));
        byte[] bytes = new byte[10_000];
        long total = 0;
        int most = 0;
        long ahead = 0;
        for (int n = heard.read(bytes); n >= 0; n = heard.read(bytes)) {
            total += n;
            most = Math.max(most, inbox.available());
            ahead = Math.max(ahead, written.get() * MIB - total);
        }
        writer.get();
        assertEquals((long) pieces * MIB, total);
        assertArrayEquals(said.digest(), heard.getMessageDigest().digest());
        assertTrue(most <= INBOX_MOST, "inbox held " + most);
        assertTrue(ahead <= AHEAD_MOST, "the writer was ahead by " + ahead);
        pair.client().close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void losesNoLastWords(boolean tls) throws Exception {
        byte[] words = new byte[700_000];
        new SplittableRandom(5).nextBytes(words);
        for (int i = 0; i < 5; i++) {
            Pair pair = pair(tls);
            // The other end has said something that is never read: closing at once would destroy our last words.
            pair.server().output().write(new byte[100]);
            CompletableFuture<Void> closer = CompletableFuture.runAsync(() -> {
                try {
                    pair.client().output().write(words);
                    pair.client().close();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertArrayEquals(words, pair.server().input().readAllBytes());
            pair.server().close();
            closer.get();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void letsAWriterGoThatWaits(boolean tls) throws Exception {
        for (boolean far : new boolean[] {false, true}) {
            Pair pair = pair(tls);
            AtomicLong written = new AtomicLong();
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try {
                    while (true) {
                        pair.client().output().write(new byte[MIB]);
                        written.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            Awaitility.await().until(() -> written.get() > 0);
            (far ? pair.server() : pair.client()).abort();
            assertThrows(ExecutionException.class, writer::get);
            pair.client().close();
            pair.server().close();
        }
    }

    @Test
    void tellsAReaderWhyItEnds() throws Exception {
        Pair pair = pair(false);
        pair.client().fail(new IOException("because"));
        assertEquals(
                "because",
                assertThrows(IOException.class, () -> pair.client().input().read())
                        .getMessage());
        assertEquals(-1, pair.server().input().read());
        pair.server().close();
    }
}
