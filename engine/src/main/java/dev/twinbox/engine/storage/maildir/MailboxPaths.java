package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskPath;

/**
 * Where the parts of one mailbox lie; all three are the same folder unless CONTROL= or INDEX= say otherwise.
 *
 * @param mail holds cur, new and tmp
 * @param control holds dovecot-uidlist and dovecot-keywords
 * @param index holds dovecot.index*
 */
record MailboxPaths(DiskPath mail, DiskPath control, DiskPath index) {
    static final String UIDLIST = "dovecot-uidlist";
    static final String KEYWORDS = "dovecot-keywords";

    DiskPath cur() {
        return mail.resolve("cur");
    }

    DiskPath fresh() {
        return mail.resolve("new");
    }

    DiskPath tmp() {
        return mail.resolve("tmp");
    }

    DiskPath uidlist() {
        return control.resolve(UIDLIST);
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
