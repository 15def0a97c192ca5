package dev.twinbox.engine.storage;

/** A file of the store cannot be understood. Reach: the mailbox. */
public final class CorruptStoreException extends StoreException {
    private static final long serialVersionUID = 1L;

    public CorruptStoreException(String message) {
        super(message);
    }
}
