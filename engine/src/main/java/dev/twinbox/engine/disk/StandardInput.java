package dev.twinbox.engine.disk;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import org.jspecify.annotations.Nullable;

/**
 * The standard input of the process, opened when it is first read. Unlike {@link System#in}, closing it wakes up whoever
 * reads it. One thread may read while another closes.
 */
public final class StandardInput extends InputStream {
    private @Nullable InputStream opened;

    private synchronized InputStream open() {
        InputStream stream = opened;
        if (stream == null) {
            stream = Channels.newInputStream(new FileInputStream(FileDescriptor.in).getChannel());
            opened = stream;
        }
        return stream;
    }

    @Override
    public int read() throws IOException {
        return open().read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return open().read(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
        open().close();
    }
}
