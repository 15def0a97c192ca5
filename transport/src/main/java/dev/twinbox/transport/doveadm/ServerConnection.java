package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.net.ChannelLink;
import dev.twinbox.transport.tls.Fingerprint;
import dev.twinbox.transport.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client of a {@link DoveadmServer}: from being accepted to the end of its command. */
final class ServerConnection implements LoginHandler.Owner {
    /** How many of an IPv6 address's eight groups tell one customer from another. */
    private static final int IPV6_GROUPS = 4;

    private final DoveadmServer server;
    private final Channel channel;
    private final String name;
    private final String address;
    /** Only touched on the event loop. */
    private boolean stranger = true;
    /** What it has logged in with, if with that. Set on the event loop, before there is a command. */
    private @Nullable Fingerprint admitted;

    ServerConnection(DoveadmServer server, Channel channel) {
        this.server = server;
        this.channel = channel;
        if (channel.remoteAddress() instanceof InetSocketAddress remote) {
            String host = remote.getAddress().getHostAddress();
            this.name = host + " port " + remote.getPort();
            this.address = remote.getAddress() instanceof Inet6Address ? network(host) : host;
        } else {
            this.name = "a client on the socket";
            this.address = "";
        }
    }

    private static String network(String ipv6) {
        String[] groups = ipv6.split(":");
        return String.join(":", Arrays.asList(groups).subList(0, Math.min(IPV6_GROUPS, groups.length)));
    }

    /** For messages. */
    String name() {
        return name;
    }

    /** Whom failures are counted for. */
    String address() {
        return address;
    }

