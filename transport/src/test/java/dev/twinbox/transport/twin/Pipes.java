package dev.twinbox.transport.twin;

import dev.twinbox.transport.link.Link;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** Two links that lead to one another, hold few bytes, and hand them on in pieces of any size. */
final class Pipes {
    private final Pipe there;
    private final Pipe back;

    Pipes(int capacity, long seed) {
        there = new Pipe(capacity, seed);
        back = new Pipe(capacity, ~seed);
    }

    Link initiator() {
        return link(back, there, "responder");
    }

    Link responder() {
        return link(there, back, "initiator");
    }

    /** Waits until all that was written was read. */
    void awaitRead() throws InterruptedException {
        there.awaitRead();
        back.awaitRead();
    }

    long bytesThere() {
        return there.total();
    }

    private static Link link(Pipe in, Pipe out, String name) {
        return new Link() {
            @Override
            public InputStream input() {
                return in.input;
            }

            @Override
            public OutputStream output() {
                return out.output;
            }

            @Override
            public String name() {
                return name;
            }

            @Override
            public void abort() {
                in.close();
                out.close();
            }

            @Override
            public void close() {
                abort();
            }
        };
    }

    /** One way. */
    private static final class Pipe {
        private final byte[] ring;
        private final SplittableRandom random;
        private final InputStream input = new Input();
        private final OutputStream output = new Output();
        private long written;
        private long read;
        private boolean closed;

        Pipe(int capacity, long seed) {
            ring = new byte[capacity];
            random = new SplittableRandom(seed);
        }

        synchronized void close() {
            closed = true;
            notifyAll();
        }

        synchronized void awaitRead() throws InterruptedException {
            while (read < written) {
                wait();
            }
        }

        synchronized long total() {
            return written;
        }

        private boolean isFull() {
            return written - read == ring.length && !closed;
        }

        private boolean isEmpty() {
            return written == read && !closed;
        }

        /** Fails instead of throwing what no stream throws. */
        private synchronized void waitWhile(BooleanSupplier condition) throws IOException {
            try {
                while (condition.getAsBoolean()) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        private final class Input extends InputStream {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                synchronized (Pipe.this) {
                    waitWhile(Pipe.this::isEmpty);
                    if (written == read) {
                        return -1;
                    }
                    int most = (int) Math.min(length, written - read);
                    int n = random.nextInt(4) == 0 ? random.nextInt(1, most + 1) : most;
                    int from = (int) (read % ring.length);
                    int first = Math.min(n, ring.length - from);
                    System.arraycopy(ring, from, bytes, offset, first);
                    System.arraycopy(ring, 0, bytes, offset + first, n - first);
                    read += n;
                    Pipe.this.notifyAll();
                    return n;
                }
            }
        }

        private final class Output extends OutputStream {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                synchronized (Pipe.this) {
                    int done = 0;
                    while (done < length) {
                        waitWhile(Pipe.this::isFull);
                        if (closed) {
                            throw new IOException("closed");
                        }
                        int to = (int) (written % ring.length);
                        int room = (int) Math.min(ring.length - to, ring.length - (written - read));
                        int n = Math.min(length - done, room);
                        System.arraycopy(bytes, offset + done, ring, to, n);
                        written += n;
                        done += n;
                        Pipe.this.notifyAll();
                    }
                }
            }
        }
    }
}
