package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.tls.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * A client that has logged in.
 *
 * @param name where it comes from, for messages
 * @param certificate what it has logged in with; null if that was the password
 */
public record Caller(String name, @Nullable Fingerprint certificate) {}
