package dev.twinbox.engine.session;

import dev.twinbox.engine.storage.DirectBody;
import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Reads mails in the thread of the end that has them while the other end, in the same process, writes the ones before: two
 * disks, or a disk and a processor, are busy at once. Only small mails, and only as much as may lie in memory; the others are
 * read when they are wanted. The memory is used again and again: a run that asks for that of each mail is stopped by the
 * collector of garbage a tenth of its time. Mails are read by one thread and may be opened by another.
 */
final class ReadAhead {
    /** A longer mail is not read ahead, in bytes. */
    private static final int MAIL_MAX = 64 << 10;

    /** Mails are read into pieces of memory of this size, in bytes. */
    private static final int SLAB = 512 << 10;

    /** How many pieces there may be. */
    private static final int SLABS_MAX = 16;

    private final ArrayDeque<Slab> spare = new ArrayDeque<>();
    private int slabs;
    private @Nullable Slab filling;

    /**
     * The mail, read if it is small and there is room.
     *
     * @throws BodyGoneException if the mail is gone
     */
    MailBody of(MailBody body) throws BodyGoneException {
        Slab slab = withRoom();
        if (slab == null) {
            return body;
        }
        int length;
        try {
            length = read(body, slab);
        } catch (BodyGoneException e) {
            throw e;
        } catch (IOException e) {
            return body; // whoever wants it will be told
        }
        return length < 0 ? body : new Held(body, slab, slab.take(length), length);
    }

    /** Returns the length; less than 0 if the mail is too long. */
    private static int read(MailBody body, Slab slab) throws IOException {
        if (body instanceof DirectBody direct) {
            int length = direct.read(slab.bytes, slab.used, MAIL_MAX);
            if (length != DirectBody.AS_STREAM) {
                return length;
            }
        }
        try (InputStream in = body.open()) {
            int length = in.readNBytes(slab.bytes, slab.used, MAIL_MAX + 1);
            return length > MAIL_MAX ? DirectBody.TOO_LONG : length;
        }
    }

    /** Memory with room for a mail; null if all of it is in use. */
    private @Nullable Slab withRoom() {
        Slab slab = filling;
        if (slab != null && slab.bytes.length - slab.used > MAIL_MAX) {
            return slab;
        }
        if (slab != null) {
            filling = null;
            slab.release(); // what it was held for was being filled
        }
        synchronized (spare) {
            slab = spare.poll();
        }
        if (slab == null && slabs < SLABS_MAX) {
            slab = new Slab();
            slabs++;
        }
        if (slab != null) {
            slab.begin();
        }
        filling = slab;
        return slab;
    }

    /** Memory for some mails, to be used again when all of them have been read. */
    private final class Slab {
        private final byte[] bytes = new byte[SLAB];
        private int used;
        private int holders;

        /** Whoever fills it holds it. */
        synchronized void begin() {
            used = 0;
            holders = 1;
        }

        synchronized int take(int length) {
            int at = used;
            used += length;
            holders++;
            return at;
        }

        synchronized void release() {
            holders--;
            if (holders == 0) {
                synchronized (spare) {
                    spare.add(this);
                }
            }
        }
    }

    /** A mail in memory until it is opened for the first time. */
    private static final class Held implements MailBody {
        private final MailBody body;
        private @Nullable InputStream mail;

        Held(MailBody body, Slab slab, int at, int length) {
            this.body = body;
            this.mail = new Lent(slab, at, length);
        }

        @Override
        public InputStream open() throws IOException {
            InputStream mine;
            synchronized (this) {
                mine = mail;
                mail = null;
            }
            return mine == null ? body.open() : mine;
        }
    }

    /** Ends when it is closed: then the memory belongs to another mail. */
    private static final class Lent extends ByteArrayInputStream {
        private @Nullable Slab slab;

        Lent(Slab slab, int at, int length) {
            super(slab.bytes, at, length);
            this.slab = slab;
        }

        @Override
        public synchronized void close() {
            count = pos;
            mark = pos;
            Slab mine = slab;
            slab = null;
            if (mine != null) {
                mine.release();
            }
        }
    }
}
