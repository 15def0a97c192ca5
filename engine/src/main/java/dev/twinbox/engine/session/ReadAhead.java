package dev.twinbox.engine.session;

import dev.twinbox.protocol.dialogue.BodyGoneException;
import dev.twinbox.protocol.dialogue.MailBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads mails in the thread of the end that has them while the other end, in the same process, writes the ones before: two
 * disks, or a disk and a processor, are busy at once. Only small mails, and only as much as may lie in memory; the others are
 * read when they are wanted. Safe for use by several threads.
 */
final class ReadAhead {
    /** A longer mail is not read ahead, in bytes. */
    private static final int MAIL_MAX = 64 << 10;

    /** How much may lie in memory, in bytes. */
    private static final long BYTES_MAX = 16 << 20;

    private final AtomicLong held = new AtomicLong();

    /**
     * The mail, read if it is small and there is room.
     *
     * @throws BodyGoneException if the mail is gone
     */
    MailBody of(MailBody body) throws BodyGoneException {
        if (held.get() + MAIL_MAX > BYTES_MAX) {
            return body;
        }
        byte[] bytes;
        try (InputStream in = body.open()) {
            bytes = in.readNBytes(MAIL_MAX + 1);
        } catch (BodyGoneException e) {
            throw e;
        } catch (IOException e) {
            return body; // whoever wants it will be told
        }
        if (bytes.length > MAIL_MAX) {
            return body;
        }
        held.addAndGet(bytes.length);
        return new Held(body, bytes);
    }

    /** A mail in memory until it is opened for the first time. */
    private final class Held implements MailBody {
        private final MailBody body;
        private byte @Nullable [] bytes;

        Held(MailBody body, byte[] bytes) {
            this.body = body;
            this.bytes = bytes;
        }

        @Override
        public InputStream open() throws IOException {
            byte[] mine;
            synchronized (this) {
                mine = bytes;
                bytes = null;
            }
            if (mine == null) {
                return body.open();
            }
            held.addAndGet(-mine.length);
            return new ByteArrayInputStream(mine);
        }
    }
}
