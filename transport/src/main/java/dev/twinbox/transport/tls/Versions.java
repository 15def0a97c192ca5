package dev.twinbox.transport.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What both ends of TLS have in common. */
final class Versions {
    /** The versions spoken, best first. */
    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private Versions() {}

    /**
     * BoringSSL where its library can be loaded, the JDK elsewhere. They know and refuse the same; but only the JDK's
     * second compiler makes its encryption fast, and short runs do without that one.
     */
    static SslProvider engine() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    static SslHandler timed(SslHandler handler, int seconds) {
        handler.setHandshakeTimeout(seconds, TimeUnit.SECONDS);
        return handler;
    }
}
