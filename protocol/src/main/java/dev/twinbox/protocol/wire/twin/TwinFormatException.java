package dev.twinbox.protocol.wire.twin;

import dev.twinbox.protocol.dialogue.PeerException;

/**
 * What the peer sent is not Twinbox's protocol, or beyond a limit. Reach: the session. The message says what is wrong, and
 * never repeats what was sent.
 */
public final class TwinFormatException extends PeerException {
    private static final long serialVersionUID = 1L;

    public TwinFormatException(String reason) {
        super("not understood from the peer: " + reason);
    }
}
