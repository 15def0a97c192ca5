package dev.twinbox.transport.net;

import dev.twinbox.transport.tls.TlsFailures;
import org.jspecify.annotations.Nullable;

/** Says in words why a connection failed. */
final class Failures {
    private Failures() {}

    /** The reason, for a message; without line ends. */
    static String text(@Nullable Throwable cause, boolean duringTlsHandshake) {
        if (cause == null) {
            return "the connection is closed";
        }
        String tls = TlsFailures.explain(cause, duringTlsHandshake);
        if (tls != null) {
            return tls;
        }
        if (cause instanceof java.nio.channels.ClosedChannelException) {
            return "the connection is closed";
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message.replaceAll("\\p{Cntrl}", " ");
    }
}
