package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.tls.ClientTls;
import org.jspecify.annotations.Nullable;

/**
 * A server to call.
 *
 * @param at where it listens
 * @param encryption when TLS begins
 * @param tls whom to trust; not null if there is TLS
 * @param login null if none is configured; a server that wants one then refuses
 * @param certificate whether to log in with the certificate that {@code tls} shows, before the password is tried. Only Twinboxes
 *     understand that
 */
public record DoveadmTarget(
        Endpoint at,
        Encryption encryption,
        @Nullable ClientTls tls,
        @Nullable Login login,
        boolean certificate) {
    /** When TLS begins. */
    public enum Encryption {
        /** Never: {@code tcp:}. */
        NONE,
        /** Before the login, by the word STARTTLS: {@code doveadm_ssl = starttls}. Without TLS nothing is said. */
        STARTTLS,
        /** With the first byte: {@code tcps:}, {@code doveadm_ssl = ssl}. */
        TLS
    }

    /**
     * Checks that there is TLS if there should be.
     *
     * @throws IllegalArgumentException if not
     */
    public DoveadmTarget {
        if (encryption != Encryption.NONE && tls == null) {
            throw new IllegalArgumentException("TLS without its settings");
        }
        if (encryption == Encryption.NONE && certificate) {
            throw new IllegalArgumentException("a certificate is shown over TLS only");
        }
    }

    /** One that is logged in to with the password or not at all. */
    public DoveadmTarget(Endpoint at, Encryption encryption, @Nullable ClientTls tls, @Nullable Login login) {
        this(at, encryption, tls, login, false);
    }
}
