package dev.twinbox.transport.greeting;

import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.wire.twin.FrameDecoder;
import dev.twinbox.transport.dsync.DsyncEncoder;
import dev.twinbox.transport.dsync.DsyncPeer;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.StallWatch;
import dev.twinbox.transport.twin.TwinPeer;
import dev.twinbox.transport.twin.TwinSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Begins a conversation over a link, in the better protocol that both ends know. Without state. */
public final class Greeting {
    /** Longest greeting that is looked through for the offer; a Dovecot's has about 1,200 bytes. */
    private static final int LENGTH_MAX = 1 << 16;

    private static final byte[] OFFER = ("\n" + DsyncEncoder.TWIN_OFFER + "\n").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n.\n".getBytes(StandardCharsets.US_ASCII);

    private Greeting() {}

    /** What an initiator wants to speak. */
    public enum Wanted {
        /** Twinbox's own protocol if the other end knows it, dsync otherwise. */
        EITHER,
        /** dsync. */
        DSYNC,
        /** Twinbox's own protocol or nothing. */
        TWIN
    }

    /**
     * Speaks first. If the link fails already here the peer will say so when it is used.
     *
     * @param timeoutSeconds how long reading or writing may stand still, at least 1
     * @throws PeerException if the other end does not know the only protocol that is wanted
     */
    public static Peer initiate(Link link, int timeoutSeconds, TwinSettings settings, Wanted wanted)
            throws PeerException {
        if (wanted == Wanted.DSYNC) {
            return new DsyncPeer(Role.INITIATOR, link, timeoutSeconds);
        }
        Heard heard = new Heard(link, timeoutSeconds);
        heard.readWhile(bytes -> bytes.length < LENGTH_MAX && !contains(bytes, END));
        if (contains(heard.bytes(), OFFER)) {
            int end = indexOf(heard.bytes(), END) + END.length;
            byte[] behind = Arrays.copyOfRange(heard.bytes(), end, heard.bytes().length);
            TwinPeer peer = new TwinPeer(Role.INITIATOR, new StartedLink(link, behind), timeoutSeconds, settings);
            peer.greet();
            return peer;
        }
        if (wanted == Wanted.TWIN) {
            link.abort();
            throw new PeerException(link.name() + " does not speak Twinbox's own protocol");
        }
        return heard.tell(new DsyncPeer(Role.INITIATOR, new StartedLink(link, heard.bytes()), timeoutSeconds));
    }

    /**
     * Answers. If the link fails already here the peer will say so when it is used.
     *
     * @param timeoutSeconds how long reading or writing may stand still, at least 1
     */
    public static Peer respond(Link link, int timeoutSeconds, TwinSettings settings) {
        try {
            link.output().write(DsyncEncoder.greetingWithOffer());
            link.output().flush();
        } catch (IOException e) {
            return DsyncPeer.greeted(Role.RESPONDER, link, timeoutSeconds);
        }
        byte[] magic = FrameDecoder.magic();
        Heard heard = new Heard(link, timeoutSeconds);
        heard.readWhile(
                bytes -> bytes.length < magic.length && Arrays.equals(bytes, 0, bytes.length, magic, 0, bytes.length));
        Link rest = new StartedLink(link, heard.bytes());
        byte[] bytes = heard.bytes();
        boolean twin = bytes.length >= magic.length && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
        return twin
                ? new TwinPeer(Role.RESPONDER, rest, timeoutSeconds, settings)
                : heard.tell(DsyncPeer.greeted(Role.RESPONDER, rest, timeoutSeconds));
    }

    private static boolean contains(byte[] bytes, byte[] wanted) {
        return indexOf(bytes, wanted) >= 0;
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    /** The first words of the other end. */
    private static final class Heard {
        private static final int PIECE = 4096;

        private final Link link;
        private final int timeoutSeconds;
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        private volatile boolean stalled;

        Heard(Link link, int timeoutSeconds) {
            this.link = link;
            this.timeoutSeconds = timeoutSeconds;
        }

        private void stalled() {
            stalled = true;
            link.abort();
        }

        /** Has the peer say why the link is cut, if it is: nobody else knows. */
        DsyncPeer tell(DsyncPeer peer) {
            if (stalled) {
                peer.stalled(timeoutSeconds);
            }
            return peer;
        }

        /** Whether what was heard is not enough. */
        interface TooLittle {
            boolean test(byte[] bytes);
        }

        byte[] bytes() {
            return heard.toByteArray();
        }

        /** Reads on; a link that ends or fails will do so again for whoever reads next. */
        void readWhile(TooLittle tooLittle) {
            byte[] piece = new byte[PIECE];
            try (StallWatch watch = new StallWatch(timeoutSeconds, this::stalled)) {
                while (tooLittle.test(bytes())) {
                    watch.begins();
                    int n;
                    try {
                        n = link.input().read(piece);
                    } finally {
                        watch.ends();
                    }
                    if (n < 0) {
                        return;
                    }
                    heard.write(piece, 0, n);
                }
            } catch (IOException e) {
                // told by the peer
            }
        }
    }
}
