package dev.twinbox.engine.sim;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.item.SyncItem;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** One end of a link on which something may happen just before an item is sent. */
public final class SimLink implements Peer {
    private final Peer peer;
    private final Event event;
    private final AtomicInteger items;

    /** What may happen. */
    public interface Event {
        /** Nothing ever does. */
        Event NONE = (link, item) -> {};

        /** Called before the item of that number, counted from 1, by the thread that sends. */
        void before(Peer link, int item) throws IOException;
    }

    /** An end of a link. */
    public SimLink(Peer peer, Event event) {
        this(peer, event, new AtomicInteger());
    }

    private SimLink(Peer peer, Event event, AtomicInteger items) {
        this.peer = peer;
        this.event = event;
        this.items = items;
    }

    @Override
    public boolean canBranch() {
        return peer.canBranch();
    }

    @Override
    public Peer branch(int number) throws IOException {
        return new SimLink(peer.branch(number), event, items);
    }

    /** How many items were sent. */
    public int items() {
        return items.get();
    }

    @Override
    public void send(SyncItem item) throws IOException {
        event.before(peer, items.incrementAndGet());
        peer.send(item);
    }

    @Override
    public void send(SyncItem item, MailBody body) throws IOException {
        event.before(peer, items.incrementAndGet());
        peer.send(item, body);
    }

    @Override
    public boolean sendsAtOnce() {
        return peer.sendsAtOnce();
    }

    @Override
    public Incoming receive() throws IOException {
        return peer.receive();
    }

    @Override
    public void abort(String reason) {
        peer.abort(reason);
    }

    @Override
    public void close() {
        peer.close();
    }
}
