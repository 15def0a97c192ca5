package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.Mailbox;
import dev.twinbox.protocol.item.MailboxInfo;

/**
 * Mails that a mailbox has and that cannot be read are not in what is said of it, and the other side would take them for
 * expunged. So a mailbox that lacks some is only given to a side that has nothing of it to lose.
 */
final class LeftOut {
    private LeftOut() {}

    /**
     * To be called when a snapshot was taken, before anything of it is said.
     *
     * @throws CorruptStoreException if the other side could lose mails by it
     */
    static void check(Mailbox box, MailboxInfo theirs) throws CorruptStoreException {
        if (box.leftOut() > 0 && !theirs.lost() && theirs.messages() > 0) {
            throw new CorruptStoreException(box.name() + ": " + box.leftOut()
                    + " mails cannot be read, and the other side may have them: the mailbox is left alone there. Restore"
                    + " them, or let the mail server drop them (doveadm force-resync), and run again");
        }
    }
}
