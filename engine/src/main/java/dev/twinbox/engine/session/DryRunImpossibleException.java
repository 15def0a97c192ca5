package dev.twinbox.engine.session;

import java.io.IOException;

/** A run that is only to be planned would change an end that cannot do so. Nothing was written. */
final class DryRunImpossibleException extends IOException {
    private static final long serialVersionUID = 1L;

    DryRunImpossibleException(String message) {
        super(message);
    }
}
