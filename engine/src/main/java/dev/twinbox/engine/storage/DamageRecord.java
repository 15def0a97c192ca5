package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/** Passes everything on, and remembers the first damage: a store that met some must not let a run end well. */
public final class DamageRecord implements StoreReport {
    private final StoreReport next;
    private volatile @Nullable String first;

    public DamageRecord(StoreReport next) {
        this.next = next;
    }

    /** The first damage, with the mailbox it is about; null if there was none. */
    public @Nullable String first() {
        return first;
    }

    @Override
    public void warning(@Nullable MailboxName mailbox, String message) {
        next.warning(mailbox, message);
    }

    @Override
    public void damage(@Nullable MailboxName mailbox, String message) {
        if (first == null) {
            first = mailbox == null ? message : mailbox + ": " + message;
        }
        next.damage(mailbox, message);
    }

    @Override
    public void debug(@Nullable MailboxName mailbox, String message) {
        next.debug(mailbox, message);
    }
}
