package dev.twinbox.transport.twin;

import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.Dialogue;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.BodySum;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailboxInfo;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.wire.twin.BodyCheck;
import dev.twinbox.protocol.wire.twin.TwinDecoder;
import dev.twinbox.protocol.wire.twin.TwinEncoder;
import dev.twinbox.protocol.wire.twin.TwinEvent;
import dev.twinbox.protocol.wire.twin.TwinFailure;
import dev.twinbox.protocol.wire.twin.TwinFormatException;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A conversation over a connection: the main one, or that of a branch. Safe for one sending and one receiving thread; any
 * thread may abort.
 */
final class TwinBranch implements Peer {
    /** From so many bytes on they are sent, whatever follows. */
    private static final int FULL = 1 << 16;

    /** As {@link #FULL}, of what makes the other end look at its own mailboxes: it can do that while this one goes on. */
    private static final int FULL_OF_WORK = 1 << 12;

    private static final int PIECE = 1 << 15;

    private final Connection connection;
    private final Flow flow;
    private final Dialogue guard;
    private final Compression compression;
    private final TwinDecoder decoder = TwinDecoder.ofBranch();
    private final Outgoing out = new Outgoing();
    private byte @Nullable [] piece;
    private @Nullable IncomingBody unread;
    private @Nullable String misunderstood;
    private boolean inBody;
    private boolean listsStates;
    private boolean finishSent;
    private boolean doneSent;

    TwinBranch(Connection connection, Flow flow, Dialogue guard, Compression compression) {
        this.connection = connection;
        this.flow = flow;
        this.guard = guard;
        this.compression = compression;
    }

    /** Whether this side's last word was said and the end of it not. */
    boolean owesDone() {
        return finishSent && !doneSent;
    }

    @Override
    public void send(SyncItem item) throws IOException {
        if (TwinEncoder.hasBody(item)) {
            throw new IllegalArgumentException("item has a body that was not given");
        }
        if (item instanceof Done && doneSent) {
            return;
        }
        checkWhole();
        say(item);
        finishSent |= item instanceof Finish;
        doneSent |= item instanceof Done;
        int full = item instanceof MailboxInfo ? FULL_OF_WORK : FULL;
        if (item instanceof EndOfList || !isListed(item) || out.size() >= full) {
            flush();
        }
    }

    private void say(SyncItem item) throws IOException {
        if (item instanceof Mail) {
            connection.mail();
        }
        int before = out.size();
        try {
            TwinEncoder.item(item, out);
            guard.sent(item);
        } catch (IOException | RuntimeException e) {
            out.cut(before);
            throw e;
        }
        if (item instanceof Handshake handshake) {
            listsStates = handshake.syncType() == Handshake.SyncType.STATE;
        } else if (item instanceof EndOfList) {
            listsStates = false;
        }
    }

    /** Whether more of its kind, or the end of a list, are sure to follow at once. */
    private boolean isListed(SyncItem item) {
        return switch (item.kind()) {
            case MAILBOX_NODE, MAILBOX_HINT, MAILBOX_ATTRIBUTE, MAIL_CHANGE, MAIL_REQUEST, MAIL, PLANNED -> true;
            case MAILBOX_STATE -> listsStates;
            case MAILBOX_INFO -> flow == connection.main() && connection.canBranch();
            case HANDSHAKE, MAILBOX_DELETES, END_OF_LIST, FINISH, DONE -> false;
        };
    }

    /**
     * The body is read before this returns. If its first bytes cannot be had nothing was said; if it breaks off later the peer
     * is told so, and this fails, but the conversation may go on.
     */
    @Override
    public void send(SyncItem item, MailBody body) throws IOException {
        if (!TwinEncoder.hasBody(item)) {
            throw new IllegalArgumentException("item has no body, but one was given");
        }
        checkWhole();
        byte[] bytes = piece == null ? new byte[PIECE] : piece;
        piece = bytes;
        BodySum sum = new BodySum();
        try (InputStream content = body.open()) {
            int n = content.read(bytes);
            say(item);
            inBody = true;
            for (; n >= 0; n = next(content, bytes)) {
                if (n > 0) {
                    sum.add(bytes, 0, n);
                    TwinEncoder.chunk(bytes, 0, n, out);
                    flushIfFull();
                }
            }
            TwinEncoder.bodyEnd(BodyCheck.of(sum), out);
            inBody = false;
            flushIfFull();
        }
    }

