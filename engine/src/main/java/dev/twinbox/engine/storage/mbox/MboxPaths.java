package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.DiskPath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names beside an mbox file. Those that end in {@code .lock} are no mailboxes to Dovecot, whatever else they are. Pure. */
final class MboxPaths {
    private MboxPaths() {}

    /** A file beside another one, with something behind its name. */
    static DiskPath beside(DiskPath path, String suffix) {
        byte[] name = path.name();
        byte[] tail = suffix.getBytes(StandardCharsets.US_ASCII);
        byte[] joined = Arrays.copyOf(name, name.length + tail.length);
        System.arraycopy(tail, 0, joined, name.length, tail.length);
        return path.parent().resolve(joined);
    }

    /** The file that a mailbox is written into anew, before it gets the mailbox's name. */
    static DiskPath rewritten(DiskPath path) {
        return beside(path, ".twinbox-new.lock");
    }

    /** What {@link dev.twinbox.engine.disk.Dotlock} writes a lock as before it is one. */
    static DiskPath halfLock(DiskPath path) {
        return beside(path, ".lock.twinbox");
    }
}
