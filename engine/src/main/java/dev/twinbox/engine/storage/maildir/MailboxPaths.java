package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskPath;

/**
 * Where the parts of one mailbox lie; all three are the same folder unless CONTROL= or INDEX= say otherwise. Immutable. What
 * every run looks at again and again is made once.
 */
final class MailboxPaths {
    static final String UIDLIST = "dovecot-uidlist";
    static final String KEYWORDS = "dovecot-keywords";

    private final DiskPath mail;
    private final DiskPath control;
    private final DiskPath index;
    private final DiskPath cur;
    private final DiskPath fresh;
    private final DiskPath uidlist;

    MailboxPaths(DiskPath mail, DiskPath control, DiskPath index) {
        this.mail = mail;
        this.control = control;
        this.index = index;
        this.cur = mail.resolve("cur");
        this.fresh = mail.resolve("new");
        this.uidlist = control.resolve(UIDLIST);
    }

    /** Holds cur, new and tmp. */
    DiskPath mail() {
        return mail;
    }

    /** Holds dovecot-uidlist and dovecot-keywords. */
    DiskPath control() {
        return control;
    }

    /** Holds dovecot.index and its companions. */
    DiskPath index() {
        return index;
    }

    DiskPath cur() {
        return cur;
    }

    DiskPath fresh() {
        return fresh;
    }

    DiskPath tmp() {
        return mail.resolve("tmp");
    }

    DiskPath uidlist() {
        return uidlist;
    }

    DiskPath uidlistLock() {
        return control.resolve(UIDLIST + ".lock");
    }

    /** What the uidlist is written as before it gets its name. */
    DiskPath uidlistTmp() {
        return control.resolve(UIDLIST + ".tmp");
    }

    /** The same of the keyword file; Dovecot calls it a lock. */
    DiskPath keywordsTmp() {
        return control.resolve(KEYWORDS + ".lock");
    }

    /** What dsync locks while it works on the mailbox. */
    DiskPath syncLock() {
        return index.resolve(".dovecot-box-sync.lock");
    }

    DiskPath keywords() {
        return control.resolve(KEYWORDS);
    }
}