    /** Whoever offers a mail can say that it is gone, but not in the middle of it. */
    private int next(InputStream content, byte[] bytes) throws IOException {
        try {
            return content.read(bytes);
        } catch (IOException e) {
            boolean gone = e instanceof BodyGoneException;
            TwinFailure.Code code = gone ? TwinFailure.Code.GONE : TwinFailure.Code.INTERNAL;
            String text = gone ? "the mail went away while it was read" : "the mail could not be read to its end";
            TwinEncoder.bodyBroken(new TwinFailure(TwinFailure.Reach.MAIL, code, text), out);
            inBody = false;
            throw gone ? new IOException("a mail went away while it was sent: " + e.getMessage(), e) : e;
        }
    }

    /** There is no way of saying anything after half a body. */
    private void checkWhole() throws PeerException {
        if (inBody) {
            throw new PeerException("the last mail broke off while it was sent");
        }
    }

    private void flushIfFull() throws PeerException {
        if (out.size() >= FULL) {
            flush();
        }
    }

    private void flush() throws PeerException {
        int length = out.size();
        if (length == 0) {
            return;
        }
        try {
            connection.send(flow, out.bytes(), TwinFrame.HEADER, TwinFrame.HEADER + length);
        } catch (PeerException e) {
            throw described(e);
        } finally {
            out.cut(0);
        }
    }

    private PeerException described(PeerException e) {
        return new PeerException(e.getMessage() + " (" + guard.describe() + ")");
    }

    @Override
    public Incoming receive() throws IOException {
        IncomingBody last = unread;
        unread = null;
        if (last != null) {
            last.skip();
        }
        TwinEvent event = nextEvent();
        if (event instanceof TwinEvent.Failed failed) {
            throw new PeerException(
                    "the peer has given up on the mailbox: " + failed.failure().text());
        }
        if (!(event instanceof TwinEvent.Item said)) {
            throw new IllegalStateException("a body without an item");
        }
        if (flow == connection.main() && connection.canBranch() && said.item() instanceof Handshake) {
            guard.withBranches();
        }
        guard.received(said.item());
        if (!TwinEncoder.hasBody(said.item())) {
            return new Incoming(said.item(), null);
        }
        IncomingBody body = new IncomingBody(this::nextEvent);
        unread = body;
        return new Incoming(said.item(), body);
    }

    private TwinEvent nextEvent() throws PeerException {
        String before = misunderstood;
        if (before != null) {
            throw new PeerException(before);
        }
        try {
            TwinEvent event = decoder.next();
            while (event == null) {
                byte[] plain = compression.plain(take());
                decoder.feed(plain, 0, plain.length);
                event = decoder.next();
            }
            return event;
        } catch (TwinFormatException e) {
            String reason = String.valueOf(e.getMessage());
            misunderstood = reason;
            connection.fail(TwinFailure.Code.PROTOCOL, reason);
            throw e;
        }
    }

    private TwinFrame take() throws PeerException {
        try {
            return connection.take(flow);
        } catch (PeerException e) {
            throw described(e);
        }
    }

    @Override
    public boolean asksForRests() {
        return true;
    }

    @Override
    public boolean isGone() {
        return connection.isGone();
    }

    @Override
    public void abort(String reason) {
        connection.abort(reason);
    }

    /** Says that this side has said all. */
    @Override
    public void close() {
        try {
            flush();
        } catch (PeerException e) {
            // the run is over at both ends
        }
        connection.close(flow);
    }
}
