/**
 * How items get from one peer to the other. {@link dev.twinbox.transport.link.LocalPeer} joins two peers of one process;
 * links over bytes encode and decode with a wire format. Every link asks the conversation's guard
 * ({@link dev.twinbox.protocol.dialogue.Dialogue}) about each item in both directions.
 */
@NullMarked
package dev.twinbox.transport.link;

import org.jspecify.annotations.NullMarked;
