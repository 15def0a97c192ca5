package dev.twinbox.engine.index;

import java.io.IOException;

/** An index file cannot be understood. Reach: the mailbox's index; the mails themselves may be fine. */
public final class IndexFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    public IndexFormatException(String message) {
        super(message);
    }
}
