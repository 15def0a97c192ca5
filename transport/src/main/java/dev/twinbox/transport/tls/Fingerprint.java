package dev.twinbox.transport.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Locale;

/**
 * The SHA-256 of a whole certificate, as {@code openssl x509 -fingerprint -sha256} shows it: 32 pairs of upper-case hex
 * digits with colons between.
 *
 * @param text in that form
 */
public record Fingerprint(String text) {
    private static final int BYTES = 32;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if it is none
     */
    public Fingerprint {
        if (!text.matches("[0-9A-F]{2}(:[0-9A-F]{2}){31}")) {
            throw new IllegalArgumentException("no SHA-256 fingerprint in its usual form");
        }
    }

    /**
     * Reads what people paste: with or without colons, in any case, with openssl's or curl's words in front.
     *
     * @throws IllegalArgumentException if there are not 32 bytes in hex
     */
    public static Fingerprint parse(String text) {
        String hex = text.strip()
                .replaceFirst("(?i)^(sha-?256( fingerprint)?[=:/ ]\\s*)", "")
                .replace(":", "")
                .toUpperCase(Locale.ROOT);
        if (!hex.matches("[0-9A-F]{" + 2 * BYTES + "}")) {
            throw new IllegalArgumentException("a SHA-256 fingerprint has 32 bytes in hex, such as"
                    + " 'openssl x509 -fingerprint -sha256' prints");
        }
        return new Fingerprint(hex.replaceAll("(..)(?!$)", "$1:"));
    }

    /** That of a certificate. */
    public static Fingerprint of(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            StringBuilder text = new StringBuilder(3 * BYTES);
            for (byte b : digest) {
                text.append(String.format(Locale.ROOT, "%02X:", b));
            }
            text.setLength(text.length() - 1);
            return new Fingerprint(text.toString());
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
