package dev.twinbox.protocol.dialogue;

import java.io.IOException;

/** The conversation cannot go on: broken link, time-out, or an item that is not allowed. Reach: the session. */
public class PeerException extends IOException {
    private static final long serialVersionUID = 1L;

    public PeerException(String message) {
        super(message);
    }
}
