package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.CommandOptions;
import dev.twinbox.cli.args.CommandParser;
import dev.twinbox.cli.config.Settings;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.transport.doveadm.DoveadmCommand;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code -S}: a doveadm server, a Dovecot's or {@code twinbox serve}, runs the command, with its own settings and its own way to
 * the mail. Its messages, its output and its exit code become ours.
 */
final class ThroughServer {
    private static final String TCPS = "tcps:";
    private static final String TCP = "tcp:";

    private ThroughServer() {}

    /**
     * Has it run.
     *
     * @param name of the command
     */
    static int run(Context context, CommandLine line, CommandOptions options, String name)
            throws Refusal, InterruptedException {
        Destination.of(options.words(), name); // there is one
        Settings settings = Settings.load(line.global(), context.environment(), context.cwd(), context.disk());
        String user = user(context, options.user());
        context.messages().setUser(user);
        DoveadmCommand command = DoveadmCommand.handedOver(
                line.global().debug(),
                line.global().verbose(),
                user,
                name,
                CommandParser.forServer(name, line.words()));
        String address = Objects.requireNonNull(options.server());
        context.messages().debug("handing " + name + " over to " + address);
        return Calls.run(context, settings, server(address), command);
    }

    /** Whether there is such a user is for the server to say. */
    private static String user(Context context, @Nullable String given) throws Refusal {
        String user = given != null ? given : context.environment().getOrDefault("USER", "");
        if (user.isEmpty() || user.indexOf('*') >= 0 || user.indexOf('?') >= 0) {
            throw Refusal.usage("-u needs the name of one user, not '" + user + "'; masks are not in this version");
        }
        return user;
    }

    /** As doveadm, a socket's path or {@code host[:port]}; besides, {@code tcps:} before it for TLS. */
    private static Target.Server server(String address) {
        if (address.startsWith(TCPS)) {
            return new Target.Server(address, address.substring(TCPS.length()), true);
        }
        return new Target.Server(address, address.startsWith(TCP) ? address.substring(TCP.length()) : address, false);
    }
}
