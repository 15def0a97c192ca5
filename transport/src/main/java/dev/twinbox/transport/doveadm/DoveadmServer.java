package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.net.ConnectException;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Listens for doveadm clients, Dovecot's and Twinbox's. Event loops do the logins; commands run on threads of their own, a
 * limited number at once. Safe for use by several threads.
 */
public final class DoveadmServer implements AutoCloseable {
    private static final int END_WAIT_SECONDS = 10;

    private final DoveadmServerSettings settings;
    private final DoveadmService service;
    private final ServerLog log;
    private final FailureDelays delays;
    private final ThreadPoolExecutor workers;
    /** Looks certificates and codes up, which touches files; never waits for a worker. */
    private final ThreadPoolExecutor logins;

    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Map<String, Integer> strangers = new HashMap<>();
    private final Channel listener;
    private int open;

    private DoveadmServer(
            Network network, DoveadmServerSettings settings, DoveadmService service, ServerLog log, LongSupplier millis)
            throws ConnectException {
        this.settings = settings;
        this.service = service;
        this.log = log;
        this.delays = new FailureDelays(millis);
        this.workers = threads(settings.workers(), settings.connectionsMax(), "doveadm");
        this.logins = threads(1, settings.connectionsMax(), "logins");
        this.listener = network.listen(settings.at(), new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                accept(channel);
            }
        });
    }

    private static ThreadPoolExecutor threads(int number, int waiting, String name) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                number,
                number,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(waiting),
                new DefaultThreadFactory(name, true));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * Begins to listen.
     *
     * @param network that the connections are on; to be closed after the server
     * @param millis a clock in milliseconds that never goes back, for the delays after wrong passwords
     * @throws ConnectException if that is not possible there
     */
    public static DoveadmServer start(
            Network network, DoveadmServerSettings settings, DoveadmService service, ServerLog log, LongSupplier millis)
            throws ConnectException {
        return new DoveadmServer(network, settings, service, log, millis);
    }

    /** Where it listens; with the port that was found if any was asked for. */
    public Endpoint endpoint() {
        return listener.localAddress() instanceof InetSocketAddress address
                        && settings.at() instanceof Endpoint.Tcp asked
                ? new Endpoint.Tcp(asked.host(), address.getPort())
                : settings.at();
    }

    private void accept(Channel channel) {
        ServerConnection connection = new ServerConnection(this, channel);
        if (!enter(connection.address())) {
            log.line(RemoteLog.Severity.WARNING, connection.name() + " is turned away: too many connections");
            connection.cutOff();
            return;
        }
        connections.add(channel);
        connection.begin();
    }

    private synchronized boolean enter(String address) {
        if (open >= settings.connectionsMax() || strangers.getOrDefault(address, 0) >= settings.strangersPerAddress()) {
            return false;
        }
        open++;
        strangers.merge(address, 1, Integer::sum);
        return true;
    }

    /** A connection has logged in, or ended without. */
    synchronized void noStranger(String address) {
        strangers.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
    }

    /** A connection has ended. */
    synchronized void left() {
        open--;
    }

    DoveadmServerSettings settings() {
        return settings;
    }

    DoveadmService service() {
        return service;
    }

    FailureDelays delays() {
        return delays;
    }

    ServerLog log() {
        return log;
    }

    /** Runs something on a worker thread, when one is free. */
    void work(Runnable task) {
        workers.execute(task);
    }

    /** Runs something on the thread for logins. */
    void decide(Runnable task) {
        logins.execute(task);
    }

    /** Stops listening, cuts off all connections, and waits a little for their commands to notice. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly(END_WAIT_SECONDS, TimeUnit.SECONDS);
        logins.shutdown();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(END_WAIT_SECONDS, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
