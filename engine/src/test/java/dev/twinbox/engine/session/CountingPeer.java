package dev.twinbox.engine.session;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.item.MailRequest;
import dev.twinbox.protocol.item.SyncItem;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** The source's end of a link, which counts the mails it is asked for. */
final class CountingPeer implements Peer {
    private final Peer peer;
    private final AtomicInteger requests;

    CountingPeer(Peer peer) {
        this(peer, new AtomicInteger());
    }

    private CountingPeer(Peer peer, AtomicInteger requests) {
        this.peer = peer;
        this.requests = requests;
    }

    @Override
    public boolean canBranch() {
        return peer.canBranch();
    }

    @Override
    public Peer branch(int number) throws IOException {
        return new CountingPeer(peer.branch(number), requests);
    }

    int requests() {
        return requests.get();
    }

    @Override
    public void send(SyncItem item) throws IOException {
        peer.send(item);
    }

    @Override
    public void send(SyncItem item, MailBody body) throws IOException {
        peer.send(item, body);
    }

    @Override
    public Incoming receive() throws IOException {
        Incoming incoming = peer.receive();
        if (incoming.item() instanceof MailRequest) {
            requests.incrementAndGet();
        }
        return incoming;
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
