package dev.twinbox.cli.config;

import dev.twinbox.cli.exit.Refusal;
import dev.twinbox.cli.pair.PairFolder;
import dev.twinbox.cli.pair.TrustedServer;
import dev.twinbox.cli.pair.UserPatterns;
import dev.twinbox.engine.disk.Disk;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.transport.doveadm.DoveadmServerSettings;
import dev.twinbox.transport.doveadm.DoveadmTarget;
import dev.twinbox.transport.doveadm.Login;
import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.tls.ClientTls;
import dev.twinbox.transport.tls.Fingerprint;
import dev.twinbox.transport.tls.Identity;
import dev.twinbox.transport.tls.Pem;
import dev.twinbox.transport.tls.ServerTls;
import dev.twinbox.transport.tls.TlsConfigException;
import dev.twinbox.transport.tls.Trust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings for doveadm connections over a network, in Dovecot's names: {@code doveadm_port}, {@code doveadm_username},
 * {@code doveadm_password}, {@code doveadm_ssl}, {@code ssl_client_ca_file}, and certificates and keys by the names of 2.3
 * ({@code ssl_cert = </etc/…}) or 2.4 ({@code ssl_server_cert_file}). Beside them {@code twinbox_fingerprint}, which stands in for
 * a CA, and {@code twinbox_check_name = no}; and what {@code twinbox pair} knows, where none of these says whom to trust.
 */
public final class NetworkSettings {
    private static final int PEM_MAX = 1 << 20;

    private final Settings settings;
    private final String cwd;
    private final Disk disk;
    private final @Nullable PairFolder pairs;

    /**
     * @param cwd absolute path of the current folder
     * @param pairs whom this machine is paired with; null if there is no place for that
     */
    public NetworkSettings(Settings settings, String cwd, Disk disk, @Nullable PairFolder pairs) {
        this.settings = settings;
        this.cwd = cwd;
        this.disk = disk;
        this.pairs = pairs;
    }

    /**
     * A server to call.
     *
     * @param address what follows {@code tcp:} or {@code tcps:}
     * @param tlsFirst {@code tcps:}
     */
    public DoveadmTarget target(String address, boolean tlsFirst) throws Refusal {
        String how = text(SettingNames.DOVEADM_SSL, "no");
        boolean startTls = !tlsFirst && how.equals("starttls");
        DoveadmTarget.Encryption encryption = tlsFirst || how.equals("ssl")
                ? DoveadmTarget.Encryption.TLS
                : startTls ? DoveadmTarget.Encryption.STARTTLS : DoveadmTarget.Encryption.NONE;
        Endpoint at = endpoint(address);
        if (encryption == DoveadmTarget.Encryption.NONE) {
            return new DoveadmTarget(at, encryption, null, login());
        }
        List<TrustedServer> paired = paired(at);
        if (paired.isEmpty()) {
            return new DoveadmTarget(at, encryption, clientTls(), login());
        }
        Set<Fingerprint> pinned = new HashSet<>();
        boolean certificate = false;
        for (TrustedServer server : paired) {
            pinned.add(server.fingerprint());
            certificate |= server.certificate();
        }
        Identity identity = clientIdentity();
        ClientTls tls = clientTls(new Trust.Pinned(pinned), identity);
        return new DoveadmTarget(at, encryption, tls, login(), certificate && identity != null);
    }

    /** What pairing has told about a server. Settings that say whom to trust are stronger. */
    private List<TrustedServer> paired(Endpoint at) throws Refusal {
        if (pairs == null || settings.get(SettingNames.FINGERPRINT) != null || !(at instanceof Endpoint.Tcp tcp)) {
            return List.of();
        }
        return pairs.read().serversAt(pairedName(tcp));
    }

    /** What a server is called in the list of those that are trusted. */
    public static String pairedName(Endpoint.Tcp at) {
        return at.toString().toLowerCase(Locale.ROOT);
    }

