package dev.twinbox.engine.storage;

import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.io.InputStream;

/**
 * The first bytes of mails whose rest has not come, because the line broke: kept until somebody asks for that rest. They prove
 * nothing; whoever asks says their checksum, and gets the whole mail if it does not fit. Safe for use by several threads.
 */
public interface BodyStarts {
    /** Keeps nothing. */
    BodyStarts NONE = new BodyStarts() {
        @Override
        public boolean has(MailGuid guid) {
            return false;
        }

        @Override
        public InputStream open(MailGuid guid) {
            return InputStream.nullInputStream();
        }

        @Override
        public void keep(MailGuid guid, long at, byte[] bytes, int count) {}

        @Override
        public void drop(MailGuid guid) {}
    };

    /** Whether something was kept of a mail. */
    boolean has(MailGuid guid) throws IOException;

    /** What was kept. */
    InputStream open(MailGuid guid) throws IOException;

    /**
     * Keeps more.
     *
     * @param at how much was kept before; 0 to begin anew
     */
    void keep(MailGuid guid, long at, byte[] bytes, int count) throws IOException;

    /** Keeps nothing of the mail any more. */
    void drop(MailGuid guid) throws IOException;
}
