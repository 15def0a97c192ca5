package dev.twinbox.engine.session;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.SyncItem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A {@link Peer} with the few habits every exchange shares: expecting a kind of item, and reading a list of one kind. */
final class Conversation {
    private static final EndOfList END = new EndOfList();

    private final Peer peer;
    private final Threads threads;
    private final Dialect dialect;
    private final @Nullable Baton baton;
    private @Nullable Runnable beforeWaiting;

    Conversation(Peer peer, Threads threads, Dialect dialect) {
        this(peer, threads, dialect, null);
    }

    private Conversation(Peer peer, Threads threads, Dialect dialect, @Nullable Baton baton) {
        this.peer = peer;
        this.threads = threads;
        this.dialect = dialect;
        this.baton = baton;
    }

    /** Whether mailboxes are gone through on branches. */
    boolean canBranch() {
        return peer.canBranch();
    }

    /**
     * A conversation about one mailbox.
     *
     * @param held what whoever speaks or listens there holds, but not while it waits
     */
    Conversation branch(int number, Baton held) throws IOException {
        return new Conversation(peer.branch(number), threads, dialect, held);
    }

    /** This end has said all; of a branch. */
    void close() {
        peer.close();
    }

    /** What comes next waits for the other end, or for another thread. */
    private void beginWait() {
        if (baton != null) {
            baton.giveUp();
        }
    }

    private void endWait() {
        if (baton != null) {
            baton.take();
        }
    }

    /** Something in another thread, about the same. */
    void besides(Runnable work) {
        if (baton == null) {
            work.run();
            return;
        }
        baton.take();
        try {
            work.run();
        } finally {
            baton.giveUp();
        }
    }

    /** Waits for what another thread does besides. */
    void await(Threads.Running other) throws IOException {
        beginWait();
        try {
            other.join();
        } catch (InterruptedException e) {
            other.interrupt();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            endWait();
        }
    }

    /** Whether the other end is taken for a Dovecot. */
    boolean isDsync() {
        return dialect == Dialect.DSYNC;
    }

    /** Whether there are lists of attributes in this conversation: very old Dovecots know none. */
    boolean knowsAttributes() {
        return peer.knowsAttributes();
    }

    /** Whether the responder says {@code finish}: older Dovecots do not know it. */
    boolean knowsFinish() {
        return peer.knowsFinish();
    }

    /** Whether a mail whose first bytes are here may be asked for without them. */
    boolean asksForRests() {
        return peer.asksForRests();
    }

    /** For whoever listens while this end speaks. */
    Threads threads() {
        return threads;
    }

    /** Takes one item of a list, with its content if it has one. */
    interface ListItem<T> {
        void take(T item, @Nullable MailBody body) throws IOException;
    }

    /** Wakes up whoever waits at either end. If the link broke they know already, and first take what has come. */
    void abort(String reason) {
        if (!peer.isGone()) {
            peer.abort(reason);
        }
    }

    /** From now on that is run once before this end has to wait with something it sends; null for nothing. */
    void beforeWaiting(@Nullable Runnable what) {
        beforeWaiting = what;
    }

    /**
     * Tells the other end, if it can be told, that this one gives up.
     *
     * @param why null if it cannot be told
     * @return whether it knows why now
     */
    boolean bye(@Nullable IOException why) {
        boolean silent = why == null || dialect == Dialect.DSYNC || why instanceof PeerException;
        try {
            send(
                    why == null || silent
                            ? new Done()
                            : new Done(
                                    Failures.describe(why), Failures.status(why).exitCode()));
            return !silent;
        } catch (IOException e) {
            abort("this side failed");
            return false;
        }
    }

    private void aboutToSend() {
        Runnable what = beforeWaiting;
        if (what != null && !peer.sendsAtOnce()) {
            beforeWaiting = null;
            what.run();
        }
    }

    void send(SyncItem item) throws IOException {
        aboutToSend();
        beginWait();
        try {
            peer.send(item);
        } finally {
            endWait();
        }
    }

    void send(SyncItem item, MailBody body) throws IOException {
        aboutToSend();
        beginWait();
        try {
            peer.send(item, body);
        } finally {
            endWait();
        }
    }

    private Peer.Incoming next() throws IOException {
        beginWait();
        try {
            return peer.receive();
        } finally {
            endWait();
        }
    }

    void endList() throws IOException {
        send(END);
    }

    SyncItem receive() throws IOException {
        return receiveWithBody().item();
    }

    /** One item and its content, if it has any. */
    Peer.Incoming receiveWithBody() throws IOException {
        Peer.Incoming incoming = next();
        if (incoming.item() instanceof Done done) {
            throw new PeerClosedException(done);
        }
        return incoming;
    }

    <T extends SyncItem> T receive(Class<T> kind) throws IOException {
        return cast(kind, receive());
    }

    /** Reads up to the end of the list, into another. */
    <T extends SyncItem> void receiveList(Class<T> kind, List<T> into) throws IOException {
        receiveList(kind, new ListItem<T>() {
            @Override
            public void take(T item, @Nullable MailBody body) {
                into.add(item);
            }
        });
    }

    /** Reads up to the end of the list. */
    <T extends SyncItem> void receiveList(Class<T> kind, ListItem<T> sink) throws IOException {
        while (true) {
            Peer.Incoming incoming = next();
            if (incoming.item() instanceof EndOfList) {
                return;
            }
            if (incoming.item() instanceof Done done) {
                throw new PeerClosedException(done);
            }
            sink.take(cast(kind, incoming.item()), incoming.body());
        }
    }

    private static <T extends SyncItem> T cast(Class<T> kind, SyncItem item) throws PeerException {
        if (!kind.isInstance(item)) {
            throw new PeerException("the other side sent " + item.kind() + " instead of " + kind.getSimpleName());
        }
        return kind.cast(item);
    }

    /** The peer ended the conversation and has said why, here or on its own side. */
    static final class PeerClosedException extends PeerException {
        private static final long serialVersionUID = 1L;

        private final int status;

        PeerClosedException(Done said) {
            super("the other side ended the run" + (said.reason() == null ? "" : ": " + said.reason()));
            this.status = said.status();
        }

        /** What its run came to there; nothing if it did not say. */
        Optional<Outcome.Status> status() {
            return status == 0 ? Optional.empty() : Optional.of(Outcome.Status.of(status));
        }
    }
}
