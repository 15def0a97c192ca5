/**
 * TLS 1.2 and 1.3: whom to trust, who we are, and why a handshake failed, said in words. Keys and certificates come as the
 * text of PEM files (RFC 7468 and what OpenSSL wrote before it), since files are read elsewhere.
 *
 * <p>BoringSSL encrypts where its library can be loaded, the JDK elsewhere; certificates are checked by the JDK in both cases.
 * Bouncy Castle is loaded for what the JDK cannot: keys that are encrypted or in the older forms
 * ({@code RSA PRIVATE KEY}, {@code EC PRIVATE KEY}), and new certificates. Its provider is handed over where it is needed and
 * never registered.
 */
@NullMarked
package dev.twinbox.transport.tls;

import org.jspecify.annotations.NullMarked;