    /**
     * A server to pair with.
     *
     * @param trust which certificate it must have
     * @param identity what to show it, or null
     */
    public DoveadmTarget pairingTarget(Endpoint at, Trust trust, @Nullable Identity identity) throws Refusal {
        boolean startTls = text(SettingNames.DOVEADM_SSL, "ssl").equals("starttls");
        return new DoveadmTarget(
                at,
                startTls ? DoveadmTarget.Encryption.STARTTLS : DoveadmTarget.Encryption.TLS,
                clientTls(trust, identity),
                null);
    }

    /** What callers show: {@code ssl_client_cert_file}, or what pairing has made; null if there is none. */
    public @Nullable Identity clientIdentity() throws Refusal {
        Identity configured = configured(SettingNames.CLIENT_CERT_FILE, SettingNames.CLIENT_KEY_FILE);
        return configured != null || pairs == null ? configured : pairs.identity();
    }

    /**
     * What {@code serve} shows: {@code ssl_server_cert_file}, or what pairing has made; null if there is none, or no TLS is wanted.
     * That of pairing is for those who want TLS, or have no password; else a key made for calling would turn TLS on.
     */
    public @Nullable Identity serverIdentity() throws Refusal {
        Identity configured = configured(SettingNames.SERVER_CERT_FILE, SettingNames.SERVER_KEY_FILE);
        return configured != null || pairs == null || !wantsPairedTls() ? configured : pairs.identity();
    }

    /** Whether {@code serve} speaks TLS even if no certificate is configured. */
    public boolean wantsPairedTls() throws Refusal {
        String how = text(SettingNames.DOVEADM_SSL, login() == null ? "ssl" : "no");
        return !how.equals("no");
    }

    /** Whether {@code serve} asks whom it is paired with. Settings that say whom to trust are stronger. */
    public boolean servesPaired() {
        return pairs != null
                && settings.get(SettingNames.FINGERPRINT) == null
                && settings.get(SettingNames.SERVER_CA_FILE) == null;
    }

    /** Which users those may touch who know the password; all unless {@code twinbox_password_users} says otherwise. */
    public UserPatterns passwordUsers() throws Refusal {
        String users = settings.get(SettingNames.PASSWORD_USERS);
        try {
            return users == null ? UserPatterns.ALL : UserPatterns.parse(users.replace(" ", ""));
        } catch (IllegalArgumentException e) {
            throw Refusal.configuration(SettingNames.PASSWORD_USERS + ": " + e.getMessage());
        }
    }

    /** Where a server is: {@code host[:port]} or a socket's path. */
    public Endpoint endpoint(String address) throws Refusal {
        return endpoint(address, false);
    }

    /** Where to listen; port 0 is any free one. */
    public Endpoint listening(String address) throws Refusal {
        return endpoint(address, true);
    }

    private Endpoint endpoint(String address, boolean listening) throws Refusal {
        String port = text(SettingNames.DOVEADM_PORT, "0");
        try {
            int number = Integer.parseInt(port);
            return listening ? Endpoint.parseListening(address, number) : Endpoint.parse(address, number);
        } catch (NumberFormatException e) {
            throw Refusal.configuration("doveadm_port is no number: '" + port + "'");
        } catch (IllegalArgumentException e) {
            throw Refusal.temporary("'" + address + "': " + e.getMessage());
        }
    }

    /** What is logged in with, or asked of those who log in; null if nothing is set. */
    public @Nullable Login login() throws Refusal {
        String password = settings.get(SettingNames.DOVEADM_PASSWORD);
        if (password == null || password.isEmpty()) {
            return null;
        }
        try {
            return new Login(text(SettingNames.DOVEADM_USERNAME, Login.DEFAULT_USER), password);
        } catch (IllegalArgumentException e) {
            throw Refusal.configuration("doveadm_password: " + e.getMessage());
        }
    }

    private ClientTls clientTls() throws Refusal {
        try {
            String pinned = settings.get(SettingNames.FINGERPRINT);
            String authorities = settings.get(SettingNames.CLIENT_CA_FILE);
            Trust trust = pinned != null
                    ? new Trust.Pinned(fingerprints(pinned))
                    : authorities != null
                            ? new Trust.Authorities(Pem.certificates(file(authorities)))
                            : new Trust.SystemAuthorities();
            return clientTls(trust, configured(SettingNames.CLIENT_CERT_FILE, SettingNames.CLIENT_KEY_FILE));
        } catch (TlsConfigException e) {
            throw Refusal.configuration(String.valueOf(e.getMessage()));
        }
    }

