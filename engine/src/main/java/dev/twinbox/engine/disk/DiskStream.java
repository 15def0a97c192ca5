package dev.twinbox.engine.disk;

import dev.twinbox.protocol.dialogue.PieceStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A {@link DiskFile} from its start to its end; closes it when it is closed. */
public final class DiskStream extends PieceStream {
    private final DiskFile source;
    private long position;

    /** Reads from the start. */
    public DiskStream(DiskFile source) {
        this.source = source;
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
