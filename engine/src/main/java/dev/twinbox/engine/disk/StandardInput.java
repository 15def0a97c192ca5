package dev.twinbox.engine.disk;

import dev.twinbox.protocol.dialogue.PieceStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The standard input of the process, opened when it is first read. Unlike {@link System#in}, closing it wakes up whoever
 * reads it. One thread may read while another closes.
 */
public final class StandardInput extends PieceStream {
    private final FileDescriptor descriptor;
    private @Nullable InputStream opened;

    public StandardInput() {
        this(FileDescriptor.in);
    }

    /** Another one, for tests. */
    StandardInput(FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    private synchronized InputStream open() {
        InputStream stream = opened;
        if (stream == null) {
            stream = Channels.newInputStream(new FileInputStream(descriptor).getChannel());
            opened = stream;
        }
        return stream;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return open().read(bytes, offset, length);
        } catch (ClosedChannelException e) {
            throw new IOException("it was cut off here", e);
        }
    }

    @Override
    public void close() throws IOException {
        open().close();
    }
}
