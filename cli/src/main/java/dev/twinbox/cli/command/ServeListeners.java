package dev.twinbox.cli.command;

import dev.twinbox.cli.config.Paths;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.transport.doveadm.DoveadmServer;
import dev.twinbox.transport.doveadm.DoveadmServerSettings;
import dev.twinbox.transport.doveadm.DoveadmService;
import dev.twinbox.transport.doveadm.ServerLog;
import dev.twinbox.transport.net.ConnectException;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The places that {@code serve} listens at, and the names of its UNIX sockets: the system leaves them there when a process ends.
 * For one thread.
 */
final class ServeListeners implements AutoCloseable {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int CONNECT_SECONDS = 5;

    private final Context context;
    private final Network network;
    private final List<DoveadmServer> servers = new ArrayList<>();
    private final List<DiskPath> sockets = new ArrayList<>();

    ServeListeners(Context context, Network network) {
        this.context = context;
        this.network = network;
    }

    /**
     * Listens at one more place.
     *
     * @return where; with the port that was found if any was asked for
     * @throws ConnectException if that is not possible there
     * @throws Refusal if somebody listens on the socket already, or something else lies there
     */
    Endpoint add(DoveadmServerSettings settings, DoveadmService service, ServerLog log)
            throws Refusal, ConnectException {
        DiskPath socket = settings.at() instanceof Endpoint.Unix unix ? makeRoom(unix) : null;
        DoveadmServer server = DoveadmServer.start(
                network, settings, service, log, () -> context.clock().monotonicNanos() / NANOS_PER_MILLI);
        servers.add(server);
        if (socket != null) {
            sockets.add(socket);
        }
        return server.endpoint();
    }

    /** Takes away a socket that nobody listens on any more. */
    private DiskPath makeRoom(Endpoint.Unix at) throws Refusal {
        try {
            DiskPath path = Paths.absolute(at.path(), context.cwd(), context.disk());
            if (context.disk().stat(path).isPresent()) {
                if (!context.disk().isSocket(path)) {
                    throw Refusal.temporary("serve: " + at + " is there already, and is no socket");
                }
                if (answers(at)) {
                    throw Refusal.temporary("serve: somebody listens on " + at + " already");
                }
                context.disk().unlink(path);
            }
            return path;
        } catch (IllegalArgumentException e) {
            throw Refusal.usage("serve: --listen " + at + ": " + e.getMessage());
        } catch (IOException e) {
            throw IoTrouble.refusal(e);
        }
    }

    private boolean answers(Endpoint.Unix at) {
        try {
            network.connect(at, null, CONNECT_SECONDS).abort();
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    @Override
    public void close() {
        for (DoveadmServer server : servers) {
            server.close();
        }
        for (DiskPath socket : sockets) {
            try {
                if (context.disk().isSocket(socket)) {
                    context.disk().unlink(socket);
                }
            } catch (IOException e) {
                context.messages().debug("the socket's name stays: " + e.getMessage());
            }
        }
    }
}
