package dev.twinbox.engine.verify;

import dev.twinbox.protocol.item.MailboxName;

/** Told how far a comparison is. Called by the comparing thread; must return quickly and must not throw. */
public interface VerifyListener {
    /** Drops everything. */
    VerifyListener NONE = new VerifyListener() {
        @Override
        public void sized(int mailboxes, long mails) {}

        @Override
        public void mailCompared(MailboxName mailbox, long bytes) {}

        @Override
        public void mailboxCompared(MailboxName mailbox, int mails) {}
    };

    /** How many mailboxes there are on both sides, and about how many mails in them. */
    void sized(int mailboxes, long mails);

    /** A mail was read on both sides. */
    void mailCompared(MailboxName mailbox, long bytes);

    /** A mailbox is through. */
    void mailboxCompared(MailboxName mailbox, int mails);
}
