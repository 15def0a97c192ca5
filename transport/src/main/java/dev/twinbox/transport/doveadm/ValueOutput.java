package dev.twinbox.transport.doveadm;

import dev.twinbox.transport.dsync.Tabs;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What a command prints, as a server says it: one value, escaped as in dsync, and a TAB behind it if there is one. The line
 * end of the last line is not part of it: a client ends each value with one. For one thread.
 */
final class ValueOutput extends OutputStream {
    private final OutputStream raw;
    private boolean begun;
    private boolean lineEnd;

    ValueOutput(OutputStream raw) {
        this.raw = raw;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        byte[] escaped = new byte[2 * (length + 1)];
        int size = 0;
        for (int i = offset; i < offset + length; i++) {
            begun = true;
            if (lineEnd) {
                size = append(escaped, size, '\n');
            }
            lineEnd = bytes[i] == '\n';
            if (!lineEnd) {
                size = append(escaped, size, (char) (bytes[i] & 0xFF));
            }
        }
        raw.write(escaped, 0, size);
    }

    /** Puts a byte, escaped if need be, into an array that has room for two. Returns where the next one goes. */
    private static int append(byte[] to, int at, char plain) {
        char letter = Tabs.letter(plain);
        int next = at;
        if (letter != 0) {
            to[next++] = (byte) Tabs.ESCAPE;
        }
        to[next++] = (byte) (letter != 0 ? letter : plain);
        return next;
    }

    /** No more is printed. */
    void end() throws IOException {
        if (begun) {
            raw.write('\t');
        }
    }

    @Override
    public void flush() throws IOException {
        raw.flush();
    }
}
