package dev.twinbox.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Standard output: lines in UTF-8, buffered. The first failure to write is kept for the end, because a plan that did not
 * arrive whole must not end with exit code 0. Safe for use by several threads.
 */
public final class Output extends OutputStream {
    private static final int BUFFER = 8192;

    private final OutputStream stream;
    private final OutputStream peer;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private @Nullable IOException failure;
    private boolean givenToPeer;
    private boolean kept;

    public Output(OutputStream stream) {
        this(stream, stream);
    }

    /**
     * @param stream standard output
     * @param peer the same, for {@link #toPeer}; its {@code close} wakes up whoever writes
     */
    public Output(OutputStream stream, OutputStream peer) {
        this.stream = stream;
        this.peer = peer;
    }

    /** What a command says in the course of another, whose result it becomes a part of. */
    public static Output kept(OutputStream stream) {
        Output output = new Output(stream);
        output.kept = true;
        return output;
    }

    /** Whether it is not standard output, so that a child process cannot write there by itself. */
    public synchronized boolean isKept() {
        return kept;
    }

    /** Writes a line, control characters escaped. */
    public synchronized void line(String text) {
        byte[] bytes = Escape.controls(text).getBytes(StandardCharsets.UTF_8);
        write(bytes, 0, bytes.length);
        write('\n');
    }

    @Override
    public synchronized void write(int b) {
        if (filled == buffer.length) {
            drain();
        }
        buffer[filled++] = (byte) b;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        if (length < BUFFER) {
            for (int i = 0; i < length; i++) {
                write(bytes[offset + i]);
            }
            return;
        }
        drain();
        try {
            stream.write(bytes, offset, length);
        } catch (IOException e) {
            fail(e);
        }
    }

    /**
     * Standard output as a way to a peer, unbuffered: what cannot be written is known at once. From now on it is for the
     * conversation to say what that means: a Dovecot that has heard all goes without waiting for a farewell. Closing it takes no
     * lock, so that a writer whose peer has stopped reading can be cut off.
     */
    public synchronized OutputStream toPeer() {
        flush();
        givenToPeer = true;
        return peer;
    }

    @Override
    public synchronized void flush() {
        drain();
        try {
            stream.flush();
        } catch (IOException e) {
            fail(e);
        }
        if (failure == null && stream instanceof java.io.PrintStream print && print.checkError()) {
            failure = new IOException("standard output cannot be written");
        }
    }

    /** Why something could not be written, or null. What did not reach a peer is not of it. */
    public synchronized @Nullable IOException failure() {
        return givenToPeer ? null : failure;
    }

    private void drain() {
        if (filled == 0) {
            return;
        }
        try {
            stream.write(buffer, 0, filled);
        } catch (IOException e) {
            fail(e);
        }
        filled = 0;
    }

    private void fail(IOException e) {
        if (failure == null) {
            failure = e;
        }
    }
}
