package dev.twinbox.transport.tls;

import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

/** Both makes of TLS, for tests of what should not differ. */
public enum Engine {
    JDK(SslProvider.JDK),
    BORING_SSL(SslProvider.OPENSSL);

    private final SslProvider provider;

    Engine(SslProvider provider) {
        this.provider = provider;
    }

    public ClientTls client(Trust trust, boolean checkName, @Nullable Identity identity) throws TlsConfigException {
        return ClientTls.of(trust, checkName, identity, provider);
    }

    public ServerTls server(Identity identity, ServerTls.ClientCertificates clients, @Nullable Trust trust)
            throws TlsConfigException {
        return ServerTls.of(identity, clients, trust, provider);
    }
}
