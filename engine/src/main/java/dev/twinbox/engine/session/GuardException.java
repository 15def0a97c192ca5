package dev.twinbox.engine.session;

import java.io.IOException;

/** The delete guard stopped the run before the first write. The message is for the administrator. */
final class GuardException extends IOException {
    private static final long serialVersionUID = 1L;

    GuardException(String message) {
        super(message);
    }
}
