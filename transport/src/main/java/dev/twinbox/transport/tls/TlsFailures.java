package dev.twinbox.transport.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in words why TLS failed. Pure. */
public final class TlsFailures {
    /** The engines write alerts as "Received fatal alert: bad_certificate" and as "...TLSV1_ALERT_UNKNOWN_CA". */
    private static final Pattern ALERT = Pattern.compile("(?i)alert[:_ ]+([a-z_]+)");

    private static final int TEXT_SHOWN = 300;

    private static final Map<String, String> ALERTS = Map.ofEntries(
            Map.entry(
                    "certificate_required", "the other end demands a certificate of ours, and none is configured here"),
            Map.entry(
                    "bad_certificate",
                    "the other end refused our certificate, or demands one and none is configured here"),
            Map.entry("unknown_ca", "the other end does not trust the CA of our certificate"),
            Map.entry("certificate_expired", "the other end says that our certificate has expired"),
            Map.entry("certificate_revoked", "the other end says that our certificate was revoked"),
            Map.entry("certificate_unknown", "the other end does not trust our certificate"),
            Map.entry("unsupported_certificate", "the other end cannot use a certificate of our kind"),
            Map.entry("access_denied", "the other end does not let our certificate in"),
            Map.entry(
                    "handshake_failure",
                    "the other end found no way of encryption that both know, or misses a certificate of ours"),
            Map.entry("protocol_version", "the other end speaks neither TLS 1.2 nor TLS 1.3"),
            Map.entry("unrecognized_name", "the other end has no certificate for the name it was called by"));

    private TlsFailures() {}

    /**
     * Why a connection failed, if that has to do with TLS.
     *
     * @param duringHandshake whether TLS was beginning; then a connection that ends is one that ends for that reason
     * @return a part of a sentence; null if TLS was not the reason
     */
    public static @Nullable String explain(Throwable failure, boolean duringHandshake) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (Untrusted.is(t)) {
                return t.getMessage();
            }
            if (t instanceof NotSslRecordException) {
                return "the other end does not speak TLS on this port";
            }
            if (t instanceof SslHandshakeTimeoutException) {
                return "the TLS handshake took too long; perhaps the other end does not speak TLS on this port";
            }
        }
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SSLException) {
                return ofEngine(String.valueOf(t.getMessage()));
            }
        }
        return duringHandshake
                        && (failure instanceof ClosedChannelException || failure instanceof CancellationException)
                ? "the other end closed the connection during the TLS handshake; perhaps it does not speak TLS on this port"
                : null;
    }

    private static String ofEngine(String message) {
        Matcher alert = ALERT.matcher(message);
        if (alert.find()) {
            String name = alert.group(1).toLowerCase(Locale.ROOT);
            return ALERTS.getOrDefault(name, "the other end broke off TLS: " + name);
        }
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("empty client certificate chain") || lower.contains("peer_did_not_return_a_certificate")) {
            return "the other end showed no certificate, and one is demanded here";
        }
        if (lower.contains("closed inbound before receiving")
                || lower.contains("connection closed while ssl/tls handshake")) {
            return "the other end closed the connection during the TLS handshake";
        }
        if (lower.contains("protocol version") || lower.contains("client requested protocol")) {
            return "the other end speaks neither TLS 1.2 nor TLS 1.3";
        }
        String clean = message.replaceAll("\\p{Cntrl}", " ");
        return "TLS failed: " + (clean.length() > TEXT_SHOWN ? clean.substring(0, TEXT_SHOWN) : clean);
    }
}
