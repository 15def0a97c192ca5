package dev.twinbox.cli.command;

import dev.twinbox.cli.config.NetworkSettings;
import dev.twinbox.cli.config.PairFolders;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.pair.PairFolder;
import dev.twinbox.transport.doveadm.DoveadmClient;
import dev.twinbox.transport.doveadm.DoveadmCommand;
import dev.twinbox.transport.doveadm.DoveadmTarget;
import dev.twinbox.transport.doveadm.RefusedException;
import dev.twinbox.transport.doveadm.RemoteLog;
import dev.twinbox.transport.link.ForwardingLink;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.net.Network;
import java.io.IOException;

/** Calls doveadm servers. Apart from {@link Remotes}, so that only who calls loads what a network needs. */
final class Calls {
    private static final int CONNECT_SECONDS = 30;
    private static final int LOGIN_SECONDS = 60;

    private Calls() {}

    static Link open(Context context, Preparation preparation, Target.Server server) throws Refusal {
        PairFolder pairs = PairFolders.find(
                preparation.settings(), context.environment(), context.cwd(), context.disk(), context.clock());
        NetworkSettings settings = new NetworkSettings(preparation.settings(), context.cwd(), context.disk(), pairs);
        DoveadmTarget target = settings.target(server.address(), server.tls());
        Network network = Network.start(1);
        boolean open = false;
        try {
            Link link = new DoveadmClient(network, CONNECT_SECONDS, LOGIN_SECONDS)
                    .connect(
                            target,
                            DoveadmCommand.dsyncServer(preparation.user().name()),
                            (severity, text) -> said(context.messages(), severity, text));
            open = true;
            return new NetworkLink(link, network);
        } catch (RefusedException e) {
            throw new Refusal(e.refusal().exitStatus(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Refusal.temporary(String.valueOf(e.getMessage()));
        } finally {
            if (!open) {
                network.close();
            }
        }
    }

    private static void said(Messages messages, RemoteLog.Severity severity, String text) {
        String line = "remote: " + text;
        switch (severity) {
            case DEBUG -> messages.debug(line);
            case INFO -> messages.info(line);
            case WARNING -> messages.warning(line);
            case ERROR, FATAL, PANIC -> messages.error(line);
        }
    }

    /** A connection that takes the threads it is on with it. */
    private static final class NetworkLink extends ForwardingLink {
        private final Network network;

        NetworkLink(Link link, Network network) {
            super(link);
            this.network = network;
        }

        @Override
        public void close() throws IOException {
            try (network) {
                super.close();
            }
        }
    }
}
