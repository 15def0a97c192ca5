package dev.twinbox.engine.storage.memory;

import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.engine.storage.MailboxGoneException;
import dev.twinbox.engine.storage.StoreException;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.Flags;
import dev.twinbox.protocol.item.Keywords;
import dev.twinbox.protocol.item.MailGuid;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.ModSeq;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another program that uses the account while stores are open on it: changes it as a mail server does for a user, with the
 * next UID for a new mail and the next modseq for each change. Safe for use by several threads.
 */
public final class MemoryClient {
    private final MemoryAccount account;

    MemoryClient(MemoryAccount account) {
        this.account = account;
    }

    /**
     * A new mail without flags.
     *
     * @param received received date, seconds since 1970
     * @return its UID
     */
    public long deliver(MailboxName mailbox, MailGuid guid, byte[] content, long received) throws MailboxGoneException {
        synchronized (account) {
            Content copy = new Content(content.clone());
            return account.box(mailbox)
                    .deliver(new StoredMail(guid, Flags.NONE, Keywords.NONE, 1, received, Pop3.NONE, copy));
        }
    }

    /** Sets the system flags of a mail to these. */
    public void flag(MailboxName mailbox, long uid, Flags flags) throws MailboxGoneException {
        synchronized (account) {
            StoredBox box = account.box(mailbox);
            box.change(uid, flags, box.existing(uid).keywords());
        }
    }

    /** Sets the keywords of a mail to these. */
    public void keyword(MailboxName mailbox, long uid, Keywords keywords) throws MailboxGoneException {
        synchronized (account) {
            StoredBox box = account.box(mailbox);
            box.change(uid, box.existing(uid).flags(), keywords);
        }
    }

    /** Takes a mail away. */
    public void expunge(MailboxName mailbox, long uid) throws MailboxGoneException {
        synchronized (account) {
            account.box(mailbox).expunge(uid);
        }
    }

    /**
     * Copies a mail, with its GUID, flags and dates.
     *
     * @return the UID of the copy
     */
    public long copy(MailboxName mailbox, long uid, MailboxName to) throws MailboxGoneException {
        synchronized (account) {
            StoredMail mail = account.box(mailbox).existing(uid);
            return account.box(to).deliver(mail);
        }
    }

    /**
     * Moves a mail.
     *
     * @return its UID at the new place
     */
    public long move(MailboxName mailbox, long uid, MailboxName to) throws MailboxGoneException {
        synchronized (account) {
            long there = copy(mailbox, uid, to);
            account.box(mailbox).expunge(uid);
            return there;
        }
    }

    /**
     * Sets a METADATA entry, now.
     *
     * @param value null to take it away
     */
    public void setAttribute(MailboxName mailbox, boolean shared, String key, @Nullable String value)
            throws MailboxGoneException {
        synchronized (account) {
            account.box(mailbox)
                    .applyAttributes(
                            List.of(new MailboxAttribute(shared, key, value, false, value == null, 0, ModSeq.NONE)),
                            account.now());
        }
    }

    /** Opens a mailbox for a user: its mails are not \Recent for the next one. */
    public void select(MailboxName mailbox) throws MailboxGoneException {
        synchronized (account) {
            account.box(mailbox).see();
        }
    }

    /** Drops the mailbox's log, as a mail server does with one that is old. */
    public void forgetHistory(MailboxName mailbox) throws MailboxGoneException {
        synchronized (account) {
            account.box(mailbox).forgetHistory();
        }
    }

    /** Makes an empty mailbox. */
    public void create(MailboxName mailbox, MailboxGuid guid, long uidValidity) throws StoreException {
        account.apply(new TreeChange.Create(mailbox, guid, uidValidity));
    }

    /** Renames a mailbox and all below it. */
    public void rename(MailboxName mailbox, MailboxName to) throws StoreException {
        account.apply(new TreeChange.Rename(mailbox, to));
    }

    /** Deletes a mailbox with its mails. */
    public void delete(MailboxName mailbox) throws StoreException {
        synchronized (account) {
            account.apply(new TreeChange.Delete(mailbox, account.box(mailbox).guid()));
        }
    }

    /** Adds to the subscriptions, or takes from them, now. */
    public void subscribe(MailboxName mailbox, boolean on) throws StoreException {
        account.apply(on ? new TreeChange.Subscribe(mailbox, 0) : new TreeChange.Unsubscribe(mailbox, 0));
    }
}
