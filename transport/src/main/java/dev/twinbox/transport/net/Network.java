package dev.twinbox.transport.net;

import dev.twinbox.transport.tls.ClientTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The threads that move bytes, a few for all connections of a process; they never do other work. Daemons, so that nothing
 * waits for them. Safe for use by several threads.
 */
public final class Network implements AutoCloseable {
    /** Connections that wait to be accepted; the kernel has a limit of its own. */
    private static final int BACKLOG = 128;

    private final EventLoopGroup loops;

    private Network(EventLoopGroup loops) {
        this.loops = loops;
    }

    /**
     * Starts it.
     *
     * @param threads at least 1, which is enough for some connections
     */
    public static Network start(int threads) {
        return new Network(new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("network", true), NioIoHandler.newFactory()));
    }

    /**
     * Connects. A host's addresses are tried one after the other.
     *
     * @param tls to begin with, or null for none
     * @param timeoutSeconds for each address, and again for the TLS handshake
     * @throws ConnectException if nobody answers, or TLS fails
     */
    public ChannelLink connect(Endpoint to, @Nullable ClientTls tls, int timeoutSeconds) throws ConnectException {
        ChannelLink link;
        if (to instanceof Endpoint.Unix unix) {
            link = connect(to, address(unix), timeoutSeconds);
        } else if (to instanceof Endpoint.Tcp tcp) {
            link = connect(tcp, timeoutSeconds);
        } else {
            throw new IllegalStateException();
        }
        if (tls != null) {
            try {
                startTls(link, to, tls, timeoutSeconds);
            } catch (ConnectException e) {
                link.abort();
                throw e;
            }
        }
        return link;
    }

    /**
     * Begins TLS with a server that we are connected to.
     *
     * @throws ConnectException if it did not come about
     */
    public void startTls(ChannelLink link, Endpoint to, ClientTls tls, int timeoutSeconds) throws ConnectException {
        String host = to instanceof Endpoint.Tcp tcp ? tcp.host() : "localhost";
        int port = to instanceof Endpoint.Tcp tcp ? tcp.port() : 0;
        link.startTls(tls.handler(link.buffers(), host, port, timeoutSeconds));
    }

    private ChannelLink connect(Endpoint.Tcp to, int timeoutSeconds) throws ConnectException {
        ConnectException last = null;
        for (InetAddress address : addresses(to.host())) {
            try {
                return connect(to, new InetSocketAddress(address, to.port()), timeoutSeconds);
            } catch (ConnectException e) {
                last = e;
            }
        }
        throw last == null ? new ConnectException("the host " + to.host() + " has no address") : last;
    }

    private static InetAddress[] addresses(String host) throws ConnectException {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new ConnectException("there is no host " + host + " (its name is not found)", e);
        }
    }

    private static SocketAddress address(Endpoint.Unix unix) throws ConnectException {
        try {
            return UnixDomainSocketAddress.of(unix.path());
        } catch (InvalidPathException e) {
            throw new ConnectException("no path for a socket: " + e.getReason(), e);
        }
    }

    private ChannelLink connect(Endpoint to, SocketAddress address, int timeoutSeconds) throws ConnectException {
        AtomicReference<@Nullable ChannelLink> link = new AtomicReference<>();
        Bootstrap bootstrap = new Bootstrap()
                .group(loops)
                .channel(to instanceof Endpoint.Tcp ? NioSocketChannel.class : NioDomainSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TimeUnit.SECONDS.toMillis(timeoutSeconds))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        link.set(ChannelLink.attach(channel, to.toString()));
                    }
                });
        if (to instanceof Endpoint.Tcp) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true);
        }
        ChannelFuture connected = bootstrap.connect(address).awaitUninterruptibly();
        ChannelLink made = link.get();
        Throwable cause = connected.cause();
        if (!connected.isSuccess() || made == null) {
            throw new ConnectException(
                    "cannot connect to " + to + ": " + reason(cause, to),
                    cause == null ? new IOException("cancelled") : cause);
        }
        return made;
    }

    private static String reason(@Nullable Throwable cause, Endpoint to) {
        if (cause instanceof io.netty.channel.ConnectTimeoutException) {
            return "no answer in time";
        }
        if (cause instanceof java.net.ConnectException
                && String.valueOf(cause.getMessage()).startsWith("Connection refused")) {
            return to instanceof Endpoint.Tcp tcp
                    ? "nobody listens on port " + tcp.port() + " there (connection refused)"
                    : "nobody listens there (connection refused)";
        }
        return Failures.text(cause, false);
    }

    /**
     * Listens.
     *
     * @param accepted makes each new connection ready, on its event loop
     * @return the listening channel; it is to be closed by the caller
     * @throws ConnectException if it is not possible there
     */
    public Channel listen(Endpoint at, ChannelHandler accepted) throws ConnectException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(accepted);
        SocketAddress address;
        if (at instanceof Endpoint.Tcp tcp) {
            bootstrap
                    .channel(NioServerSocketChannel.class)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childOption(ChannelOption.SO_KEEPALIVE, true);
            address = new InetSocketAddress(addresses(tcp.host())[0], tcp.port());
        } else if (at instanceof Endpoint.Unix unix) {
            bootstrap.channel(NioServerDomainSocketChannel.class);
            address = address(unix);
        } else {
            throw new IllegalStateException();
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        Throwable cause = bound.cause();
        if (!bound.isSuccess()) {
            throw new ConnectException(
                    "cannot listen on " + at + ": " + Failures.text(cause, false),
                    cause == null ? new IOException("cancelled") : cause);
        }
        return bound.channel();
    }

    /** Ends all connections and the threads. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
