package dev.twinbox.engine.storage.namespaces;

import dev.twinbox.engine.storage.ForwardingMailbox;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.protocol.item.MailboxName;

/** A mailbox of a namespace's store under the name that users see. */
final class NamedMailbox extends ForwardingMailbox {
    private final MailboxName name;

    NamedMailbox(Mailbox box, MailboxName name) {
        super(box);
        this.name = name;
    }

    @Override
    public MailboxName name() {
        return name;
    }
}
