package dev.twinbox.cli.command;

import dev.twinbox.cli.config.RemoteCommandLine;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.engine.session.Outcome;
import dev.twinbox.transport.link.CommandLink;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.RawlogLink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Opens the way to where a run's other end is, and says what became of it. Used once, by one thread. */
final class Remotes {
    private final Context context;
    private final Preparation preparation;
    private final Target target;

    Remotes(Context context, Preparation preparation, Target target) {
        this.context = context;
        this.preparation = preparation;
        this.target = target;
    }

    /**
     * Opens it.
     *
     * @throws Refusal if there is nothing there
     */
    Link open() throws Refusal {
        if (target instanceof Target.Command command) {
            return start(command.words());
        }
        if (target instanceof Target.Host host) {
            String user = preparation.wasUserGiven() ? preparation.user().name() : "";
            List<String> words = RemoteCommandLine.of(preparation.settings(), user, host.login(), host.host());
            CommandLink link = start(words);
            if (host.prefixed()) {
                prefix(link, preparation.user().name());
            }
            return link;
        }
        if (target instanceof Target.Server server) {
            return Calls.open(context, preparation, server);
        }
        throw Refusal.temporary("'" + target.text() + "' is on this machine");
    }

    private CommandLink start(List<String> words) throws Refusal {
        context.messages().debug("starting " + String.join(" ", words));
        try {
            return CommandLink.start(words, environment());
        } catch (IOException e) {
            throw Refusal.temporary("cannot run '" + words.get(0) + "': " + e.getMessage());
        }
    }

    /** What a child is to know of us: not what is only about this process, and no settings of a server that called us. */
    private Map<String, String> environment() {
        Map<String, String> variables = new HashMap<>(context.environment());
        variables.keySet().removeIf(name -> name.startsWith("TWINBOX_"));
        return variables;
    }

    private static void prefix(Link link, String user) throws Refusal {
        try {
            link.output().write((user + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw Refusal.temporary("cannot tell " + link.name() + " whose mail it is: " + e.getMessage());
        }
    }

    /** After the run: a command that failed may have reasons of its own, but not if it failed of just what the run did. */
    void tellEnd(Link link, Outcome outcome) {
        Link real = link instanceof RawlogLink logged ? logged.link() : link;
        if (real instanceof CommandLink command) {
            OptionalInt status = command.exitStatus();
            if (status.isPresent() && status.getAsInt() != 0) {
                String text = "Remote command returned error " + status.getAsInt() + ": " + target.text();
                if (outcome.shared() && status.getAsInt() == outcome.status().exitCode()) {
                    context.messages().debug(text);
                } else {
                    context.messages().error(text);
                }
            }
        }
    }
}
