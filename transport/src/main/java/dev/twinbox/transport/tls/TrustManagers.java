package dev.twinbox.transport.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes the check of certificates that a {@link Trust} asks for. */
final class TrustManagers {
    private TrustManagers() {}

    static X509ExtendedTrustManager of(Trust trust) throws TlsConfigException {
        if (trust instanceof Trust.Pinned pinned) {
            return new PinnedCheck(pinned.fingerprints(), fingerprint -> {});
        }
        if (trust instanceof Trust.Shown shown) {
            return new PinnedCheck(Set.of(), shown.seen());
        }
        try {
            KeyStore store = trust instanceof Trust.Authorities own ? store(own.certificates()) : null;
            return new AuthorityCheck(jdk(store));
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsConfigException("the certificates of the CAs cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyStore store(List<X509Certificate> certificates) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("ca-" + i, certificates.get(i));
        }
        return store;
    }

    private static X509ExtendedTrustManager jdk(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("no check of certificates in this Java");
    }
}
