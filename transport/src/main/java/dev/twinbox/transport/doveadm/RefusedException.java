package dev.twinbox.transport.doveadm;

import java.io.IOException;

/** A server refuses: nothing was done, and trying again changes nothing unless the reason is temporary. */
public final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    /**
     * Refuses.
     *
     * @param message who refuses what, and what to do; without secrets
     */
    public RefusedException(Refusal refusal, String message) {
        super(message);
        this.refusal = refusal;
    }

    /** The kind of reason. */
    public Refusal refusal() {
        return refusal;
    }
}
