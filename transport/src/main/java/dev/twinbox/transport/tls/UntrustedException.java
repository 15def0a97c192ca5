package dev.twinbox.transport.tls;

import java.security.cert.CertificateException;

/** The other end's certificate is not trusted; the message says why and what can be done. */
final class UntrustedException extends CertificateException {
    private static final long serialVersionUID = 1L;

    UntrustedException(String message) {
        super(message);
    }

    UntrustedException(String message, Throwable cause) {
        super(message, cause);
    }
}
