package dev.twinbox.cli.command;

import dev.twinbox.cli.args.PairOptions;
import dev.twinbox.cli.config.NetworkSettings;
import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.pair.PairCode;
import dev.twinbox.cli.pair.PairFolder;
import dev.twinbox.cli.pair.TrustedServer;
import dev.twinbox.transport.doveadm.CertificateLogin;
import dev.twinbox.transport.doveadm.DoveadmClient;
import dev.twinbox.transport.doveadm.DoveadmTarget;
import dev.twinbox.transport.doveadm.RefusedException;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.net.Network;
import dev.twinbox.transport.tls.Fingerprint;
import dev.twinbox.transport.tls.Identity;
import dev.twinbox.transport.tls.Trust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The part of {@code pair} that calls a server: with a code, or to pin its certificate. */
final class PairCall {
    private static final int CONNECT_SECONDS = 30;
    private static final int LOGIN_SECONDS = 60;
    private static final int LINE_MAX = 1000;
    private static final String STANDARD_INPUT = "-";

    private final Context context;
    private final PairFolder pairs;
    private final NetworkSettings settings;

    PairCall(Context context, PairFolder pairs, NetworkSettings settings) {
        this.context = context;
        this.pairs = pairs;
        this.settings = settings;
    }

    /**
     * Calls it.
     *
     * @throws Refusal if the server is not the right one, does not want us, or nobody confirms its fingerprint
     * @throws IllegalArgumentException if what was typed makes no sense
     */
    void call(String server, PairOptions options) throws Refusal {
        if (!(settings.endpoint(server) instanceof Endpoint.Tcp at)) {
            throw Refusal.usage("pair: '" + server + "' is no host and port");
        }
        String name = name(options.name());
        String typed = options.code();
        PairCode code = typed == null ? null : PairCode.parse(typed.equals(STANDARD_INPUT) ? readLine() : typed);
        String wanted = options.fingerprint();
        Fingerprint expected = wanted == null ? null : Fingerprint.parse(wanted);
        try (Network network = Network.start(1)) {
            DoveadmClient client = new DoveadmClient(network, CONNECT_SECONDS, LOGIN_SECONDS);
            if (code != null) {
                redeem(client, at, code, name);
            } else {
                pin(client, at, expected);
            }
        } catch (RefusedException e) {
            throw new Refusal(e.refusal().exitStatus(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Refusal.temporary(String.valueOf(e.getMessage()));
        }
    }

    /** What the server is to call us. */
    private String name(@Nullable String given) {
        if (given != null) {
            if (!CertificateLogin.isName(given)) {
                throw new IllegalArgumentException("--name is of letters, digits, dots, hyphens and _, at most "
                        + CertificateLogin.NAME_MAX + " characters");
            }
            return given;
        }
        String host = context.host().name();
        String clean = host.replaceAll("[^A-Za-z0-9._-]", "_");
        String name =
                clean.length() > CertificateLogin.NAME_MAX ? clean.substring(0, CertificateLogin.NAME_MAX) : clean;
        return name.isEmpty() ? "unnamed" : name;
    }

    private Identity identity() throws Refusal {
        Identity there = settings.clientIdentity();
        return there != null ? there : pairs.identityOrNew(context.host().name());
    }

    private void redeem(DoveadmClient client, Endpoint.Tcp at, PairCode code, String name) throws Refusal, IOException {
        Trust only = new Trust.Pinned(Set.of(code.server()));
        client.pair(settings.pairingTarget(at, only, identity()), code.key(), name);
        remember(at, code.server(), true);
        context.messages().plain("paired with " + at + ", whose fingerprint is " + code.server());
    }

    private void remember(Endpoint.Tcp at, Fingerprint server, boolean certificate) throws Refusal {
        TrustedServer entry = new TrustedServer(NetworkSettings.pairedName(at), server, certificate, pairs.time());
        pairs.change(list -> list.withServer(entry));
    }

    /** Without a code: the server's certificate is pinned if somebody says that it is the right one. */
    private void pin(DoveadmClient client, Endpoint.Tcp at, @Nullable Fingerprint expected)
            throws Refusal, IOException {
        Fingerprint server = expected == null ? confirmed(at, look(client, at)) : expected;
        Identity identity = identity();
        DoveadmTarget target = settings.pairingTarget(at, new Trust.Pinned(Set.of(server)), identity);
        boolean knowsCertificates = true;
        String there = "it lets this machine in already";
        try {
            client.tryCertificate(target);
        } catch (RefusedException e) {
            context.messages().debug(String.valueOf(e.getMessage()));
            knowsCertificates = e.refusal() != dev.twinbox.transport.doveadm.Refusal.UNNAMED;
            there = knowsCertificates
                    ? "it does not let this machine in yet. There: twinbox pair --trust " + identity.fingerprint()
                            + " --users PATTERNS, or a doveadm_password here and there"
                    : "it knows no logins by certificate, and wants a doveadm_password";
        }
        remember(at, server, knowsCertificates);
        context.messages().plain(at + " is known from now on by its fingerprint " + server + "; " + there);
    }

    private Fingerprint look(DoveadmClient client, Endpoint.Tcp at) throws Refusal, IOException {
        AtomicReference<@Nullable Fingerprint> seen = new AtomicReference<>();
        DoveadmTarget target = settings.pairingTarget(at, new Trust.Shown(seen::set), null);
        IOException failure = null;
        try {
            client.tryCertificate(target);
        } catch (IOException e) {
            failure = e; // in any case: none is believed
        }
        Fingerprint fingerprint = seen.get();
        if (fingerprint == null) {
            throw failure != null ? failure : new IOException(at + " showed no certificate");
        }
        return fingerprint;
    }

    /** Asks whoever sits there; nobody in a script says yes by accident. */
    private Fingerprint confirmed(Endpoint.Tcp at, Fingerprint shown) throws Refusal {
        if (!context.terminal()) {
            throw Refusal.usage("pair: " + at + " shows the fingerprint " + shown
                    + ". Compare it with what 'twinbox pair --list' says there, and give it with --fingerprint");
        }
        context.messages().plain(at + " shows the fingerprint " + shown);
        context.messages().plain("Is that what 'twinbox pair --list' says there (yes/no)?");
        if (!readLine().strip().equals("yes")) {
            throw Refusal.usage("pair: nothing was changed");
        }
        return shown;
    }

    private String readLine() throws Refusal {
        byte[] bytes = new byte[LINE_MAX];
        int length = 0;
        try {
            for (int b = context.input().read();
                    b >= 0 && b != '\n' && length < LINE_MAX;
                    b = context.input().read()) {
                bytes[length++] = (byte) b;
            }
        } catch (IOException e) {
            throw Refusal.temporary("standard input cannot be read: " + e.getMessage());
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
