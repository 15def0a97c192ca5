package dev.twinbox.transport.tls;

import org.jspecify.annotations.Nullable;

/** A key, certificate or option for TLS that cannot be used. The message holds no part of a key or passphrase. */
public final class TlsConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    TlsConfigException(String message) {
        super(message);
    }

    TlsConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
