package dev.twinbox.transport.link;

import dev.twinbox.protocol.dialogue.Dialogue;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.Mail;
import dev.twinbox.protocol.item.MailChange;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxHint;
import dev.twinbox.protocol.item.MailboxNode;
import dev.twinbox.protocol.item.SyncItem;
import org.jspecify.annotations.Nullable;

/**
 * One of two peers in one process, joined in memory: items and bodies are handed over as the objects they are, never
 * encoded or copied. A bounded queue leads each way.
 *
 * <p>{@link #abort} ends the conversation for both at once, what is in the queues is lost. After {@link #close} the other
 * side can still receive what was sent before. Safe for use by a sending and a receiving thread, and any thread may abort
 * or close. An interrupted wait fails and leaves the thread interrupted.
 */
public final class LocalPeer implements Peer {
    /** Most items that can be on their way in one direction. */
    public static final int CAPACITY_MAX = 1_000_000;

    /** A capacity that lets neither side wait without need, and costs little. */
    public static final int CAPACITY_DEFAULT = 1024;

    /** So many items of a list wake up the side that waits for them. */
    private static final int ITEMS_WAKING = 64;

    /** The same of mails, each of which is work for either side. */
    private static final int MAILS_WAKING = 8;

    private final Role role;
    private final Dialogue guard;
    private final HandOver outgoing;
    private final HandOver incoming;
    private final @Nullable LocalBranches branches;
    private volatile boolean closed;

    LocalPeer(Role role, Dialogue guard, HandOver outgoing, HandOver incoming, @Nullable LocalBranches branches) {
        this.role = role;
        this.guard = guard;
        this.outgoing = outgoing;
        this.incoming = incoming;
        this.branches = branches;
    }

    /** Two peers that speak with one another. */
    public record Pair(Peer initiator, Peer responder) {}

    /**
     * Joins two peers.
     *
     * @param capacity how many items can be on their way in one direction before a sender waits, 1 to
     *     {@value #CAPACITY_MAX}
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public static Pair pair(int capacity) {
        return pair(capacity, null);
    }

    /** The same with branches ({@link Peer#branch}), each of that capacity. */
    public static Pair branchingPair(int capacity) {
        return pair(capacity, new LocalBranches(capacity));
    }

    private static Pair pair(int capacity, @Nullable LocalBranches branches) {
        if (capacity < 1 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException("capacity out of range: " + capacity);
        }
        HandOver there = new HandOver(capacity);
        HandOver back = new HandOver(capacity);
        Dialogue first = new Dialogue(Role.INITIATOR);
        Dialogue second = new Dialogue(Role.RESPONDER);
        if (branches != null) {
            first.withBranches();
            second.withBranches();
            branches.trunk(there, back);
        }
        return new Pair(
                new LocalPeer(Role.INITIATOR, first, there, back, branches),
                new LocalPeer(Role.RESPONDER, second, back, there, branches));
    }

    @Override
    public boolean isTwinbox() {
        return branches != null;
    }

    @Override
    public boolean canBranch() {
        return branches != null;
    }

    @Override
    public Peer branch(int number) throws PeerException {
        if (branches == null) {
            throw new UnsupportedOperationException("this conversation has no branches");
        }
        return branches.take(number, role, guard.branch());
    }

    @Override
    public void send(SyncItem item) throws PeerException {
        if (hasBody(item)) {
            throw new IllegalArgumentException("item has a body that was not given");
        }
        hand(item, null);
    }

    @Override
    public void send(SyncItem item, MailBody body) throws PeerException {
        if (!hasBody(item)) {
            throw new IllegalArgumentException("item has no body, but one was given");
        }
        hand(item, body);
    }

    private void hand(SyncItem item, @Nullable MailBody body) throws PeerException {
        outgoing.check();
        guard.sent(item);
        outgoing.put(new Incoming(item, body), waking(item));
    }

    /** Of what stands in a list only, so that another item of it follows, or its end, many wake up the other side. */
    private static int waking(SyncItem item) {
        if (item instanceof Mail) {
            return MAILS_WAKING;
        }
        return item instanceof MailChange
                        || item instanceof MailRequest
                        || item instanceof MailboxNode
                        || item instanceof MailboxHint
                ? ITEMS_WAKING
                : 1;
    }

    @Override
    public boolean sendsAtOnce() {
        return outgoing.hasRoom();
    }

    @Override
    public Incoming receive() throws PeerException {
        Incoming next = incoming.take();
        guard.received(next.item());
        return next;
    }

    @Override
    public void abort(String reason) {
        // After a close in good order the other side may still take what was sent before.
        if (closed) {
            return;
        }
        outgoing.fail(reason);
        incoming.fail(reason);
        if (branches != null) {
            branches.fail(reason);
        }
    }

    @Override
    public void close() {
        closed = true;
        outgoing.closeByGiver();
        incoming.closeByTaker();
    }

    private static boolean hasBody(SyncItem item) {
        return item instanceof Mail mail && mail.hasStream()
                || item instanceof MailboxAttribute attribute && attribute.hasStream();
    }
}
