package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.ServeOptions;
import dev.twinbox.cli.config.NetworkSettings;
import dev.twinbox.cli.config.PairFolders;
import dev.twinbox.cli.config.Settings;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.output.Messages;
import dev.twinbox.cli.pair.PairFolder;
import dev.twinbox.transport.doveadm.Caller;
import dev.twinbox.transport.doveadm.DoveadmCommand;
import dev.twinbox.transport.doveadm.DoveadmServerSettings;
import dev.twinbox.transport.doveadm.DoveadmService;
import dev.twinbox.transport.doveadm.Login;
import dev.twinbox.transport.doveadm.RefusedException;
import dev.twinbox.transport.doveadm.RemoteLog;
import dev.twinbox.transport.net.ConnectException;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import dev.twinbox.transport.tls.Fingerprint;
import dev.twinbox.transport.tls.ServerTls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * {@code serve}: is a doveadm server, for Dovecots and Twinboxes that call: the other end of their runs ({@code dsync-server}), and
 * runs {@code sync} and {@code backup} for them, as far as the settings allow ({@link ServedRun}).
 */
final class ServeCommand {
    private final Context context;
    private final CommandLine line;
    private final ServeOptions options;

    private ServeCommand(Context context, CommandLine line, ServeOptions options) {
        this.context = context;
        this.line = line;
        this.options = options;
    }

    /** Serves until it is ended by a signal. */
    static int run(Context context, CommandLine line) throws Refusal {
        ServeOptions options = ServeOptions.parse(line.words());
        if (options.help()) {
            return Help.print(context.output(), "serve");
        }
        return new ServeCommand(context, line, options).serve();
    }

    private int serve() throws Refusal {
        Settings settings = Settings.load(line.global(), context.environment(), context.cwd(), context.disk());
        PairFolder pairs =
                PairFolders.find(settings, context.environment(), context.cwd(), context.disk(), context.clock());
        NetworkSettings network = new NetworkSettings(settings, context.cwd(), context.disk(), pairs);
        Login login = network.login();
        ServerTls tls = network.serverTls();
        DoveadmServerSettings.Encryption encryption = network.serverEncryption(tls != null);
        if (encryption != DoveadmServerSettings.Encryption.NONE && tls == null) {
            throw Refusal.configuration(
                    "serve: doveadm_ssl wants TLS, but ssl_server_cert_file and ssl_server_key_file are"
                            + " not set (twinbox cert makes a pair, and twinbox pair --invite what is needed for pairing)");
        }
        if (login == null && (encryption == DoveadmServerSettings.Encryption.NONE || !network.servesPaired())) {
            throw Refusal.configuration(
                    "serve: no doveadm_password is set, and nobody is paired (twinbox pair --invite):"
                            + " nobody could log in");
        }
        ServeGate gate =
                new ServeGate(network.servesPaired() ? pairs : null, network.passwordUsers(), context.messages());
        boolean encrypted = encryption != DoveadmServerSettings.Encryption.NONE;
        List<DoveadmServerSettings> listeners = new ArrayList<>();
        for (String listen : options.listen()) {
            Endpoint at = network.listening(listen);
            boolean socket =
                    at instanceof Endpoint.Unix; // whoever calls there is on this machine, and never speaks TLS
            if (socket && login == null) {
                throw Refusal.configuration("serve: a doveadm_password must be set for callers on the socket " + at);
            }
            listeners.add(DoveadmServerSettings.usual(
                    at,
                    socket ? DoveadmServerSettings.Encryption.NONE : encryption,
                    encrypted && !socket ? tls : null,
                    login,
                    options.workers()));
        }
        try (Network threads = Network.start(1);
                ServeListeners listening = new ServeListeners(context, threads)) {
            for (DoveadmServerSettings listener : listeners) {
                Endpoint at = listening.add(listener, new Service(gate), this::log);
                context.messages().info("listening on " + at);
                context.output().line(at.toString());
            }
            context.output().flush();
            new CountDownLatch(1).await();
            return ExitCode.OK;
        } catch (InterruptedException e) {
            return ExitCode.OK; // SIGTERM: this is how it is meant to end
        } catch (ConnectException e) {
            throw Refusal.temporary("serve: " + e.getMessage());
        }
    }

