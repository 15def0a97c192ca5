package dev.twinbox.engine.disk;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * The standard output of the process as a way to somebody who may stop reading, opened when it is first written. Unlike {@link
 * System#out}, closing it wakes up whoever writes, and waits for no lock of his. One thread may write while another closes. Nothing
 * is buffered.
 */
public final class StandardOutput extends OutputStream {
    private final FileDescriptor descriptor;
    private @Nullable FileChannel opened;

    public StandardOutput() {
        this(FileDescriptor.out);
    }

    /** Another one, for tests. */
    StandardOutput(FileDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    private synchronized FileChannel open() {
        FileChannel channel = opened;
        if (channel == null) {
            channel = new FileOutputStream(descriptor).getChannel();
            opened = channel;
        }
        return channel;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        FileChannel channel = open();
        ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
        try {
            while (left.hasRemaining()) {
                channel.write(left);
            }
        } catch (ClosedChannelException e) {
            throw new IOException("it was cut off here", e);
        }
    }

    @Override
    public void close() throws IOException {
        open().close();
    }
}
