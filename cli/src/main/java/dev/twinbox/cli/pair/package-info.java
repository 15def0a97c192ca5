/**
 * Whom this machine trusts: callers of {@code serve} and the users they may touch, servers that it calls, fingerprints that are
 * revoked, and codes that let a caller in once. The list and the codes are pure; {@link dev.twinbox.cli.pair.PairFolder} keeps them
 * on disk.
 */
@NullMarked
package dev.twinbox.cli.pair;

import org.jspecify.annotations.NullMarked;
