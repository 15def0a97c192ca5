/**
 * How two peers talk: the port the engine speaks through ({@link dev.twinbox.protocol.dialogue.Peer}) and the guard that
 * knows which item may come next ({@link dev.twinbox.protocol.dialogue.Dialogue}).
 */
@NullMarked
package dev.twinbox.protocol.dialogue;

import org.jspecify.annotations.NullMarked;
