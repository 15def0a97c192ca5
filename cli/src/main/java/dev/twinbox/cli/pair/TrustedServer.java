package dev.twinbox.cli.pair;

import dev.twinbox.transport.tls.Fingerprint;

/**
 * A server that may be called, and the only certificate that is believed of it.
 *
 * @param at host and port, in lower case
 * @param fingerprint of the certificate
 * @param certificate whether to log in there with ours
 * @param since when it was pinned, for people
 */
public record TrustedServer(String at, Fingerprint fingerprint, boolean certificate, String since) {
    private static final int AT_MAX = 300;

    /**
     * Checks the forms.
     *
     * @throws IllegalArgumentException if one is wrong
     */
    public TrustedServer {
        if (at.length() > AT_MAX || !at.matches("[!-~]+:[0-9]{1,5}")) {
            throw new IllegalArgumentException("a server is a host and a port");
        }
        TrustList.requireTime(since);
    }
}
