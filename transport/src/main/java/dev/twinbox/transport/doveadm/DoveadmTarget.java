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
 */
public record DoveadmTarget(
        Endpoint at,
        Encryption encryption,
        @Nullable ClientTls tls,
        @Nullable Login login) {
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
    }
}
