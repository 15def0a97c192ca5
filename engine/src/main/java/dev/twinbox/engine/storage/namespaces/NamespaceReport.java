package dev.twinbox.engine.storage.namespaces;

import dev.twinbox.engine.storage.StoreReport;
import dev.twinbox.protocol.item.MailboxName;
import org.jspecify.annotations.Nullable;

/** What the store of a namespace says, with the names that users see. */
public final class NamespaceReport implements StoreReport {
    private final StoreReport next;
    private final MailboxName prefix;

    /** Hands on to {@code next}. */
    public NamespaceReport(StoreReport next, MailboxName prefix) {
        this.next = next;
        this.prefix = prefix;
    }

    private @Nullable MailboxName visible(@Nullable MailboxName name) {
        return name == null ? null : name.inNamespace(prefix);
    }

    @Override
    public void warning(@Nullable MailboxName mailbox, String message) {
        next.warning(visible(mailbox), message);
    }

    @Override
    public void damage(@Nullable MailboxName mailbox, String message) {
        next.damage(visible(mailbox), message);
    }

    @Override
    public void denied(@Nullable MailboxName mailbox, String what) {
        next.denied(visible(mailbox), what);
    }

    @Override
    public void debug(@Nullable MailboxName mailbox, String message) {
        next.debug(visible(mailbox), message);
    }
}
