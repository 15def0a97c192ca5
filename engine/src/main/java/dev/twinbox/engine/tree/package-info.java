/**
 * The mailbox tree of an account as an immutable table, and the pure functions that say how one must change to become
 * another. No I/O.
 */
@NullMarked
package dev.twinbox.engine.tree;

import org.jspecify.annotations.NullMarked;
