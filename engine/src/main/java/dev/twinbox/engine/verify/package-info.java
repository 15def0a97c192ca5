/**
 * Compares two accounts, over the storage port alone: it neither knows how a backup works nor shares a line with it, so
 * that it can be its judge. Entry: {@link dev.twinbox.engine.verify.Verify}.
 */
@NullMarked
package dev.twinbox.engine.verify;

import org.jspecify.annotations.NullMarked;
