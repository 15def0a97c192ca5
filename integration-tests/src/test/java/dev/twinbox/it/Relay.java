package dev.twinbox.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A port on loopback that leads elsewhere like a long line: each direction is late by some milliseconds, however much it
 * carries; and the first connections can be cut after so many bytes. Counts what it hands on. Safe for use by several threads.
 */
final class Relay implements AutoCloseable {
    private static final int PIECE = 1 << 16;
    /** How much a direction may be behind: more than any window on loopback. */
    private static final int PIECES_MAX = 1024;

    private static final byte[] END = new byte[0];

    private final ServerSocket listening;
    private final Destination destination;
    private final long delayNanos;
    private final AtomicInteger cutsLeft = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger connections = new AtomicInteger();
    private final Set<End> open = ConcurrentHashMap.newKeySet();
    private volatile long bytesBetweenCuts = Long.MAX_VALUE;
    private volatile Supplier<Ear> ears = () -> (bytes, count) -> {};
    private volatile boolean listensToCalled;
    private volatile boolean closed;

    /** Hears what one end of a connection says, as far as it is handed on. */
    interface Ear {
        void heard(byte[] bytes, int count);
    }

    /** One end of a connection. */
    interface End {
        InputStream input() throws IOException;

        OutputStream output() throws IOException;

        void close();
    }

    /** Where it leads: opened anew for each connection. */
    interface Destination {
        End open() throws IOException;
    }

    /** What has come, and when it is to be handed on. */
    private static final class Piece {
        private final long due;
        private final byte[] bytes;

        Piece(long due, byte[] bytes) {
            this.due = due;
            this.bytes = bytes;
        }
    }

    private Relay(Destination destination, long delayMillis) {
        this.destination = destination;
        this.delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** To another port on loopback. */
    static Relay toPort(int port, long delayMillis) {
        return new Relay(() -> new SocketEnd(new Socket(InetAddress.getLoopbackAddress(), port)), delayMillis);
    }

    /** To the standard input and output of a program, which is started for each connection. */
    static Relay toProgram(ProgramStart program, long delayMillis) {
        return new Relay(() -> new ProgramEnd(program.start()), delayMillis);
    }

    /** Starts a program. */
    interface ProgramStart {
        Process start() throws IOException;
    }

    /** From now on the next connections are cut, each when so many bytes have passed it in both directions. */
    void cut(int times, long afterBytes) {
        bytesBetweenCuts = afterBytes;
        cutsLeft.set(times);
    }

    /** From now on each new connection has somebody who listens to the caller, or to whom it calls. */
    void listen(boolean toCalled, Supplier<Ear> each) {
        listensToCalled = toCalled;
        ears = each;
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Words of a command whose standard input and output lead here. */
    List<String> command() {
        return List.of("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$0; cat <&3 & exec cat >&3", Integer.toString(port()));
    }

    /** How many bytes were handed on in both directions. */
    long bytes() {
        return bytes.get();
    }

    int connections() {
        return connections.get();
    }

    /** How many of the cuts that were asked for have not come yet. */
    int cutsLeft() {
        return cutsLeft.get();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!closed) {
            try {
                End caller = new SocketEnd(listening.accept());
                connections.incrementAndGet();
                open.add(caller);
                End called = destination.open();
                open.add(called);
                Connection connection = new Connection(caller, called);
                Ear deaf = (bytes, count) -> {};
                Ear ear = ears.get();
                start(() -> connection.pump(caller, called, listensToCalled ? deaf : ear));
                start(() -> connection.pump(called, caller, listensToCalled ? ear : deaf));
            } catch (IOException e) {
                // closed, or nobody there: the caller will notice
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            listening.close();
        } catch (IOException e) {
            // it is gone
        }
        open.forEach(End::close);
    }

    /** A connection, both directions. */
    private final class Connection {
        private final End caller;
        private final End called;
        private final boolean toBeCut;
        private final AtomicLong passed = new AtomicLong();
        private final AtomicInteger ended = new AtomicInteger();

        Connection(End caller, End called) {
            this.caller = caller;
            this.called = called;
            this.toBeCut = cutsLeft.get() > 0;
        }

        /** Hands on what one end says until it says no more. */
        void pump(End from, End to, Ear ear) {
            BlockingQueue<Piece> queue = new LinkedBlockingQueue<>(PIECES_MAX);
            start(() -> deliver(queue, to, ear));
            try {
                byte[] buffer = new byte[PIECE];
                InputStream in = from.input();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    queue.put(new Piece(System.nanoTime() + delayNanos, java.util.Arrays.copyOf(buffer, n)));
                }
            } catch (IOException e) {
                // as good as an end
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            try {
                queue.put(new Piece(System.nanoTime() + delayNanos, END));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void deliver(BlockingQueue<Piece> queue, End to, Ear ear) {
            try (OutputStream out = to.output()) {
                for (Piece piece = queue.take(); piece.bytes != END; piece = queue.take()) {
                    for (long left = piece.due - System.nanoTime(); left > 0; left = piece.due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    int n = allowed(piece.bytes.length);
                    out.write(piece.bytes, 0, n);
                    out.flush();
                    bytes.addAndGet(n);
                    ear.heard(piece.bytes, n);
                    if (n < piece.bytes.length) {
                        cutNow();
                        return;
                    }
                }
            } catch (IOException e) {
                // the end has gone
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                // The first to end may just have said all; the other direction goes on.
                if (ended.incrementAndGet() == 2) {
                    caller.close();
                    called.close();
                    open.remove(caller);
                    open.remove(called);
                }
            }
        }

        private int allowed(int length) {
            long after = passed.addAndGet(length);
            return toBeCut && after > bytesBetweenCuts
                    ? (int) Math.max(0, length - (after - bytesBetweenCuts))
                    : length;
        }

        private void cutNow() {
            if (ended.getAndSet(2) < 2) {
                cutsLeft.decrementAndGet();
            }
            caller.close();
            called.close();
        }
    }

    private record SocketEnd(Socket socket) implements End {
        SocketEnd {
            try {
                socket.setTcpNoDelay(true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public InputStream input() throws IOException {
            return socket.getInputStream();
        }

        /** Closing it ends this direction only. */
        @Override
        public OutputStream output() throws IOException {
            OutputStream out = socket.getOutputStream();
            return new java.io.FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    out.write(bytes, offset, length);
                }

                @Override
                public void close() throws IOException {
                    if (!socket.isClosed()) {
                        socket.shutdownOutput();
                    }
                }
            };
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // it is gone
            }
        }
    }

    private record ProgramEnd(Process process) implements End {
        @Override
        public InputStream input() {
            return process.getInputStream();
        }

        @Override
        public OutputStream output() {
            return process.getOutputStream();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
