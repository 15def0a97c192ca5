package dev.twinbox.engine.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A {@link DiskFile} from its start to its end; closes it when it is closed. */
public final class DiskStream extends InputStream {
    private final DiskFile source;
    private long position;

    /** Reads from the start. */
    public DiskStream(DiskFile source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = source.read(ByteBuffer.wrap(into, offset, length), position);
        if (count > 0) {
            position += count;
        }
        return count <= 0 ? -1 : count;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
