/**
 * Twinbox's own protocol over a {@link dev.twinbox.transport.link.Link}: {@link dev.twinbox.transport.twin.TwinPeer}. What the
 * bytes mean is known in {@link dev.twinbox.protocol.wire.twin}; here are threads, windows, compression and the pace.
 *
 * <p>One thread for each connection reads frames and puts them into the inboxes of their branches. It never waits for
 * anything but the network: whoever sends keeps to the window that the receiver has granted, so an inbox has always room. Whoever
 * takes from an inbox grants new room when half of it was used. Frames are written one at a time, by whoever has something
 * to say, in the order of asking.
 */
@NullMarked
package dev.twinbox.transport.twin;

import org.jspecify.annotations.NullMarked;
