package dev.twinbox.transport.net;

import java.io.IOException;

/** No connection came about: nobody listens, the name is unknown, TLS failed. The message says with whom, and why. */
public final class ConnectException extends IOException {
    private static final long serialVersionUID = 1L;

    ConnectException(String message, Throwable cause) {
        super(message, cause);
    }

    ConnectException(String message) {
        super(message);
    }
}
