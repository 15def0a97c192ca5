package dev.twinbox.transport.link;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.item.SyncItem;

/** STUB. */
public final class LocalPeer implements Peer {
    /** STUB. */
    public record Pair(Peer initiator, Peer responder) {}

    public static Pair pair(int capacity) {
        return new Pair(new LocalPeer(), new LocalPeer());
    }

    @Override
    public void send(SyncItem item) {}

    @Override
    public void send(SyncItem item, MailBody body) {}

    @Override
    public Incoming receive() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void abort(String reason) {}

    @Override
    public void close() {}
}
