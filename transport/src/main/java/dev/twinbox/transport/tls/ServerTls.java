package dev.twinbox.transport.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** How to begin TLS with clients. Safe for use by several threads; one serves many connections. */
public final class ServerTls {
    /** Whether clients show a certificate. */
    public enum ClientCertificates {
        /** Not asked for. */
        NONE,
        /** Asked for; one that is shown must be good. */
        OPTIONAL,
        /** Nobody comes in without. */
        REQUIRED
    }

    private final SslContext context;

    private ServerTls(SslContext context) {
        this.context = context;
    }

    /**
     * Prepares it.
     *
     * @param identity ours
     * @param clients whether they show certificates
     * @param trust which of those are believed; not null unless none are asked for
     * @throws TlsConfigException if the certificates or the key cannot be used
     */
    public static ServerTls of(Identity identity, ClientCertificates clients, @Nullable Trust trust)
            throws TlsConfigException {
        return of(identity, clients, trust, Versions.engine());
    }

    static ServerTls of(Identity identity, ClientCertificates clients, @Nullable Trust trust, SslProvider engine)
            throws TlsConfigException {
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chain())
                    .sslProvider(engine)
                    .protocols(Versions.PROTOCOLS)
                    .clientAuth(
                            switch (clients) {
                                case NONE -> ClientAuth.NONE;
                                case OPTIONAL -> ClientAuth.OPTIONAL;
                                case REQUIRED -> ClientAuth.REQUIRE;
                            });
            if (clients != ClientCertificates.NONE) {
                if (trust == null) {
                    throw new TlsConfigException(
                            "client certificates are asked for, but no CA to check them with is given");
                }
                builder.trustManager(TrustManagers.of(trust));
            }
            return new ServerTls(builder.build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsConfigException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /**
     * One end of one connection.
     *
     * @param timeoutSeconds for the handshake
     */
    public SslHandler handler(ByteBufAllocator buffers, int timeoutSeconds) {
        return Versions.timed(context.newHandler(buffers), timeoutSeconds);
    }
}
