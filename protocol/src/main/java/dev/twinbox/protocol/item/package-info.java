/**
 * What is said between two peers: the items of a dsync conversation and the values they are made of.
 *
 * <p>Everything here is immutable and checked when it is made, so a value that exists is a value that may be used. Nothing
 * here reads bytes, files or clocks. Both wire formats and both ends of a run speak in these types; start at
 * {@link dev.twinbox.protocol.item.SyncItem}.
 */
@NullMarked
package dev.twinbox.protocol.item;

import org.jspecify.annotations.NullMarked;
