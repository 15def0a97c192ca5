package dev.twinbox.transport.net;

import dev.twinbox.transport.link.Link;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection as a link with blocking streams. To be used by threads that are no event loops. One may read while another
 * writes; any may abort.
 */
public final class ChannelLink implements Link {
    /** How long the last words may take to leave, in seconds. */
    static final int SEND_WAIT_SECONDS = 30;

    /** How long the other end may take to close after we have, in seconds; cut off earlier it could miss our last words. */
    static final int LINGER_SECONDS = 5;

    /** Up to so many bytes that are written at once stay together, whatever {@link #promptWith} says meanwhile. */
    public static final int PIECE = Outbox.PIECE;

    private final Channel channel;
    private final String name;
    private final Inbox inbox;
    private final Outbox outbox;
    private final Receiver receiver = new Receiver();
    private volatile boolean peerEnded;
    private volatile boolean closed;
    private volatile boolean tlsBegins;

    private ChannelLink(Channel channel, String name) {
        this.channel = channel;
        this.name = name;
        this.inbox = new Inbox(open -> channel.config().setAutoRead(open));
        this.outbox = new Outbox(channel);
    }

    /**
     * Makes a link of a connection, at the end of its pipeline. On the channel's event loop, or before it is registered.
     *
     * @param name of the other end, for messages
     */
    public static ChannelLink attach(Channel channel, String name) {
        ChannelLink link = new ChannelLink(channel, name);
        channel.pipeline().addLast(link.receiver);
        return link;
    }

    /** Moves what the event loop reports. */
    private final class Receiver extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                if (message instanceof ByteBuf bytes) {
                    inbox.put(bytes);
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            outbox.writabilityChanged();
            context.fireChannelWritabilityChanged();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslCloseCompletionEvent) {
                ended(null);
                if (closed) {
                    cut();
                }
            }
            context.fireUserEventTriggered(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended(null);
            outbox.end(null);
            context.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(new IOException(Failures.text(cause, tlsBegins), cause));
        }
    }

    private void ended(@Nullable IOException why) {
        peerEnded = true;
        inbox.end(why);
    }

    /** Ends the connection for a reason, which whoever reads or writes is told. Any thread; never blocks. */
    public void fail(IOException why) {
        outbox.end(why);
        ended(why);
        cut();
    }

    /** Closes without a word; TLS would take time for a farewell. */
    private void cut() {
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first == null) {
            channel.close().addListener(ignored -> outbox.end(null));
        } else {
            first.close().addListener(ignored -> outbox.end(null));
        }
    }

    /**
     * Begins TLS; what is sent and received from now on is encrypted. Nobody may read or write meanwhile.
     *
     * @param tls this end of it
     * @throws ConnectException if it did not come about
     */
    public void startTls(SslHandler tls) throws ConnectException {
        tlsBegins = true;
        channel.eventLoop().execute(() -> {
            if (channel.isActive()) {
                channel.pipeline().addFirst(tls);
            } else {
                tls.handshakeFuture().cancel(false);
            }
        });
        Future<Channel> handshake = tls.handshakeFuture().awaitUninterruptibly();
        if (!handshake.isSuccess()) {
            throw new ConnectException(
                    "TLS with " + name + " failed: " + Failures.text(handshake.cause(), true),
                    orUnknown(handshake.cause()));
        }
        tlsBegins = false;
    }

    /** Where buffers for this connection come from. */
    ByteBufAllocator buffers() {
        return channel.alloc();
    }

    private static Throwable orUnknown(@Nullable Throwable cause) {
        return cause == null ? new IOException("unknown reason") : cause;
    }

    /**
     * From now on says these words whenever somebody reads here and nothing comes: soon, then less and less often. They must
     * mean nothing to the other end. What is written otherwise is parted by them only where it is longer than {@link #PIECE}.
     */
    public void promptWith(byte[] words) {
        new Prompter(channel, inbox, () -> closed, words).begin();
    }

    /**
     * Fails the link unless the result is closed in time.
     *
     * @param seconds from now on
     * @param why what is then said
     */
    public Deadline within(int seconds, String why) {
        Future<?> timer = channel.eventLoop().schedule(() -> fail(new IOException(why)), seconds, TimeUnit.SECONDS);
        return () -> timer.cancel(false);
    }

    /** A time that is running. */
    public interface Deadline {
        /** Stops it. */
        void close();
    }

    @Override
    public InputStream input() {
        return inbox;
    }

    @Override
    public OutputStream output() {
        return outbox;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void abort() {
        fail(new IOException("the connection was cut off here"));
    }

    /** Waits until what was written has left and the other end has closed too, each for a limited time. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (channel.isActive() && outbox.drained(SEND_WAIT_SECONDS)) {
            sayEnd();
            inbox.discard();
            if (!peerEnded) {
                channel.closeFuture().awaitUninterruptibly(LINGER_SECONDS, TimeUnit.SECONDS);
            }
        }
        outbox.end(null);
        inbox.end(null);
        cut();
        channel.closeFuture().awaitUninterruptibly(LINGER_SECONDS, TimeUnit.SECONDS);
    }

    private void sayEnd() {
        Promise<Void> said = channel.eventLoop().newPromise();
        channel.eventLoop().execute(() -> sayEnd(said));
        said.awaitUninterruptibly(LINGER_SECONDS, TimeUnit.SECONDS);
    }

    /** On the event loop, where the connection does not end meanwhile. */
    private void sayEnd(Promise<Void> said) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (channel.isActive() && tls != null) {
            tls.closeOutbound().addListener(done -> said.trySuccess(null));
        } else if (channel.isActive() && channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput().addListener(done -> said.trySuccess(null));
        } else {
            said.trySuccess(null);
        }
    }
}
