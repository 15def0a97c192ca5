package dev.twinbox.transport.tls;

import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What both ends of TLS have in common. */
final class Versions {
    /** The versions spoken, best first. */
    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private Versions() {}

    static SslHandler timed(SslHandler handler, int seconds) {
        handler.setHandshakeTimeout(seconds, TimeUnit.SECONDS);
        return handler;
    }
}
