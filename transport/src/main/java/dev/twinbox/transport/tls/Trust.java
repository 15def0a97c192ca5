package dev.twinbox.transport.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Whose certificates are believed. There is no way to believe all: pin the fingerprint instead. */
public sealed interface Trust {
    /** Those signed by a CA that the Java in use knows; on Debian these are the system's. */
    record SystemAuthorities() implements Trust {}

    /**
     * Those signed by one of these CAs, or being one of these.
     *
     * @param certificates at least one
     */
    record Authorities(List<X509Certificate> certificates) implements Trust {
        public Authorities {
            certificates = List.copyOf(certificates);
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("no CA at all");
            }
        }
    }

    /**
     * Exactly these certificates. Nothing else about them is looked at: neither CA nor name nor date.
     *
     * @param fingerprints at least one
     */
    record Pinned(Set<Fingerprint> fingerprints) implements Trust {
        public Pinned {
            fingerprints = Set.copyOf(fingerprints);
            if (fingerprints.isEmpty()) {
                throw new IllegalArgumentException("no fingerprint at all");
            }
        }
    }

    /**
     * None at all. For somebody who wants to see a certificate in order to decide whether to pin it.
     *
     * @param seen is told the fingerprint, on a thread that must not be kept
     */
    record Shown(Consumer<Fingerprint> seen) implements Trust {}
}
