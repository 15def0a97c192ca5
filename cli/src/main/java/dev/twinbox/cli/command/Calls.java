package dev.twinbox.cli.command;

import dev.twinbox.cli.config.NetworkSettings;
import dev.twinbox.cli.config.PairFolders;
import dev.twinbox.cli.config.Settings;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.pair.PairFolder;
import dev.twinbox.transport.doveadm.DoveadmClient;
import dev.twinbox.transport.doveadm.DoveadmCommand;
import dev.twinbox.transport.doveadm.DoveadmTarget;
import dev.twinbox.transport.doveadm.RefusedException;
import dev.twinbox.transport.doveadm.RemoteLog;
import dev.twinbox.transport.doveadm.RunningCommand;
import dev.twinbox.transport.link.ForwardingLink;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.net.Network;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Calls doveadm servers. Apart from {@link Remotes}, so that only who calls loads what a network needs. */
final class Calls {
    private static final int CONNECT_SECONDS = 30;
    private static final int LOGIN_SECONDS = 60;

    private Calls() {}

    static Link open(Context context, Preparation preparation, Target.Server server) throws Refusal {
        DoveadmTarget target = target(context, preparation.settings(), server);
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

    private static DoveadmTarget target(Context context, Settings settings, Target.Server server) throws Refusal {
        PairFolder pairs =
                PairFolders.find(settings, context.environment(), context.cwd(), context.disk(), context.clock());
        return new NetworkSettings(settings, context.cwd(), context.disk(), pairs)
                .target(server.address(), server.tls());
    }

    /**
     * Has a server run a command, and waits for its end.
     *
     * @return its exit code
     */
    static int run(Context context, Settings settings, Target.Server server, DoveadmCommand command)
            throws Refusal, InterruptedException {
        DoveadmTarget target = target(context, settings, server);
        AtomicBoolean told = new AtomicBoolean();
        RemoteLog log = (severity, text) -> {
            told.set(true);
            said(context.messages(), severity, text);
        };
        try (Network network = Network.start(1);
                RunningCommand running =
                        new DoveadmClient(network, CONNECT_SECONDS, LOGIN_SECONDS).run(target, command, log)) {
            context.interruption().cutting(running::abort);
            int code = running.finish(context.output());
            if (code != ExitCode.OK && !told.get()) {
                context.messages()
                        .error(server.text() + " ends " + command.name() + " with " + code + "; its log says why");
            }
            return code;
        } catch (RefusedException e) {
            throw new Refusal(e.refusal().exitStatus(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw Refusal.temporary(String.valueOf(e.getMessage()));
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
