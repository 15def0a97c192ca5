package dev.twinbox.transport.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who we are: a private key and its certificate, with the certificates between that and the CA.
 *
 * @param key belongs to the first certificate
 * @param chain the certificate itself first
 */
public record Identity(PrivateKey key, List<X509Certificate> chain) {
    public Identity {
        chain = List.copyOf(chain);
    }

    /**
     * Reads both from PEM texts as Dovecot's {@code ssl_cert} and {@code ssl_key} have them; they may be the same text.
     *
     * @param passphrase of an encrypted key ({@code ssl_key_password}), or null
     * @throws TlsConfigException if one cannot be read, or they do not belong together
     */
    public static Identity ofPem(CharSequence certificates, CharSequence key, char @Nullable [] passphrase)
            throws TlsConfigException {
        List<X509Certificate> chain = Pem.certificates(certificates);
        Identity identity = new Identity(Pem.key(key, passphrase), chain);
        identity.check();
        return identity;
    }

    private void check() throws TlsConfigException {
        byte[] sample = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance(algorithm());
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(chain.get(0).getPublicKey());
            signature.update(sample);
            if (signature.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw new TlsConfigException("the private key does not belong to the first certificate", e);
        }
        throw new TlsConfigException("the private key does not belong to the first certificate");
    }

    private String algorithm() {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }

    /** What somebody pins who trusts just this certificate. */
    public Fingerprint fingerprint() {
        return Fingerprint.of(chain.get(0));
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Identity[" + fingerprint() + "]";
    }
}
