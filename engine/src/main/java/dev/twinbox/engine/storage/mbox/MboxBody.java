package dev.twinbox.engine.storage.mbox;

import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;

/**
 * A mail of an mbox, without the lines that only an mbox has. As long as it is read the file is locked for reading, as it is
 * while a client of the mail server reads a mail; so nobody moves it away. If the file has changed since the table was read,
 * the mail is looked for again. Immutable; safe for use by several threads.
 */
final class MboxBody implements MailBody {
    private final MboxMailbox box;
    private final MboxTable table;
    private final int row;

    MboxBody(MboxMailbox box, MboxTable table, int row) {
        this.box = box;
        this.table = table;
        this.row = row;
    }

    @Override
    public InputStream open() throws IOException {
        MboxLock lock;
        try {
            lock = box.lockForReading();
        } catch (NoSuchFileException e) {
            throw gone();
        }
        boolean opened = false;
        try {
            MboxMail mail = find(lock);
            FileWindow window = new FileWindow(lock.file(), mail.end());
            InputStream stream = new Locked(new MailStream(window, mail), lock);
            opened = true;
            return stream;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private MboxMail find(MboxLock lock) throws IOException {
        MboxMail known = table.mails().get(row);
        MboxTable now = box.movedSince(lock, table);
        if (now == null) {
            return known;
        }
        int there = now.snapshot().rowOf(table.snapshot().uid(row));
        MboxMail found = there < 0 ? null : now.mails().get(there);
        if (found == null
                || table.snapshot().status().uidValidity()
                        != now.snapshot().status().uidValidity()
                || !found.md5().equals(known.md5())
                || found.end() - found.body() != known.end() - known.body()) {
            throw gone();
        }
        return found;
    }

    private BodyGoneException gone() {
        return new BodyGoneException(box.name() + ": mail was expunged meanwhile");
    }

    /** Releases the lock when it is closed, or has come to its end. */
    private static final class Locked extends InputStream {
        private final InputStream mail;
        private final MboxLock lock;

        Locked(InputStream mail, MboxLock lock) {
            this.mail = mail;
            this.lock = lock;
        }

        @Override
        public int read() throws IOException {
            return mail.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return mail.read(into, offset, length);
        }

        @Override
        public void close() throws IOException {
            lock.close();
        }
    }
}
