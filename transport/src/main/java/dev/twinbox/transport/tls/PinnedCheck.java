package dev.twinbox.transport.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Believes certificates by their fingerprint. */
final class PinnedCheck extends X509ExtendedTrustManager {
    private final Set<Fingerprint> pinned;
    private final Consumer<Fingerprint> seen;

    /**
     * @param seen is told each fingerprint that is looked at
     */
    PinnedCheck(Set<Fingerprint> pinned, Consumer<Fingerprint> seen) {
        this.pinned = pinned;
        this.seen = seen;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        Fingerprint given = Fingerprint.of(chain[0]);
        seen.accept(given);
        if (!pinned.contains(given)) {
            throw Untrusted.OTHER.because("the certificate is not the pinned one: its fingerprint is " + given
                    + "; if that was to be expected, pin this one, or pair again");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
