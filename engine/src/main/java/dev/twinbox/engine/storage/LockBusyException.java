package dev.twinbox.engine.storage;

/** Somebody else holds a lock for longer than we wait. Trying again later helps. */
public final class LockBusyException extends StoreException {
    private static final long serialVersionUID = 1L;

    public LockBusyException(String message) {
        super(message);
    }
}
