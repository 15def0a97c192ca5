package dev.twinbox.engine.storage;

/** The store cannot do what is asked, now or later. Reach: the mailbox. */
public final class NotPossibleException extends StoreException {
    private static final long serialVersionUID = 1L;

    public NotPossibleException(String message) {
        super(message);
    }
}
