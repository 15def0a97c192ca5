package dev.twinbox.engine.sim;

import dev.twinbox.protocol.dialogue.PieceStream;
import dev.twinbox.transport.link.Link;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Two links that are joined in memory: what is written to one is read from the other. */
final class BytePipe {
    /** So many bytes can be on their way. */
    private static final int ROOM = 1 << 16;

    private final Way there = new Way();
    private final Way back = new Way();

    Link first() {
        return new End("second", back, there);
    }

    Link second() {
        return new End("first", there, back);
    }

    private record End(String name, Way in, Way out) implements Link {
        @Override
        public InputStream input() {
            return new PieceStream() {
                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    return in.take(into, offset, length);
                }
            };
        }

        @Override
        public OutputStream output() {
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    out.put(from, offset, length);
                }
            };
        }

        @Override
        public void abort() {
            in.cut();
            out.cut();
        }

        @Override
        public void close() {
            out.end();
            in.cut();
        }
    }

    /** One way. */
    private static final class Way {
        private final byte[] ring = new byte[ROOM];
        private int start;
        private int filled;
        private boolean ended;
        private boolean cut;

        synchronized void put(byte[] from, int offset, int length) throws IOException {
            int done = 0;
            while (done < length) {
                while (filled == ROOM && !cut && !ended) {
                    pause();
                }
                if (cut || ended) {
                    throw new IOException("Broken pipe");
                }
                int at = (start + filled) % ROOM;
                int n = Math.min(length - done, Math.min(ROOM - filled, ROOM - at));
                System.arraycopy(from, offset + done, ring, at, n);
                filled += n;
                done += n;
                notifyAll();
            }
        }

        synchronized int take(byte[] into, int offset, int length) throws IOException {
            while (filled == 0 && !ended && !cut) {
                pause();
            }
            if (filled == 0 || cut) {
                return -1;
            }
            int n = Math.min(length, Math.min(filled, ROOM - start));
            System.arraycopy(ring, start, into, offset, n);
            start = (start + n) % ROOM;
            filled -= n;
            notifyAll();
            return n;
        }

        /** What was written can still be read. */
        synchronized void end() {
            ended = true;
            notifyAll();
        }

        synchronized void cut() {
            cut = true;
            notifyAll();
        }

        @SuppressWarnings("WaitNotInLoop") // whoever calls it looks again
        private void pause() throws IOException {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }
}
