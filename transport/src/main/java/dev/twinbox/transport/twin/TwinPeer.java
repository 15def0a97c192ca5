package dev.twinbox.transport.twin;

import dev.twinbox.protocol.dialogue.Dialogue;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.Role;
import dev.twinbox.protocol.item.Done;
import dev.twinbox.protocol.item.SyncItem;
import dev.twinbox.protocol.wire.twin.TwinHello;
import dev.twinbox.protocol.wire.twin.TwinLimits;
import dev.twinbox.transport.link.Link;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a run, spoken with in Twinbox's own protocol over a {@link Link}. Bodies pass through in pieces. What a
 * list consists of is written when a buffer is full or the list ends, all else at once.
 *
 * <p>Safe for one sending and one receiving thread on it and on each of its branches; any thread may abort or ask for a
 * branch.
 */
public final class TwinPeer implements Peer {
    private final Role role;
    private final Connection connection;
    private final Dialogue guard;
    private final TwinBranch main;

    /**
     * Begins a conversation; the first words go out with the first item.
     *
     * @param role our part
     * @param timeoutSeconds how long reading or writing may stand still, at least 1
     */
    public TwinPeer(Role role, Link link, int timeoutSeconds, TwinSettings settings) {
        this.role = role;
        this.connection = new Connection(link, timeoutSeconds, settings);
        this.guard = new Dialogue(role);
        this.main = new TwinBranch(connection, connection.main(), guard, connection.compression());
    }

    /** Says who we are at once, for a peer that waits for it. If that fails, the next to read or write is told. */
    public void greet() {
        connection.greet();
    }

    /** What the peer said of itself; null before anything was received from it. */
    public @Nullable TwinHello hello() {
        return connection.hello();
    }

    @Override
    public void send(SyncItem item) throws IOException {
        main.send(item);
    }

    /**
     * The body is read before this returns. If its first bytes cannot be had nothing was said; if it breaks off later the peer
     * is told so, and this fails, but the conversation may go on.
     */
    @Override
    public void send(SyncItem item, MailBody body) throws IOException {
        main.send(item, body);
    }

    @Override
    public Incoming receive() throws IOException {
        return main.receive();
    }

    @Override
    public boolean isTwinbox() {
        return true;
    }

    /** Settled when the other end's first item has been received. */
    @Override
    public boolean canBranch() {
        return connection.canBranch();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the number is out of range or was opened before
     * @throws IllegalStateException if the peer takes no more branches at once
     */
    @Override
    public Peer branch(int number) throws IOException {
        return new TwinBranch(connection, connection.open(number), guard.branch(), connection.compression());
    }

    /** Settled when the other end's first item has been received. */
    @Override
    public boolean knowsDryRuns() {
        TwinHello said = connection.hello();
        return said != null && said.can(TwinHello.DRY_RUN) && connection.canBranch();
    }

    @Override
    public Peer planBranch() throws IOException {
        Flow flow = connection.open(TwinLimits.BRANCH_NUMBER_MAX);
        return new TwinBranch(connection, flow, Dialogue.ofPlan(role), connection.compression());
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

    /** The responder says that it closes once it has said its last word; then lets go of the link. */
    @Override
    public void close() {
        try {
            if (role == Role.RESPONDER && main.owesDone() && !connection.isAborted()) {
                main.send(new Done());
            }
        } catch (IOException e) {
            // the run is over at both ends
        } finally {
            connection.close();
        }
    }
}
