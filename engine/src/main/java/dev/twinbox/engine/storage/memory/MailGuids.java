package dev.twinbox.engine.storage.memory;

/** What an account in memory knows of the GUIDs of its mails: formats differ in that. */
public enum MailGuids {
    /** A saved mail keeps the GUID it comes with, as in Maildir and dbox. */
    KEPT,
    /** Each saved mail gets a GUID of the account's own making, as in mbox. */
    OWN,
    /** There are none, as on many IMAP servers. A table's GUIDs are the account's own keys and mean nothing to others. */
    NONE
}
