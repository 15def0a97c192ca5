package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/**
 * Where a store says what it met and what it did about it. Messages hold names of mailboxes and files and UIDs, never
 * content. Safe for use by several threads.
 */
public interface StoreReport {
    /** Drops everything. */
    StoreReport NONE = new StoreReport() {
        @Override
        public void warning(@Nullable MailboxName mailbox, String message) {}

        @Override
        public void damage(@Nullable MailboxName mailbox, String message) {}

        @Override
        public void debug(@Nullable MailboxName mailbox, String message) {}
    };

    /** Something is odd; nothing was left out because of it. */
    void warning(@Nullable MailboxName mailbox, String message);

    /** Something could not be read and is therefore missing from the run: the run must not end with exit code 0. */
    void damage(@Nullable MailboxName mailbox, String message);

    /** As {@link #damage}, and the reason is that this process may not read or write it. */
    default void denied(@Nullable MailboxName mailbox, String what) {
        damage(mailbox, "permission denied: " + what);
    }

    /** For {@code -D}. */
    void debug(@Nullable MailboxName mailbox, String message);
}
