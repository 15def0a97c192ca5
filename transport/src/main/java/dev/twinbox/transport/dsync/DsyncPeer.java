package dev.twinbox.transport.dsync;

import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.Dialogue;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.StallWatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a run, spoken with in dsync over a {@link Link}. Bodies pass through in pieces. What a list consists of
 * is written when a buffer is full or the list ends, all else at once.
 *
 * <p>Safe for one sending and one receiving thread; any thread may abort.
 */
public final class DsyncPeer implements Peer {
    private static final int BUFFER_SIZE = 1 << 16;

    private final Role role;
    private final Link link;
    private final Dialogue guard;
    private final StallWatch watch;
    private final DsyncEncoder encoder = new DsyncEncoder();
    private final DsyncDecoder decoder = new DsyncDecoder();
    private final byte[] out = new byte[BUFFER_SIZE];
    private int pending;
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_SIZE).limit(0);

    private @Nullable Incoming unread;
    private @Nullable String misunderstood;
    private volatile @Nullable String aborted;
    private boolean finishSent;
    private boolean doneSent;
    private boolean inBody;
    private volatile boolean closed;
    private volatile @Nullable DsyncVersion version;

    /**
     * Begins a conversation; the greeting goes out with the first item.
     *
     * @param role our part
     * @param timeoutSeconds how long reading or writing may stand still, at least 1
     */
    public DsyncPeer(Role role, Link link, int timeoutSeconds) {
        this(role, link, timeoutSeconds, DsyncEncoder.greeting());
    }

    /** Goes on with a conversation in which our greeting has been sent. */
    public static DsyncPeer greeted(Role role, Link link, int timeoutSeconds) {
        return new DsyncPeer(role, link, timeoutSeconds, new byte[0]);
    }

    private DsyncPeer(Role role, Link link, int timeoutSeconds, byte[] greeting) {
        this.role = role;
        this.link = link;
        this.guard = new Dialogue(role);
        this.watch = new StallWatch(timeoutSeconds, () -> stalled(timeoutSeconds));
        buffer(greeting);
    }

    /** What the peer announced; null before anything was received from it. */
    public @Nullable DsyncVersion version() {
        return version;
    }

    /** Nothing has moved for so long that the link is cut. */
    public void stalled(int seconds) {
        abort("dsync(" + link.name() + "): I/O has stalled, no activity for " + seconds + " seconds");
    }

    @Override
    public void send(SyncItem item) throws IOException {
        if (Formats.hasBody(item)) {
            throw new IllegalArgumentException("item has a body that was not given");
        }
        if (item instanceof Done && doneSent) {
            return;
        }
        checkWhole();
        guard.sent(item);
        write(encoder.item(item));
        finishSent |= item instanceof Finish;
        doneSent |= item instanceof Done;
        if (item instanceof EndOfList || !isListed(item)) {
            flush();
        }
    }

    /** Whether more of its kind are likely to follow at once. */
    private static boolean isListed(SyncItem item) {
        return switch (item.kind()) {
            case MAILBOX_NODE, MAILBOX_ATTRIBUTE, MAIL_CHANGE, MAIL_REQUEST, MAIL -> true;
            case HANDSHAKE,
                    MAILBOX_STATE,
                    MAILBOX_DELETES,
                    MAILBOX_HINT,
                    MAILBOX_INFO,
                    PLANNED,
                    END_OF_LIST,
                    FINISH,
                    DONE -> false;
        };
    }

    /**
     * The body is read before this returns. If its first bytes cannot be had nothing was said; if it breaks off later the
     * conversation is over.
     */
    @Override
    public void send(SyncItem item, MailBody body) throws IOException {
        if (!Formats.hasBody(item)) {
            throw new IllegalArgumentException("item has no body, but one was given");
        }
        checkWhole();
        byte[] piece = new byte[DsyncLimits.BODY_PIECE_MAX];
        try (InputStream content = body.open()) {
            int n = content.read(piece);
            guard.sent(item);
            inBody = true;
            write(encoder.item(item));
            for (; n >= 0; n = next(content, piece)) {
                write(encoder.body(piece, 0, n));
            }
            write(encoder.bodyEnd());
            inBody = false;
        }
    }

    /** Whoever offers a mail can say that it is gone, but not in the middle of it. */
    private static int next(InputStream content, byte[] piece) throws IOException {
        try {
            return content.read(piece);
        } catch (BodyGoneException e) {
            throw new IOException("a mail went away while it was sent: " + e.getMessage(), e);
        }
    }

    /** There is no way of saying anything after half a body. */
    private void checkWhole() throws PeerException {
        if (inBody) {
            throw new PeerException("dsync(" + link.name() + "): the last mail broke off while it was sent");
        }
    }

    private void write(byte[] bytes) throws PeerException {
        if (bytes.length > out.length - pending) {
            flushBuffer();
        }
        if (bytes.length > out.length) {
            put(bytes, bytes.length);
        } else {
            buffer(bytes);
        }
    }

    private void buffer(byte[] bytes) {
        System.arraycopy(bytes, 0, out, pending, bytes.length);
        pending += bytes.length;
    }

    private void flushBuffer() throws PeerException {
        int length = pending;
        pending = 0;
        if (length > 0) {
            put(out, length);
        }
    }

    private void put(byte[] bytes, int length) throws PeerException {
        OutputStream output = link.output();
        watch.begins();
        try {
            output.write(bytes, 0, length);
        } catch (IOException e) {
            throw broken("write", e.getMessage());
        } finally {
            watch.ends();
        }
    }

    private void flush() throws PeerException {
        flushBuffer();
        watch.begins();
        try {
            link.output().flush();
        } catch (IOException e) {
            throw broken("write", e.getMessage());
        } finally {
            watch.ends();
        }
    }

    private PeerException broken(String what, @Nullable String why) {
        String reason = aborted;
        return new PeerException(
                reason != null
                        ? reason + " (" + guard.describe() + ")"
                        : what + "(" + link.name() + ") failed: " + why + " (" + guard.describe() + ")");
    }

    @Override
    public Incoming receive() throws IOException {
        skipUnread();
        while (true) {
            DsyncEvent event = nextEvent();
            if (event instanceof DsyncEvent.Greeting greeting) {
                greeted(greeting.version());
            } else if (event instanceof DsyncEvent.Item item) {
                guard.received(item.item());
                if (!Formats.hasBody(item.item())) {
                    return new Incoming(item.item(), null);
                }
                Incoming incoming = new Incoming(item.item(), new IncomingBody());
                unread = incoming;
                return incoming;
            } else {
                throw new IllegalStateException("a body without an item");
            }
        }
    }

    private void greeted(DsyncVersion announced) {
        version = announced;
        if (!announced.hasAttributes()) {
            guard.withoutAttributes();
        }
        if (!announced.hasFinish()) {
            guard.withoutFinish();
        }
    }

    @Override
    public boolean knowsAttributes() {
        DsyncVersion announced = version;
        return announced == null || announced.hasAttributes();
    }

    @Override
    public boolean knowsFinish() {
        DsyncVersion announced = version;
        return announced == null || announced.hasFinish();
    }

    private void skipUnread() throws IOException {
        Incoming last = unread;
        if (last != null && last.body() instanceof IncomingBody body) {
            body.skip();
        }
        unread = null;
    }

    private DsyncEvent nextEvent() throws IOException {
        String before = misunderstood;
        if (before != null) {
            throw new PeerException(before);
        }
        try {
            DsyncEvent event = decoder.next(in);
            while (event == null) {
                fill();
                event = decoder.next(in);
            }
            return event;
        } catch (DsyncFormatException e) {
            misunderstood = String.valueOf(e.getMessage());
            throw e;
        }
    }

    private void fill() throws IOException {
        int n;
        watch.begins();
        try {
            n = link.input().read(in.array());
        } catch (IOException e) {
            throw broken("read", e.getMessage());
        } finally {
            watch.ends();
        }
        if (n < 0 || aborted != null) {
            throw broken("read", "EOF");
        }
        in.clear().limit(n);
    }

    @Override
    public void abort(String reason) {
        if (!closed && aborted == null) {
            aborted = reason;
            link.abort();
        }
    }

    /** Says X where Dovecot does, and lets go of the link. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        try {
            if (role == Role.RESPONDER && finishSent && !doneSent && aborted == null) {
                send(new Done());
            }
        } catch (IOException e) {
            // the run is over at both ends
        }
        closed = true;
        watch.close();
        try {
            link.close();
        } catch (IOException e) {
            // all that was to be said has been said
        }
    }

    /** The body of the last item; there until the next is received. */
    private final class IncomingBody implements MailBody {
        private @Nullable InputStream opened;

        @Override
        public InputStream open() {
            if (opened != null) {
                throw new IllegalStateException("the body was opened before");
            }
            InputStream stream = new BodyStream();
            opened = stream;
            return stream;
        }

        void skip() throws IOException {
            InputStream stream = opened == null ? open() : opened;
            stream.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Up to the end of a body. Closing it skips nothing. */
    private final class BodyStream extends InputStream {
        private ByteBuffer piece = ByteBuffer.allocate(0);
        private boolean atEnd;

        @Override
        public int read() throws IOException {
            return ready() ? piece.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!ready()) {
                return -1;
            }
            int n = Math.min(length, piece.remaining());
            piece.get(bytes, offset, n);
            return n;
        }

        private boolean ready() throws IOException {
            while (!atEnd && !piece.hasRemaining()) {
                DsyncEvent event = nextEvent();
                if (event instanceof DsyncEvent.Body body) {
                    piece = body.bytes();
                } else {
                    atEnd = true;
                }
            }
            return !atEnd;
        }
    }
}
