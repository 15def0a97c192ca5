package dev.twinbox.transport.twin;

import dev.twinbox.protocol.wire.twin.FrameDecoder;
import dev.twinbox.protocol.wire.twin.TwinEncoder;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import dev.twinbox.protocol.wire.twin.TwinHello;
import dev.twinbox.protocol.wire.twin.TwinLimits;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.StallWatch;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames to a link, one at a time, in the order of asking. Those of branches keep the pace; what is said about the
 * connection passes them by. Safe for use by several threads.
 */
final class Writer {
    /** How long a last word may take. */
    static final long FAREWELL_MILLIS = 500;

    /** Usual length of a frame before it is compressed. */
    private static final int PIECE = 1 << 16;

    private final Link link;
    private final StallWatch watch;
    private final Pace pace;
    private final Compression compression;
    private final TwinHello own;
    private final Supplier<@Nullable TwinHello> peer;
    /** Whose turn it is to speak on a branch. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final ReentrantLock writing = new ReentrantLock(true);
    private volatile boolean silent;
    private boolean greeted;

    Writer(Link link, StallWatch watch, int patience, TwinSettings settings, Supplier<@Nullable TwinHello> peer) {
        this.link = link;
        this.watch = watch;
        this.pace = settings.pace();
        this.compression = new Compression(settings.level());
        this.own = new TwinHello(
                TwinLimits.MAJOR,
                TwinLimits.MINOR,
                List.of(TwinHello.ZSTD, TwinHello.DRY_RUN),
                settings.branchesMax(),
                patience);
        this.peer = peer;
    }

    Compression compression() {
        return compression;
    }

    /** How many bytes to put into a frame at most. */
    int piece() {
        return pace.piece(PIECE);
    }

    /**
     * Sends a frame. The header's length before {@code offset} is overwritten.
     *
     * @return how much of the windows it took
     */
    int frame(int branch, byte[] bytes, int offset, int length) throws IOException, InterruptedException {
        TwinHello said = peer.get();
        byte[] small = said != null && said.can(TwinHello.ZSTD) ? compression.compressed(bytes, offset, length) : null;
        if (small == null) {
            TwinFrame.header(branch, 0, bytes, offset, length);
            paced(bytes, offset - TwinFrame.HEADER, TwinFrame.HEADER + length);
            return TwinFrame.HEADER + length;
        }
        TwinFrame.header(branch, length, small, TwinFrame.HEADER, small.length - TwinFrame.HEADER);
        paced(small, 0, small.length);
        return small.length;
    }

    private void paced(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            pace.bytes(length);
            write(bytes, offset, length);
        } finally {
            turn.unlock();
        }
    }

    /** A mail is to be said: waits until it may be. */
    void mail() throws InterruptedException {
        turn.lockInterruptibly();
        try {
            pace.mail();
        } finally {
            turn.unlock();
        }
    }

    /** Says something about the connection. If that fails, whoever reads or writes next will know. */
    void control(byte[] frame) {
        try {
            write(frame, 0, frame.length);
        } catch (IOException e) {
            // the link is broken; the reader sees that, too
        }
    }

    /** Says that this end is there. That the way takes it does not prove that the other end is. */
    void alive() {
        try {
            byte[] frame = TwinEncoder.alive();
            write(frame, 0, frame.length, true);
        } catch (IOException e) {
            // the link is broken; the reader sees that, too
        }
    }

    /** Whether somebody is writing. */
    boolean isBusy() {
        return writing.isLocked();
    }

    /** Whether nothing was written since the last call. */
    boolean takeSilence() {
        boolean was = silent;
        silent = true;
        return was;
    }

    /** Says the first words, if they are not said yet. */
    void greet() {
        control(new byte[0]);
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        write(bytes, offset, length, false);
    }

    private void write(byte[] bytes, int offset, int length, boolean provesNothing) throws IOException {
        watch.begins();
        writing.lock();
        try {
            if (!greeted) {
                greeted = true;
                link.output().write(FrameDecoder.magic());
                link.output().write(TwinEncoder.hello(own));
            }
            link.output().write(bytes, offset, length);
            link.output().flush();
            silent = false;
        } finally {
            writing.unlock();
            if (provesNothing) {
                watch.endsUnmoved();
            } else {
                watch.ends();
            }
        }
    }

    /** Says a last word if that can be done soon, and cuts the link. */
    void farewell(byte[] frame) {
        Thread last = new Thread(() -> control(frame), "twin-last-word");
        last.setDaemon(true);
        last.start();
        try {
            last.join(FAREWELL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.abort();
        }
    }

    /** Lets go of the link. */
    void close() {
        try {
            link.close();
        } catch (IOException e) {
            // all that was to be said has been said
        } finally {
            compression.close();
        }
    }
}
