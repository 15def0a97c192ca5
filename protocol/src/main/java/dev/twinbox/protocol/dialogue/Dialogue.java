package dev.twinbox.protocol.dialogue;

import dev.twinbox.protocol.item.SyncItem;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The guard of a conversation: knows which item may come next in each direction, and refuses any other, whether the peer
 * sends it or we do. Told of every item; does no I/O itself. The rules (wire protocol, section 3.1), where {@code *} is
 * any number and {@code .} the end of a list:
 *
 * <pre>
 * initiator   H  [S* .]  N* . D  [K* .]  (B [lists])* [.   (B [lists])*] .  [X]
 * responder   H          N* . D  [K* .]  (B [lists])* [  . (B [lists])*] F  [X]
 *
 * lists       of one that only is the source        A* . C* .      M* . S
 *             of one that only is the destination             R* .      S
 *             of both in a two-way run              A* . C* . R* . M* . S
 * </pre>
 *
 * <ul>
 *   <li>Nothing but H before the other's H. The list of S comes only in a stateful run. The second round of B only if the
 *       initiator's H has {@code planFirst}; it waits for the responder's dot. K (hints) come only if both H have {@code
 *       hints}, and when both trees are said; then an A list may begin with one, too. No B at all if it has {@code noMailSync}.
 *   <li>B is answered by B with the same GUID. After the pair come either the lists of both or those of none; of none if a
 *       side has lost the mailbox or ignores it. Twinbox only: the source of a one-way run that finds after the pair that
 *       it cannot read the mailbox says B with {@code lost} instead of its lists; that one is not answered.
 *   <li>C come by strictly rising UID. R starts when the other's C list is complete, and asks once for what was listed
 *       there as saved. M starts when the other's R list is complete, and answers each R once. S follows on what the
 *       speaker has read and committed, so it needs the other's M list to be complete. The next B needs both S.
 *   <li>Without {@code mailRequests} in the initiator's H there is no R list; M are those that were listed as saved.
 *   <li>With an end that is too old there are no A lists ({@link #withoutAttributes}), or no F ({@link #withoutFinish}).
 *   <li>X may be said once at any time; nothing follows it.
 *   <li>With branches ({@link #withBranches}) the mailboxes of a round are said as {@code B+ .} of the initiator, answered
 *       in the same order as {@code B+ .}; {@code .} alone ends the mailboxes, as above. The pair of B is said again, with
 *       the lists after it, in a conversation of its own for each ({@link #branch}).
 * </ul>
 *
 * <p>A dot of the initiator right after a pair of B can end the mailboxes or be an empty list of A, and a lost B can
 * withdraw the mailbox or ask for it again. Both readings are followed until what comes next settles it.
 *
 * <p>Tell it of an item before the item leaves, and of a received one before it is used. A refused item leaves the guard as
 * it was. Safe for use by a sending and a receiving thread.
 */
public final class Dialogue {
    /** Most saved states before the trees. */
    public static final int STATES_MAX = 1_000_000;

    /** Most names in a tree. */
    public static final int NODES_MAX = 1_000_000;

    /** Most mailboxes gone through, rounds and repetitions included. */
    public static final int MAILBOXES_MAX = 10_000_000;

    /** Most attributes of a mailbox. */
    public static final int ATTRIBUTES_MAX = 100_000;

    /** Most changes of a mailbox: mails and expunges. Requests and mails cannot be more. */
    public static final int CHANGES_MAX = 10_000_000;

    /** Most things that a plan consists of. */
    public static final int PLANNED_MAX = 1_000_000_000;

    private final Role own;
    private final List<Course> readings = new ArrayList<>(1);
    private SyncItem.@Nullable Kind lastSent;
    private SyncItem.@Nullable Kind lastReceived;

    /**
     * Starts at the beginning of a conversation.
     *
     * @param own which part this side plays
     */
    public Dialogue(Role own) {
        this(own, new Course());
    }

    private Dialogue(Role own, Course course) {
        this.own = own;
        readings.add(course);
    }

    /**
     * One of both ends is too old for lists of attributes: in neither direction is there an A list. Before the handshakes.
     */
    public synchronized void withoutAttributes() {
        readings.forEach(Course::withoutAttributes);
    }

    /** One of both ends is too old for finish: the initiator's last dot is the end. Before the handshakes. */
    public synchronized void withoutFinish() {
        readings.forEach(Course::withoutFinish);
    }

    /** Each mailbox has a branch of its own in this conversation. Before the handshakes. */
    public synchronized void withBranches() {
        readings.forEach(Course::withBranches);
    }

    /**
     * The guard of a branch of this conversation: just one mailbox, from its pair of B to both S.
     *
     * @throws IllegalStateException before the initiator's handshake
     */
    public synchronized Dialogue branch() {
        return new Dialogue(own, readings.get(0).branch());
    }

    /** The guard of the branch on which a responder says what it would do: any number of P, and the end of the list. */
    public static Dialogue ofPlan(Role own) {
        return new Dialogue(own, Course.ofPlan());
    }

    /**
     * We are about to send an item.
     *
     * @throws PeerException if it is not allowed now; it must not be sent
     */
    public synchronized void sent(SyncItem item) throws PeerException {
        step(own, item, "we must not send ");
        lastSent = item.kind();
    }

    /**
     * An item has come.
     *
     * @throws PeerException if it is not allowed now
     */
    public synchronized void received(SyncItem item) throws PeerException {
        step(own.other(), item, "peer sent unexpected ");
        lastReceived = item.kind();
    }

    /** Whether the responder has said its last word, or somebody has closed. */
    public synchronized boolean isOver() {
        for (Course reading : readings) {
            if (reading.isOver()) {
                return true;
            }
        }
        return false;
    }

    /** The last items of both directions and what may come next in each, for messages about time-outs and broken links. */
    public synchronized String describe() {
        return "last sent=" + name(lastSent) + ", last received=" + name(lastReceived) + ", may send " + expected(own)
                + ", may receive " + expected(own.other());
    }

    private void step(Role speaker, SyncItem item, String complaint) throws PeerException {
        List<Course> forks = new ArrayList<>(1);
        List<Course> refusing = new ArrayList<>(1);
        String objection = null;
        for (Course reading : readings) {
            Course fork = reading.forkAt(speaker, item);
            String refused = reading.step(speaker, item);
            if (refused == null) {
                if (fork != null && fork.step(speaker, item) == null) {
                    forks.add(fork);
                }
            } else {
                objection = objection == null ? refused : objection;
                refusing.add(reading);
            }
        }
        if (objection != null && refusing.size() == readings.size()) {
            throw new PeerException(complaint + name(item.kind()) + ": " + objection + " (" + expected(speaker)
                    + " expected; last sent=" + name(lastSent) + ", last received=" + name(lastReceived) + ")");
        }
        readings.removeAll(refusing);
        readings.addAll(forks);
    }

    private String expected(Role speaker) {
        StringBuilder text = new StringBuilder();
        Iterator<Course> all = readings.iterator();
        while (all.hasNext()) {
            text.append(all.next().expected(speaker)).append(all.hasNext() ? ", or " : "");
        }
        return text.toString();
    }

    /** The name Dovecot's messages use. */
    static String name(SyncItem.@Nullable Kind kind) {
        return kind == null ? "nothing" : kind.name().toLowerCase(Locale.ROOT);
    }
}
