package dev.twinbox.engine.storage;

import java.io.IOException;

/** Trouble with a mail store. The subtype says what the caller can do about it. */
public class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
