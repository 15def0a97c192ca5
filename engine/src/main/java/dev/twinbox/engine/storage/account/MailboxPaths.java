package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;

/**
 * Where the parts of one mailbox lie; all three are the same folder unless CONTROL=, INDEX= or the format say otherwise.
 * Immutable. Formats add the names of their own files.
 */
public class MailboxPaths {
    private final DiskPath mail;
    private final DiskPath control;
    private final DiskPath index;

    /**
     * @param mail holds the mails
     * @param control holds what the format keeps beside them
     * @param index holds dovecot.index and its companions
     */
    public MailboxPaths(DiskPath mail, DiskPath control, DiskPath index) {
        this.mail = mail;
        this.control = control;
        this.index = index;
    }

    /** The same places. */
    protected MailboxPaths(MailboxPaths same) {
        this(same.mail, same.control, same.index);
    }

    /** Holds the mails: cur, new and tmp of a Maildir; the file itself of an mbox. */
    public final DiskPath mail() {
        return mail;
    }

    /** Holds dovecot-uidlist and dovecot-keywords of a Maildir. */
    public final DiskPath control() {
        return control;
    }

    /** Holds dovecot.index and its companions. */
    public final DiskPath index() {
        return index;
    }

    /** What dsync locks while it works on the mailbox. */
    public final DiskPath syncLock() {
        return index.resolve(".dovecot-box-sync.lock");
    }
}
