package dev.twinbox.engine.session;

import dev.twinbox.protocol.dialogue.MailBody;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body that counts what is read of it. */
final class CountedBody implements MailBody {
    private final MailBody body;
    private long bytes;

    CountedBody(MailBody body) {
        this.body = body;
    }

    /** How many bytes were read so far. */
    long bytes() {
        return bytes;
    }

    @Override
    public InputStream open() throws IOException {
        return new FilterInputStream(body.open()) {
            @Override
            public int read() throws IOException {
                int b = super.read();
                bytes += b < 0 ? 0 : 1;
                return b;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int n = super.read(into, offset, length);
                bytes += Math.max(0, n);
                return n;
            }
        };
    }
}
