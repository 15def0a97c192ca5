package dev.twinbox.engine.storage.account;

import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.Sha1;

/**
 * A stable identity for a mailbox that has none: a Maildir no Dovecot has ever opened. Made from where it lies, so that
 * every run finds the same. Pure.
 */
public final class DerivedIdentity {
    private DerivedIdentity() {}

    public static MailboxGuid guid(DiskPath root, DiskPath folder) {
        byte[] rootBytes = root.toBytes();
        byte[] folderBytes = folder.toBytes();
        byte[] text = new byte[rootBytes.length + 1 + folderBytes.length];
        System.arraycopy(rootBytes, 0, text, 0, rootBytes.length);
        System.arraycopy(folderBytes, 0, text, rootBytes.length + 1, folderBytes.length);
        return MailboxGuid.ofBytes(Sha1.of(text), 0);
    }

    public static long uidValidity(MailboxGuid guid) {
        return (guid.low() & 0x7FFF_FFFFL) + 1;
    }
}
