package dev.twinbox.transport.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
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
        REQUIRED,
        /**
         * Asked for, and any is taken: who shows one is proved to have its key, and no more. Whoever asks for this must look at
         * {@link ServerTls#shown} before anything is granted.
         */
        UNCHECKED
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
     * @param trust which of those are believed; not null unless none are asked for or checked
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
                                case OPTIONAL, UNCHECKED -> ClientAuth.OPTIONAL;
                                case REQUIRED -> ClientAuth.REQUIRE;
                            });
            if (clients == ClientCertificates.UNCHECKED) {
                builder.trustManager(new UncheckedClients());
            } else if (clients != ClientCertificates.NONE) {
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

    /**
     * The certificate that a client has shown, and whose key it has proved to have.
     *
     * @param handler of a connection whose handshake is complete
     * @return null if it has shown none
     */
    public static @Nullable Fingerprint shown(SslHandler handler) {
        try {
            return handler.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? Fingerprint.of(certificate)
                    : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