    private ClientTls clientTls(Trust trust, @Nullable Identity identity) throws Refusal {
        boolean checkName = !text(SettingNames.CHECK_NAME, "yes").equals("no");
        try {
            return ClientTls.of(trust, checkName, identity);
        } catch (TlsConfigException e) {
            throw Refusal.configuration(String.valueOf(e.getMessage()));
        }
    }

    /**
     * TLS of a server; null if there is no certificate. With a CA, or a fingerprint, clients must show one, too; otherwise they
     * may, and are looked up among those that are paired.
     */
    public @Nullable ServerTls serverTls() throws Refusal {
        try {
            Identity identity = serverIdentity();
            if (identity == null) {
                return null;
            }
            String pinned = settings.get(SettingNames.FINGERPRINT);
            String authorities = settings.get(SettingNames.SERVER_CA_FILE);
            Trust trust = pinned != null
                    ? new Trust.Pinned(fingerprints(pinned))
                    : authorities != null ? new Trust.Authorities(Pem.certificates(file(authorities))) : null;
            ServerTls.ClientCertificates unknown =
                    servesPaired() ? ServerTls.ClientCertificates.UNCHECKED : ServerTls.ClientCertificates.NONE;
            return ServerTls.of(identity, trust == null ? unknown : ServerTls.ClientCertificates.REQUIRED, trust);
        } catch (TlsConfigException e) {
            throw Refusal.configuration(String.valueOf(e.getMessage()));
        }
    }

    /** When a server's TLS begins. */
    public DoveadmServerSettings.Encryption serverEncryption(boolean hasTls) throws Refusal {
        String how = text(SettingNames.DOVEADM_SSL, hasTls ? "ssl" : "no");
        return switch (how) {
            case "no" -> DoveadmServerSettings.Encryption.NONE;
            case "ssl" -> DoveadmServerSettings.Encryption.TLS;
            case "starttls" -> DoveadmServerSettings.Encryption.STARTTLS_OFFERED;
            default -> throw Refusal.configuration("doveadm_ssl is no, ssl or starttls, not '" + how + "'");
        };
    }

    private @Nullable Identity configured(String certificateSetting, String keySetting) throws Refusal {
        String certificate = settings.get(certificateSetting);
        String key = settings.get(keySetting);
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw Refusal.configuration(certificateSetting + " and " + keySetting + " belong together: one is missing");
        }
        String passphrase = settings.get(SettingNames.KEY_PASSWORD);
        try {
            return Identity.ofPem(file(certificate), file(key), passphrase == null ? null : passphrase.toCharArray());
        } catch (TlsConfigException e) {
            throw Refusal.configuration(String.valueOf(e.getMessage()));
        }
    }

    private static Set<Fingerprint> fingerprints(String text) throws Refusal {
        Set<Fingerprint> found = new HashSet<>();
        for (String word : text.split("[ ,]+")) {
            try {
                if (!word.isEmpty()) {
                    found.add(Fingerprint.parse(word));
                }
            } catch (IllegalArgumentException e) {
                throw Refusal.configuration("twinbox_fingerprint: " + e.getMessage());
            }
        }
        if (found.isEmpty()) {
            throw Refusal.configuration("twinbox_fingerprint is empty");
        }
        return found;
    }

    /** 2.3 writes a file's content as {@code <path}, 2.4 the path alone. */
    private String file(String setting) throws Refusal {
        String name = setting.startsWith("<") ? setting.substring(1).strip() : setting;
        try {
            DiskPath path = Paths.absolute(name, cwd, disk);
            return new String(disk.readAll(path, PEM_MAX), StandardCharsets.UTF_8);
        } catch (IOException | IllegalArgumentException e) {
            throw Refusal.configuration("cannot read " + name + ": " + e.getMessage());
        }
    }

    private String text(String name, String otherwise) {
        String value = settings.get(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
