package dev.twinbox.transport.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** How to begin TLS with a server. Safe for use by several threads; one serves many connections. */
public final class ClientTls {
    private final SslContext context;

    private ClientTls(SslContext context) {
        this.context = context;
    }

    /**
     * Prepares it.
     *
     * @param trust which servers are believed
     * @param checkName whether the certificate must be for the host that was asked for. Off only if the user says so; with
     *     {@link Trust.Pinned} it is never looked at
     * @param identity our own certificate for servers that ask for one, or null
     * @throws TlsConfigException if the certificates or the key cannot be used
     */
    public static ClientTls of(Trust trust, boolean checkName, @Nullable Identity identity) throws TlsConfigException {
        return of(trust, checkName, identity, Versions.engine());
    }

    static ClientTls of(Trust trust, boolean checkName, @Nullable Identity identity, SslProvider engine)
            throws TlsConfigException {
        boolean named = checkName && !(trust instanceof Trust.Pinned) && !(trust instanceof Trust.Shown);
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(engine)
                    .protocols(Versions.PROTOCOLS)
                    .trustManager(TrustManagers.of(trust))
                    .endpointIdentificationAlgorithm(named ? "HTTPS" : null);
            if (identity != null) {
                builder.keyManager(identity.key(), identity.chain());
            }
            return new ClientTls(builder.build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsConfigException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /**
     * One end of one connection.
     *
     * @param host to be named in the certificate
     * @param timeoutSeconds for the handshake
     */
    public SslHandler handler(ByteBufAllocator buffers, String host, int port, int timeoutSeconds) {
        return Versions.timed(context.newHandler(buffers, host, port), timeoutSeconds);
    }
}
