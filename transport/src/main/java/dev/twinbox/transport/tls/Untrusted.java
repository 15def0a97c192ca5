package dev.twinbox.transport.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import java.security.cert.CertificateException;

/**
 * Says that the other end's certificate is not believed: to our user in a message, to the other end by an alert. An exception
 * of Netty's is what tells BoringSSL which alert; the JDK's engine sends one for all.
 */
enum Untrusted {
    /** Its CA is not known. The numbers are OpenSSL's, X509_V_ERR_... */
    UNKNOWN_CA(20),
    /** Its time is over, or not yet come. */
    EXPIRED(10),
    /** Anything else. */
    OTHER(27);

    private final int code;

    Untrusted(int code) {
        this.code = code;
    }

    /** What is thrown. */
    CertificateException because(String message) {
        return new OpenSslCertificateException(message, code);
    }

    /** Whether a failure was thrown for such a reason; then its message says which. */
    static boolean is(Throwable failure) {
        return failure instanceof OpenSslCertificateException;
    }
}
