package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.net.Endpoint;
import dev.twinbox.transport.tls.ServerTls;
import org.jspecify.annotations.Nullable;

/**
 * How a server listens.
 *
 * @param at where; {@link #LOOPBACK} unless somebody decides otherwise
 * @param encryption when TLS begins
 * @param tls null if never
 * @param login what clients must know; null if no password lets anybody in
 * @param connectionsMax most connections at once, 1 or more; further ones are closed at once
 * @param strangersPerAddress most connections from one address that have not logged in yet, 1 or more
 * @param loginSeconds how long a connection may take until its command is complete
 * @param workers how many commands run at once, 1 or more; further ones wait
 */
public record DoveadmServerSettings(
        Endpoint at,
        Encryption encryption,
        @Nullable ServerTls tls,
        @Nullable Login login,
        int connectionsMax,
        int strangersPerAddress,
        int loginSeconds,
        int workers) {
    /** The address that only this machine reaches. */
    public static final String LOOPBACK = "127.0.0.1";

    /** Connections at once, unless configured otherwise. */
    public static final int CONNECTIONS_MAX = 200;

    /** Connections of one address that have not logged in, unless configured otherwise. */
    public static final int STRANGERS_PER_ADDRESS = 20;

    /** Seconds for the login, unless configured otherwise; the delay after failures is part of it. */
    public static final int LOGIN_SECONDS = 60;

    /** When TLS begins. */
    public enum Encryption {
        /** Never. The password and all mail can be read on the way. */
        NONE,
        /** When the client asks for it. */
        STARTTLS_OFFERED,
        /** When the client asks for it, and nobody logs in without. Dovecot's own clients never ask. */
        STARTTLS_REQUIRED,
        /** With the first byte, which is {@code tcps:}. */
        TLS
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is too small, or TLS is wanted without its settings
     */
    public DoveadmServerSettings {
        if (connectionsMax < 1 || strangersPerAddress < 1 || loginSeconds < 1 || workers < 1) {
            throw new IllegalArgumentException("limits and times of a server are 1 or more");
        }
        if ((encryption == Encryption.NONE) != (tls == null)) {
            throw new IllegalArgumentException("TLS and its settings come together");
        }
    }

    /**
     * With the usual limits.
     *
     * @param workers how many commands run at once
     */
    public static DoveadmServerSettings usual(
            Endpoint at, Encryption encryption, @Nullable ServerTls tls, @Nullable Login login, int workers) {
        return new DoveadmServerSettings(
                at, encryption, tls, login, CONNECTIONS_MAX, STRANGERS_PER_ADDRESS, LOGIN_SECONDS, workers);
    }
}
