/**
 * Twinbox's own protocol between two Twinboxes: bytes to items and items to bytes, without any I/O. docs/protocol.md is its
 * specification, {@code twinbox/v1/*.proto} its messages.
 *
 * <p>Three layers, each with a class for either direction:
 *
 * <ul>
 *   <li>frames: {@link dev.twinbox.protocol.wire.twin.FrameDecoder}, {@link dev.twinbox.protocol.wire.twin.TwinFrame}. Pieces
 *       of the streams of all branches, with a checksum each; compressed or not, which is not this package's to do;
 *   <li>sentences: {@link dev.twinbox.protocol.wire.twin.TwinDecoder}, {@link dev.twinbox.protocol.wire.twin.TwinEncoder}. The
 *       stream of one branch, or that of the connection itself;
 *   <li>items: what the sentences say about mail.
 * </ul>
 *
 * <p>What is generated for the messages is seen by this package only.
 */
@NullMarked
package dev.twinbox.protocol.wire.twin;

import org.jspecify.annotations.NullMarked;
