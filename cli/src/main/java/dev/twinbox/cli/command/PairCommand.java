package dev.twinbox.cli.command;

import dev.twinbox.cli.args.CommandLine;
import dev.twinbox.cli.args.PairOptions;
import dev.twinbox.cli.config.NetworkSettings;
import dev.twinbox.cli.config.PairFolders;
import dev.twinbox.cli.config.Settings;
import dev.twinbox.cli.exit.ExitCode;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.pair.Invitation;
import dev.twinbox.cli.pair.PairCode;
import dev.twinbox.cli.pair.PairFolder;
import dev.twinbox.cli.pair.TrustList;
import dev.twinbox.cli.pair.TrustedCaller;
import dev.twinbox.cli.pair.TrustedServer;
import dev.twinbox.cli.pair.UserPatterns;
import dev.twinbox.transport.tls.Fingerprint;
import dev.twinbox.transport.tls.Identity;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code pair}: makes two machines known to each other, and forgets them. What needs the network is {@link PairCall}. */
final class PairCommand {
    private static final int SECONDS_PER_MINUTE = 60;
    private static final String NAME_DEFAULT = "unnamed";

    private final Context context;
    private final PairOptions options;
    private final PairFolder pairs;
    private final NetworkSettings network;

    private PairCommand(Context context, PairOptions options, PairFolder pairs, NetworkSettings network) {
        this.context = context;
        this.options = options;
        this.pairs = pairs;
        this.network = network;
    }

    /** Runs it; returns the exit code. */
    static int run(Context context, CommandLine line) throws Refusal {
        PairOptions options = PairOptions.parse(line.words());
        if (options.help()) {
            return Help.print(context.output(), "pair");
        }
        Settings settings = Settings.load(line.global(), context.environment(), context.cwd(), context.disk());
        PairFolder pairs =
                PairFolders.find(settings, context.environment(), context.cwd(), context.disk(), context.clock());
        if (pairs == null) {
            throw Refusal.configuration("pair: there is no home to keep keys in: set twinbox_pair_dir");
        }
        NetworkSettings network = new NetworkSettings(settings, context.cwd(), context.disk(), pairs);
        try {
            return new PairCommand(context, options, pairs, network).run();
        } catch (IllegalArgumentException e) { // of what was typed
            throw Refusal.usage("pair: " + e.getMessage());
        }
    }

    private int run() throws Refusal {
        String trust = options.trust();
        String revoke = options.revoke();
        String server = options.server();
        if (options.invite()) {
            invite();
        } else if (trust != null) {
            trust(Fingerprint.parse(trust));
        } else if (revoke != null && Invitation.isId(revoke)) {
            revokeCode(revoke);
        } else if (revoke != null) {
            revoke(Fingerprint.parse(revoke));
        } else if (server != null) {
            new PairCall(context, pairs, network).call(server, options);
        } else {
            list();
        }
        return ExitCode.OK;
    }

    private UserPatterns users() {
        String users = options.users();
        return UserPatterns.parse(users == null ? "" : users);
    }

    private void requirePairedServing() throws Refusal {
        if (!network.servesPaired()) {
            throw Refusal.configuration(
                    "pair: serve does not ask who is paired here: twinbox_fingerprint or ssl_server_ca_file is set");
        }
    }

    private void invite() throws Refusal {
        UserPatterns users = users();
        requirePairedServing();
        Identity identity = network.serverIdentity();
        if (identity == null) {
            if (!network.wantsPairedTls()) {
                throw Refusal.configuration("pair: with these settings serve speaks no TLS: set doveadm_ssl = ssl");
            }
            identity = pairs.identityOrNew(context.host().name());
        }
        PairCode code = PairCode.make(identity.fingerprint(), new SecureRandom());
        long now = pairs.now();
        long until = now + (long) options.minutes() * SECONDS_PER_MINUTE;
        pairs.change(list -> list.inviting(Invitation.of(code, until, users), now));
        context.messages()
                .plain("good once, until " + Instant.ofEpochSecond(until) + ", for users " + users.text()
                        + ". At the other end: twinbox pair HOST:PORT CODE, with HOST:PORT where serve listens here");
        context.output().line(code.text());
    }

    private void trust(Fingerprint fingerprint) throws Refusal {
        String given = options.name();
        TrustedCaller caller =
                new TrustedCaller(fingerprint, users(), given == null ? NAME_DEFAULT : given, pairs.time());
        requirePairedServing();
        pairs.change(list -> list.withCaller(caller));
        context.messages()
                .plain("from now on " + fingerprint + " may call, for users "
                        + caller.users().text());
    }

    private void revoke(Fingerprint fingerprint) throws Refusal {
        boolean[] known = new boolean[1];
        pairs.change(list -> {
            known[0] =
                    list.callers().stream().anyMatch(each -> each.fingerprint().equals(fingerprint))
                            || list.servers().stream()
                                    .anyMatch(each -> each.fingerprint().equals(fingerprint));
            return list.revoking(fingerprint, pairs.time());
        });
        context.messages()
                .plain((known[0] ? "" : "nobody had it here, but all the same: ") + "revoked " + fingerprint
                        + "; who is connected now is not cut off");
    }

    private void revokeCode(String id) throws Refusal {
        boolean[] known = new boolean[1];
        pairs.change(list -> {
            TrustList without = list.withoutInvitation(id);
            known[0] = without != list;
            return without;
        });
        if (!known[0]) {
            throw new Refusal(ExitCode.NOT_FOUND, "pair: there is no code " + id + " that nobody has used yet");
        }
        context.messages().plain("the code " + id + " is good no more");
    }

    private void list() throws Refusal {
        TrustList list = pairs.read();
        line("this machine", shown(network.clientIdentity()));
        Identity serving = network.serverIdentity();
        if (serving != null && !serving.equals(network.clientIdentity())) {
            line("serve", shown(serving));
        }
        for (TrustedCaller caller : list.callers()) {
            line(
                    "caller",
                    caller.fingerprint().text(),
                    caller.name(),
                    "users " + caller.users().text(),
                    caller.since());
        }
        for (TrustedServer server : list.servers()) {
            line(
                    "server",
                    server.fingerprint().text(),
                    server.at(),
                    server.certificate() ? "login by certificate" : "login by password",
                    server.since());
        }
        for (TrustList.Revoked revoked : list.revoked()) {
            line("revoked", revoked.fingerprint().text(), revoked.since());
        }
        for (Invitation invitation : list.invitations()) {
            String until = Instant.ofEpochSecond(invitation.until()).toString();
            line(
                    "code",
                    invitation.id(),
                    (invitation.until() > pairs.now() ? "until " : "over since ") + until,
                    "users " + invitation.users().text());
        }
    }

    private static String shown(@Nullable Identity identity) {
        return identity == null ? "has no key yet" : identity.fingerprint().text();
    }

    private void line(String... words) {
        context.output().line(String.join("  ", List.of(words)));
    }
}
