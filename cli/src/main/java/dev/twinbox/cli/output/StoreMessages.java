package dev.twinbox.cli.output;

import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/** Turns what a store reports into messages. Safe for use by several threads. */
public final class StoreMessages implements StoreReport {
    private final Messages messages;
    private volatile boolean damage;

    public StoreMessages(Messages messages) {
        this.messages = messages;
    }

    /** Whether anything could not be read. */
    public boolean sawDamage() {
        return damage;
    }

    @Override
    public void warning(@Nullable MailboxName mailbox, String message) {
        messages.warning(place(mailbox, message));
    }

    @Override
    public void damage(@Nullable MailboxName mailbox, String message) {
        damage = true;
        messages.error(place(mailbox, message));
    }

    @Override
    public void debug(@Nullable MailboxName mailbox, String message) {
        if (messages.isDebug()) {
            messages.debug(place(mailbox, message));
        }
    }

    static String place(@Nullable MailboxName mailbox, String message) {
        return mailbox == null ? message : "Mailbox " + mailbox + ": " + message;
    }
}
