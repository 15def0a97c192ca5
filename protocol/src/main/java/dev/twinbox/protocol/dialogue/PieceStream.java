package dev.twinbox.protocol.dialogue;

import java.io.IOException;
import java.io.InputStream;

/** A stream that is read in pieces, where a single byte is a short one. As thread-safe as it is made. */
public abstract class PieceStream extends InputStream {
    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public abstract int read(byte[] into, int offset, int length) throws IOException;
}
