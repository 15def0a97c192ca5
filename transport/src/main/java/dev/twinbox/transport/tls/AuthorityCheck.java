package dev.twinbox.transport.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Believes certificates as the JDK does, and says why not. */
final class AuthorityCheck extends X509ExtendedTrustManager {
    private static final int NAMES_SHOWN = 5;
    private static final int TEXT_SHOWN = 200;

    private final X509ExtendedTrustManager jdk;

    AuthorityCheck(X509ExtendedTrustManager jdk) {
        this.jdk = jdk;
    }

    private interface Check {
        void run() throws CertificateException;
    }

    /**
     * @param whole the check to pass
     * @param withoutName the same, but for the name
     * @param host that was wanted, or null
     */
    private static void check(X509Certificate[] chain, Check whole, Check withoutName, @Nullable String host)
            throws CertificateException {
        try {
            whole.run();
            chain[0].checkValidity(); // the JDK looks at no date of a certificate that is trusted itself
        } catch (CertificateException e) {
            CertificateException explained = explained(chain, e, withoutName, host);
            explained.initCause(e);
            throw explained;
        }
    }

    private static CertificateException explained(
            X509Certificate[] chain, CertificateException why, Check withoutName, @Nullable String host) {
        String dated = wrongDate(chain);
        if (dated != null) {
            return Untrusted.EXPIRED.because(dated);
        }
        X509Certificate leaf = chain[0];
        if (host != null && passes(withoutName)) {
            return Untrusted.OTHER.because("the certificate is for " + names(leaf) + ", not for " + host
                    + ": use a name it is for, or get one for this name");
        }
        if (leaf.getIssuerX500Principal().equals(leaf.getSubjectX500Principal())) {
            return Untrusted.UNKNOWN_CA.because(
                    "the certificate is self-signed and not known here: give it as CA, or pin its SHA-256 fingerprint after"
                            + " comparing it with the one at its owner (" + Fingerprint.of(leaf) + ")");
        }
        if (!noPath(why)) {
            return Untrusted.OTHER.because("the certificate was refused: " + cut(String.valueOf(why.getMessage())));
        }
        return Untrusted.UNKNOWN_CA.because("the certificate is signed by " + shown(chain[chain.length - 1], true)
                + ", which is no CA that is trusted here: give the certificate of the CA");
    }

    private static @Nullable String wrongDate(X509Certificate[] chain) {
        for (int i = 0; i < chain.length; i++) {
            String which = i == 0 ? "the certificate" : "the certificate of its CA " + shown(chain[i]);
            try {
                chain[i].checkValidity();
            } catch (CertificateExpiredException e) {
                return which + " expired on " + chain[i].getNotAfter().toInstant() + ": get a new one";
            } catch (CertificateNotYetValidException e) {
                return which + " is valid only from " + chain[i].getNotBefore().toInstant()
                        + " on: compare the clocks of both machines";
            }
        }
        return null;
    }

    private static boolean noPath(Throwable why) {
        for (Throwable t = why; t != null; t = t.getCause()) {
            if (t instanceof java.security.cert.CertPathBuilderException) {
                return true;
            }
        }
        return false;
    }

    private static boolean passes(Check check) {
        try {
            check.run();
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static String shown(X509Certificate certificate) {
        return shown(certificate, false);
    }

    private static String shown(X509Certificate certificate, boolean issuer) {
        return "'"
                + cut((issuer ? certificate.getIssuerX500Principal() : certificate.getSubjectX500Principal()).getName())
                + "'";
    }

    private static String names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (names.size() < NAMES_SHOWN && alternative.get(1) instanceof String name) {
                        names.add(cut(name));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            names.clear();
        }
        return names.isEmpty() ? shown(certificate) : String.join(", ", names);
    }

    /** What a certificate says is shown on a terminal. */
    private static String cut(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > TEXT_SHOWN ? clean.substring(0, TEXT_SHOWN) + "..." : clean;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(
                chain,
                () -> jdk.checkServerTrusted(chain, authType, engine),
                () -> jdk.checkServerTrusted(chain, authType),
                engine.getPeerHost());
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(
                chain,
                () -> jdk.checkClientTrusted(chain, authType, engine),
                () -> jdk.checkClientTrusted(chain, authType),
                null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw Untrusted.OTHER.because("not used with sockets");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw Untrusted.OTHER.because("not used with sockets");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw Untrusted.OTHER.because("not used without the name of the host");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw Untrusted.OTHER.because("not used without its connection");
    }

    /** None are named, so that clients show whatever they have, and are told what is wrong with it. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
