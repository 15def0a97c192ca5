package dev.twinbox.protocol.dialogue;

import dev.twinbox.protocol.item.SyncItem;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a conversation. Blocking: {@code send} waits while the way there is full, {@code receive} until
 * something comes. One thread may send while another receives; two may not send, or receive, at once.
 *
 * <p>All failures are {@link PeerException}: broken link, time-out, an item that is not allowed now, a peer that closed.
 */
public interface Peer extends AutoCloseable {
    /** Sends an item that has no body. */
    void send(SyncItem item) throws IOException;

    /** Sends an item and the content that belongs to it; the body may be read after this returns. */
    void send(SyncItem item, MailBody body) throws IOException;

    /**
     * Whether the next {@code send} is sure not to wait. No is always a right answer; yes stays right until this side has
     * sent something.
     */
    default boolean sendsAtOnce() {
        return false;
    }

    /**
     * Whether the other end knows lists of attributes. If not, neither attributes nor the end of their list are said in
     * either direction. Settled when its handshake has been received.
     */
    default boolean knowsAttributes() {
        return true;
    }

    /** Whether a responder's last word is said in this conversation. Settled when the other's handshake has been received. */
    default boolean knowsFinish() {
        return true;
    }

    /** Whether the other end is a Twinbox that is spoken with as one: it says all that items can say, and keeps its rules. */
    default boolean isTwinbox() {
        return false;
    }

    /**
     * Whether each mailbox has a conversation of its own beside this one, so that many can be spoken of at once. The same at
     * both ends.
     */
    default boolean canBranch() {
        return false;
    }

    /**
     * A conversation beside this one about a single mailbox ({@link Dialogue#branch}). What both ends call by the same number
     * is one branch. Closing it says that this end has said all; aborting it ends everything. Any thread may ask for one.
     *
     * @param number 1 or more, each just once
     * @throws IOException if this conversation has ended
     */
    default Peer branch(int number) throws IOException {
        throw new UnsupportedOperationException("this conversation has no branches");
    }

    /**
     * Whether the other end can plan a run, say what it has planned and change nothing. Settled when its handshake has been
     * received.
     */
    default boolean knowsDryRuns() {
        return false;
    }

    /**
     * The conversation beside this one in which the responder says what it has planned ({@link Dialogue#ofPlan}), of a dry run
     * only. To be asked for once.
     *
     * @throws IOException if this conversation has ended
     */
    default Peer planBranch() throws IOException {
        throw new UnsupportedOperationException("this conversation has no dry runs");
    }

    /**
     * Whether a mail whose first bytes are here may be asked for without them ({@link dev.twinbox.protocol.item.MailRequest#have}).
     * The other end need not care for that, and says whether it does.
     */
    default boolean asksForRests() {
        return false;
    }

    /**
     * Whether the way to the other end is gone: everything that waits for it has been told, or is about to be, and what has
     * come already can still be received. Aborting would only take that away. No is always a right answer.
     */
    default boolean isGone() {
        return false;
    }

    /** Waits for the next item. */
    Incoming receive() throws IOException;

    /**
     * Ends the conversation because of a failure: the other side's pending and later calls fail with {@code reason}.
     * Harmless after the end. Never blocks.
     */
    void abort(String reason);

    /** Ends the conversation in good order. */
    @Override
    void close();

    /** An item, with its content if it has one. */
    record Incoming(SyncItem item, @Nullable MailBody body) {}
}
