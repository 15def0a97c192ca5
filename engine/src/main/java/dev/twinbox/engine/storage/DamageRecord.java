package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/** Passes everything on, and remembers the first damage: a store that met some must not let a run end well. */
public final class DamageRecord implements StoreReport {
    private final StoreReport next;
    private volatile MailStore.@Nullable Damage first;

    public DamageRecord(StoreReport next) {
        this.next = next;
    }

    /** The first damage, with the mailbox it is about; null if there was none. */
    public MailStore.@Nullable Damage first() {
        return first;
    }

    @Override
    public void warning(@Nullable MailboxName mailbox, String message) {
        next.warning(mailbox, message);
    }

    @Override
    public void damage(@Nullable MailboxName mailbox, String message) {
        if (first == null) {
            first = new MailStore.Damage(mailbox == null ? message : mailbox + ": " + message, false);
        }
        next.damage(mailbox, message);
    }

    @Override
    public void denied(@Nullable MailboxName mailbox, String what) {
        String text = "permission denied: " + what;
        if (first == null) {
            first = new MailStore.Damage(mailbox == null ? text : mailbox + ": " + text, true);
        }
        next.denied(mailbox, what);
    }

    @Override
    public void debug(@Nullable MailboxName mailbox, String message) {
        next.debug(mailbox, message);
    }
}
