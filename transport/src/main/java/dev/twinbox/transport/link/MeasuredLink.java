package dev.twinbox.transport.link;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;

/** A link that counts what passes over it. Safe for use by several threads. */
public final class MeasuredLink extends ForwardingLink {
    private final AtomicLong bytes = new AtomicLong();
    private final InputStream input;
    private final OutputStream output;

    /** Counts from now on. */
    public MeasuredLink(Link link) {
        super(link);
        this.input = new FilterInputStream(link.input()) {
            @Override
            public int read() throws IOException {
                int b = in.read();
                bytes.addAndGet(b < 0 ? 0 : 1);
                return b;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int n = in.read(into, offset, length);
                bytes.addAndGet(Math.max(0, n));
                return n;
            }
        };
        this.output = new FilterOutputStream(link.output()) {
            @Override
            public void write(int b) throws IOException {
                out.write(b);
                bytes.incrementAndGet();
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                out.write(from, offset, length);
                bytes.addAndGet(length);
            }
        };
    }

    /** How many bytes passed in both directions. */
    public long bytes() {
        return bytes.get();
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }
}
