package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.storage.CorruptStoreException;
import dev.twinbox.engine.storage.account.Compression;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.dialogue.PieceStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A mail of a dbox mailbox: given out plain, however it is stored. Immutable; safe for use by several threads. */
final class DboxBody implements MailBody {
    private final DboxBodies.Reading reading;
    private final long uid;

    DboxBody(DboxBodies.Reading reading, long uid) {
        this.reading = reading;
        this.uid = uid;
    }

    /** Whose mail it is. */
    DboxBodies.Reading reading() {
        return reading;
    }

    long uid() {
        return uid;
    }

    @Override
    public InputStream open() throws IOException {
        DboxBodies.Opened opened = reading.open(uid);
        try {
            DboxMessage message = opened.message();
            if (message.metadata().attachments() != null) {
                throw new CorruptStoreException("UID " + uid
                        + " has attachments that are stored elsewhere (mail_attachment_dir), which cannot be read yet");
            }
            if (message.metadata().plainSize() == DboxMetadata.UNKNOWN) {
                return new Window(opened, "UID " + uid);
            }
            Window stored = new Window(opened, "UID " + uid);
            InputStream plain = Compression.plain(stored, message.size());
            if (plain instanceof BufferedInputStream && message.metadata().plainSize() != message.size()) {
                throw new CorruptStoreException("UID " + uid + " is stored in a form that is not known here");
            }
            return plain;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** The stored bytes of one message, and nothing else of its file. */
    private static final class Window extends PieceStream {
        private final DboxBodies.Opened opened;
        private final DiskFile file;
        private final String what;
        private final long end;
        private long position;

        Window(DboxBodies.Opened opened, String what) {
            this.opened = opened;
            this.file = opened.file();
            this.what = what;
            this.position = opened.message().start();
            this.end = position + opened.message().size();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (position == end) {
                return -1;
            }
            int wanted = (int) Math.min(length, end - position);
            int count = file.read(ByteBuffer.wrap(into, offset, wanted), position);
            if (count <= 0) {
                throw new CorruptStoreException(what + ": the file ends within the mail");
            }
            position += count;
            return count;
        }

        @Override
        public void close() throws IOException {
            opened.close();
        }
    }
}