    private void log(RemoteLog.Severity severity, String text) {
        switch (severity) {
            case DEBUG -> context.messages().debug(text);
            case INFO -> context.messages().info(text);
            case WARNING -> context.messages().warning(text);
            case ERROR, FATAL, PANIC -> context.messages().error(text);
        }
    }

    /** What the server asks of us. */
    private final class Service implements DoveadmService {
        private final ServeGate gate;

        Service(ServeGate gate) {
            this.gate = gate;
        }

        @Override
        public Session open(DoveadmCommand command, Caller caller, RemoteLog log) throws RefusedException {
            return ServeCommand.this.open(command, caller, gate);
        }

        @Override
        public Work take(DoveadmCommand command, Caller caller, RemoteLog log) throws RefusedException {
            return ServeCommand.this.take(command, caller, log, gate);
        }

        @Override
        public void admit(String client, Fingerprint certificate) throws RefusedException {
            gate.admit(client, certificate);
        }

        @Override
        public void pair(String client, Fingerprint certificate, byte[] code, String name) throws RefusedException {
            gate.pair(client, certificate, code, name);
        }
    }

    private DoveadmService.Session open(DoveadmCommand command, Caller caller, ServeGate gate) throws RefusedException {
        String user = user(command, caller, gate);
        Messages messages = new Messages(context.messages());
        Context own = context.with(messages);
        try {
            DsyncServerCommand session = DsyncServerCommand.ofUser(own, line, user, options.timeoutSeconds());
            return link -> session.serve(link);
        } catch (Refusal e) {
            messages.error(e.text());
            throw new RefusedException(meaning(e), e.text());
        }
    }

    /** Whose mail a command is about; the caller may touch it. */
    private static String user(DoveadmCommand command, Caller caller, ServeGate gate) throws RefusedException {
        String user = command.user();
        if (!isSafe(user)) {
            throw new RefusedException(dev.twinbox.transport.doveadm.Refusal.NOUSER, "there is no user of such a name");
        }
        gate.requireUser(caller, user);
        return user;
    }

    private DoveadmService.Work take(DoveadmCommand command, Caller caller, RemoteLog log, ServeGate gate)
            throws RefusedException {
        if (!ServedRun.NAMES.contains(command.name())) {
            throw new RefusedException(
                    dev.twinbox.transport.doveadm.Refusal.UNNAMED,
                    "this server does nothing but dsync-server, backup and sync");
        }
        String user = user(command, caller, gate);
        Messages messages = new Messages(
                context.messages(),
                (level, text) -> log.line(severity(level), text),
                command.isDebug(),
                command.isVerbose());
        try {
            DoveadmService.Work work = ServedRun.prepare(context, messages, line, user, command);
            context.messages().info(caller.name() + " has " + command.name() + " run for " + user);
            return work;
        } catch (Refusal e) {
            throw new RefusedException(meaning(e), e.text());
        }
    }

    private static RemoteLog.Severity severity(Messages.Level level) {
        return switch (level) {
            case DEBUG -> RemoteLog.Severity.DEBUG;
            case INFO -> RemoteLog.Severity.INFO;
            case WARNING -> RemoteLog.Severity.WARNING;
            case ERROR -> RemoteLog.Severity.ERROR;
        };
    }

    /** A user's name becomes part of paths. */
    static boolean isSafe(String user) {
        return !user.isEmpty()
                && !user.startsWith(".")
                && user.chars().noneMatch(c -> c == '/' || c < ' ' || c == 0x7F || c == '*' || c == '?');
    }

    private static dev.twinbox.transport.doveadm.Refusal meaning(Refusal refusal) {
        for (dev.twinbox.transport.doveadm.Refusal each : List.of(
                dev.twinbox.transport.doveadm.Refusal.NOUSER,
                dev.twinbox.transport.doveadm.Refusal.NOPERM,
                dev.twinbox.transport.doveadm.Refusal.USAGE,
                dev.twinbox.transport.doveadm.Refusal.DATAERR,
                dev.twinbox.transport.doveadm.Refusal.NOTFOUND)) {
            if (each.exitStatus() == refusal.exitCode()) {
                return each;
            }
        }
        return dev.twinbox.transport.doveadm.Refusal.TEMPFAIL;
    }
}
