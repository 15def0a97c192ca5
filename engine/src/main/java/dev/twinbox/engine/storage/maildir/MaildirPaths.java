package dev.twinbox.engine.storage.maildir;

import dev.twinbox.engine.disk.DiskName;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.storage.account.MailboxPaths;

/** Where the parts of one Maildir lie. Immutable. What every run looks at again and again is made once. */
final class MaildirPaths extends MailboxPaths {
    static final String UIDLIST = "dovecot-uidlist";
    static final String KEYWORDS = "dovecot-keywords";

    private static final DiskName CUR = DiskName.of("cur");
    private static final DiskName NEW = DiskName.of("new");
    private static final DiskName UIDLIST_NAME = DiskName.of(UIDLIST);
    private static final DiskName UIDLIST_LOCK = DiskName.of(UIDLIST + ".lock");

    private final DiskPath cur;
    private final DiskPath fresh;
    private final DiskPath uidlist;

    MaildirPaths(MailboxPaths paths) {
        super(paths);
        this.cur = mail().resolve(CUR);
        this.fresh = mail().resolve(NEW);
        this.uidlist = control().resolve(UIDLIST_NAME);
    }

    DiskPath cur() {
        return cur;
    }

    DiskPath fresh() {
        return fresh;
    }

    DiskPath tmp() {
        return mail().resolve("tmp");
    }

    DiskPath uidlist() {
        return uidlist;
    }

    DiskPath uidlistLock() {
        return control().resolve(UIDLIST_LOCK);
    }

    /** What the uidlist is written as before it gets its name. */
    DiskPath uidlistTmp() {
        return control().resolve(UIDLIST + ".tmp");
    }

    /** The same of the keyword file; Dovecot calls it a lock. */
    DiskPath keywordsTmp() {
        return control().resolve(KEYWORDS + ".lock");
    }

    DiskPath keywords() {
        return control().resolve(KEYWORDS);
    }
}
