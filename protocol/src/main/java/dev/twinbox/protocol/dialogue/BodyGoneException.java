package dev.twinbox.protocol.dialogue;

import java.io.IOException;

/** The mail was expunged between being listed and being read. Not an error of the run: the mail is simply no more. */
public final class BodyGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    public BodyGoneException(String message) {
        super(message);
    }
}
