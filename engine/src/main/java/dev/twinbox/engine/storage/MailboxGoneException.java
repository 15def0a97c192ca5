package dev.twinbox.engine.storage;

/** There is no mailbox of that name (any more). Reach: the mailbox. */
public final class MailboxGoneException extends StoreException {
    private static final long serialVersionUID = 1L;

    public MailboxGoneException(String message) {
        super(message);
    }
}
