package dev.twinbox.transport.link;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A link of which all that passes is written down, line by line, as Dovecot's {@code -r} does: {@code time I: …} for what the
 * other end says, {@code time O: …} for what we say. Mails included, so it is for somebody who looks for a fault.
 */
public final class RawlogLink extends ForwardingLink {
    /** Longest piece of a line that is held; longer lines are broken. */
    private static final int LINE_MAX = 1 << 16;

    private static final long MILLIS = 1000;

    private final OutputStream log;
    private final LongSupplier epochMillis;
    private final InputStream input;
    private final OutputStream output;
    private final Lines heard = new Lines("I: ");
    private final Lines said = new Lines("O: ");

    /**
     * Begins to log.
     *
     * @param log takes what is written down; closed with the link
     * @param epochMillis milliseconds since 1970
     */
    public RawlogLink(Link link, OutputStream log, LongSupplier epochMillis) {
        super(link);
        this.log = log;
        this.epochMillis = epochMillis;
        this.input = new FilterInputStream(link.input()) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = super.read(bytes, offset, length);
                if (n > 0) {
                    heard.take(bytes, offset, n);
                }
                return n;
            }
        };
        this.output = new FilterOutputStream(link.output()) {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
                said.take(bytes, offset, length);
            }
        };
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public void close() throws IOException {
        try (log) {
            super.close();
        }
    }

    /** One direction, cut into lines. */
    private final class Lines {
        private final String direction;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(String direction) {
            this.direction = direction;
        }

        void take(byte[] bytes, int offset, int length) throws IOException {
            for (int i = offset; i < offset + length; i++) {
                if (bytes[i] == '\n' || line.size() == LINE_MAX) {
                    end();
                }
                if (bytes[i] != '\n') {
                    line.write(bytes[i]);
                }
            }
        }

        private void end() throws IOException {
            long now = epochMillis.getAsLong();
            String prefix = String.format(Locale.ROOT, "%d.%06d %s", now / MILLIS, now % MILLIS * MILLIS, direction);
            synchronized (log) {
                log.write(prefix.getBytes(StandardCharsets.US_ASCII));
                line.writeTo(log);
                log.write('\n');
            }
            line.reset();
        }
    }
}
