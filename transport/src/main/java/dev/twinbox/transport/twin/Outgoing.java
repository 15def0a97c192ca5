package dev.twinbox.transport.twin;

import dev.twinbox.protocol.wire.twin.TwinFrame;
import java.io.OutputStream;
import java.util.Arrays;

/** What is to be said on a branch and was not sent yet, behind room for a header. For one thread. */
final class Outgoing extends OutputStream {
    private static final int FIRST = 1 << 10;

    private byte[] bytes = new byte[FIRST];
    private int end = TwinFrame.HEADER;

    @Override
    public void write(int b) {
        ensure(1);
        bytes[end++] = (byte) b;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        ensure(length);
        System.arraycopy(from, offset, bytes, end, length);
        end += length;
    }

    private void ensure(int length) {
        if (bytes.length - end < length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, end + length));
        }
    }

    int size() {
        return end - TwinFrame.HEADER;
    }

    /** Takes back what was written last. */
    void cut(int size) {
        end = TwinFrame.HEADER + size;
    }

    /** From {@link TwinFrame#HEADER} on there is what is to be said. */
    byte[] bytes() {
        return bytes;
    }
}
