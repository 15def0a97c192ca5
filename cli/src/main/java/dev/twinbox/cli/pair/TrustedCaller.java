package dev.twinbox.cli.pair;

import dev.twinbox.transport.doveadm.CertificateLogin;
import dev.twinbox.transport.tls.Fingerprint;

/**
 * Somebody who may call.
 *
 * @param fingerprint of the certificate
 * @param users whom it may touch
 * @param name what it calls itself, for people
 * @param since when it was let in, for people
 */
public record TrustedCaller(Fingerprint fingerprint, UserPatterns users, String name, String since) {
    /**
     * Checks the forms.
     *
     * @throws IllegalArgumentException if one is wrong
     */
    public TrustedCaller {
        if (!CertificateLogin.isName(name)) {
            throw new IllegalArgumentException("a caller's name is of letters, digits, dots, hyphens and _, at most "
                    + CertificateLogin.NAME_MAX + " characters");
        }
        TrustList.requireTime(since);
    }
}