    void cutOff() {
        channel.close().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    void begin() {
        channel.closeFuture().addListener(ignored -> {
            noStranger();
            server.left();
        });
        ServerTls tls = settings().tls();
        if (tls != null && settings().encryption() == DoveadmServerSettings.Encryption.TLS) {
            channel.pipeline().addLast(tls.handler(channel.alloc(), settings().loginSeconds()));
        }
        channel.pipeline().addLast(new LoginHandler(this));
    }

    private void noStranger() {
        if (stranger) {
            stranger = false;
            server.noStranger(address);
        }
    }

    @Override
    public DoveadmServerSettings settings() {
        return server.settings();
    }

    @Override
    public long loginDelay() {
        // Who knows the password gets in however long the delay: it never takes more than half of the time there is.
        return Math.min(
                server.delays().of(address),
                TimeUnit.SECONDS.toMillis(settings().loginSeconds()) / 2);
    }

    @Override
    public void loggedIn(boolean right) {
        if (right) {
            server.delays().succeeded(address);
            noStranger();
        } else {
            server.delays().failed(address);
        }
    }

    @Override
    public void admit(ChannelHandlerContext context, Fingerprint shown, LoginHandler.Verdict then) {
        decide(context, () -> server.service().admit(name, shown), refusal -> {
            admitted = refusal == null ? shown : null;
            then.is(refusal);
        });
    }

    @Override
    public void pair(
            ChannelHandlerContext context,
            Fingerprint shown,
            byte[] code,
            String clientName,
            LoginHandler.Verdict then) {
        decide(context, () -> server.service().pair(name, shown, code, clientName), then);
    }

    /** Something that decides about this client. */
    private interface Decision {
        void make() throws RefusedException;
    }

    private void decide(ChannelHandlerContext context, Decision decision, LoginHandler.Verdict then) {
        try {
            server.decide(() -> {
                RefusedException refusal = decided(decision);
                context.executor().execute(() -> then.is(refusal));
            });
        } catch (RejectedExecutionException e) {
            then.is(new RefusedException(Refusal.TEMPFAIL, "too many logins at once"));
        }
    }

    private @Nullable RefusedException decided(Decision decision) {
        try {
            decision.make();
            return null;
        } catch (RefusedException e) {
            return e;
        } catch (RuntimeException e) { // a fault of ours must not let anybody in
            server.log().line(RemoteLog.Severity.ERROR, name + ": the login failed: " + LogLines.clean(e.toString()));
            return new RefusedException(Refusal.TEMPFAIL, "a fault in the server itself");
        }
    }

    @Override
    public void problem(String text) {
        server.log().line(RemoteLog.Severity.WARNING, name + ": " + text);
    }

    @Override
    public void command(ChannelHandlerContext context, DoveadmCommand command, int clientMinor, boolean wantsLog) {
        ChannelLink connection = ChannelLink.attach(channel, name);
        if (mayOversleep(clientMinor)) {
            connection.promptWith(PacketOutput.empty());
        }
        try {
            server.work(() -> run(connection, command, clientMinor, wantsLog));
        } catch (RejectedExecutionException e) {
            problem("a command found no free worker");
            connection.abort();
        }
    }

    /**
     * Whether the client may be a doveadm of before August 2026 (2.4.4 and older), which takes packets out of TLS. When it writes,
     * it takes from the network what has come meanwhile, and then forgets that it has: it looks at it when more comes, and not
     * before. So without more, both ends wait for each other.
     */
    private boolean mayOversleep(int clientMinor) {
        return clientMinor >= Versions.PACKETS_FROM
                && admitted == null // no Dovecot logs in with that
                && channel.pipeline().get(SslHandler.class) != null;
    }

    /** On a worker thread. */
    private void run(ChannelLink connection, DoveadmCommand command, int clientMinor, boolean wantsLog) {
        PacketOutput packets = new PacketOutput(connection.output());
        OutputStream output = clientMinor >= Versions.PACKETS_FROM ? packets : connection.output();
        RemoteLog toClient = wantsLog ? (severity, text) -> send(packets, severity, text) : RemoteLog.none();
        try (Link link = new DoveadmLink(connection, connection.input(), output)) {
            serve(link, command, toClient);
        } catch (IOException e) {
            problem(LogLines.clean(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) { // a fault of ours must not end the worker without a word
            server.log().line(RemoteLog.Severity.ERROR, name + ": the command failed: " + LogLines.clean(e.toString()));
        }
    }

    private void serve(Link link, DoveadmCommand command, RemoteLog toClient) throws IOException {
        DoveadmService.Session session;
        try {
            if (!command.name().equals(DoveadmCommand.DSYNC_SERVER)) {
                perform(link, server.service().take(command, new Caller(name, admitted), toClient));
                return;
            }
            session = server.service().open(command, new Caller(name, admitted), toClient);
        } catch (RefusedException e) {
            problem(LogLines.clean(String.valueOf(e.getMessage())));
            toClient.line(RemoteLog.Severity.ERROR, String.valueOf(e.getMessage()));
            answer(link, "-" + e.refusal().word());
            return;
        } catch (RuntimeException e) { // a fault of ours; the client may try again
            answer(link, "-" + Refusal.TEMPFAIL.word());
            throw e;
        }
        answer(link, "+");
        session.run(link);
    }

    /** Runs what the client has handed over, and cancels it when the client goes. */
    private static void perform(Link link, DoveadmService.Work work) throws IOException {
        Thread watch = new Thread(
                () -> {
                    awaitEnd(link.input());
                    work.cancel();
                },
                "caller-watch");
        watch.setDaemon(true);
        watch.start();
        ValueOutput output = new ValueOutput(link.output());
        int exitStatus = work.run(output);
        output.end();
        answer(link, CommandStatus.line(exitStatus));
    }

    /** A client says nothing more before it has heard how its command ended. */
    private static void awaitEnd(InputStream client) {
        try {
            client.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // it has gone, too
        }
    }

    private static void answer(Link link, String status) throws IOException {
        link.output().write(("\n" + status + "\n").getBytes(StandardCharsets.UTF_8));
        link.output().flush();
    }

    private static void send(PacketOutput packets, RemoteLog.Severity severity, String text) {
        try {
            packets.log(severity, text);
        } catch (IOException e) {
            // the client has gone, which the command notices by itself
        }
    }
}
