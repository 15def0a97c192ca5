package dev.twinbox.transport.twin;

import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.wire.twin.FrameDecoder;
import dev.twinbox.protocol.wire.twin.TwinDecoder;
import dev.twinbox.protocol.wire.twin.TwinEncoder;
import dev.twinbox.protocol.wire.twin.TwinEvent;
import dev.twinbox.protocol.wire.twin.TwinFailure;
import dev.twinbox.protocol.wire.twin.TwinFormatException;
import dev.twinbox.protocol.wire.twin.TwinFrame;
import dev.twinbox.protocol.wire.twin.TwinHello;
import dev.twinbox.protocol.wire.twin.TwinLimits;
import dev.twinbox.transport.link.Link;
import dev.twinbox.transport.link.StallWatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A link shared by branches: reads frames into inboxes, and keeps to the windows. Safe for use by several threads, of which
 * one may send on a branch while another takes from it.
 */
final class Connection {
    private static final int BUFFER_SIZE = 1 << 16;

    /** So much room must have been used before we say that it is free again. */
    private static final int BRANCH_TELL = TwinLimits.BRANCH_WINDOW / 2;

    /** The same for the connection; small, because what was used and not told is missing to all branches. */
    static final int CONNECTION_TELL = TwinLimits.BRANCH_WINDOW;

    private final Link link;
    private final StallWatch watch;
    private final Writer writer;
    private final Pulse pulse;
    private final int branchesMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, Flow> flows = new HashMap<>();
    private final BitSet used = new BitSet();
    private final Flow main;
    private final Credits credits;
    private final Queue<byte[]> owed = new ArrayDeque<>();
    private boolean paying;
    private int room = TwinLimits.CONNECTION_WINDOW;
    private int taken;
    private boolean started;
    private boolean closed;
    private @Nullable String aborted;
    private @Nullable String ended;
    private @Nullable String unwritable;
    private volatile @Nullable TwinHello hello;
    private @Nullable Thread farewell;

    Connection(Link link, int timeoutSeconds, TwinSettings settings) {
        this.link = link;
        this.branchesMax = settings.branchesMax();
        this.watch = new StallWatch(
                timeoutSeconds,
                () -> abort("I/O has stalled, no activity for " + timeoutSeconds + " seconds"),
                settings.beats());
        this.writer = new Writer(link, watch, timeoutSeconds, settings, this::hello);
        this.pulse = new Pulse(writer, settings.beats());
        this.credits = new Credits(lock, watch);
        this.main = new Flow(TwinFrame.MAIN, lock.newCondition());
        this.main.opened = true;
        flows.put(TwinFrame.MAIN, main);
    }

    Flow main() {
        return main;
    }

    Compression compression() {
        return writer.compression();
    }

    void greet() {
        writer.greet();
    }

    /** The peer's first words; null before they came. They come before anything else does. */
    @Nullable
    TwinHello hello() {
        return hello;
    }

    /** Whether both ends take branches. */
    boolean canBranch() {
        TwinHello said = hello;
        return said != null && branchesMax > 0 && said.branchesMax() > 0;
    }

    /**
     * Opens a branch.
     *
     * @throws IllegalArgumentException if the number is out of range, or was opened before
     * @throws IllegalStateException if the peer takes no more branches
     */
    Flow open(int number) throws PeerException {
        if (number < 1 || number > TwinLimits.BRANCH_NUMBER_MAX) {
            throw new IllegalArgumentException("number of a branch out of range: " + number);
        }
        lock.lock();
        try {
            checkWritable();
            TwinHello said = hello;
            if (said == null || !canBranch()) {
                throw new IllegalStateException("the peer takes no branches");
            }
            Flow flow = flows.get(number);
            if (flow == null) {
                if (used.get(number)) {
                    throw new IllegalArgumentException("branch " + number + " was opened before");
                }
                if (flows.size() > said.branchesMax()) {
                    throw new IllegalStateException("the peer takes no more than " + said.branchesMax() + " branches");
                }
                flow = add(number);
            } else if (flow.opened) {
                throw new IllegalArgumentException("branch " + number + " was opened before");
            }
            flow.opened = true;
            return flow;
        } finally {
            lock.unlock();
        }
    }

    private Flow add(int number) {
        Flow flow = new Flow(number, lock.newCondition());
        flows.put(number, flow);
        used.set(number);
        return flow;
    }

    /** Fails if nothing can be said any more. */
    private void checkWritable() throws PeerException {
        if (aborted == null && unwritable != null) {
            throw new PeerException(name() + unwritable);
        }
        check();
    }

    /** Fails if nothing comes any more. What can no longer be answered is taken all the same. */
    private void check() throws PeerException {
        String why = aborted != null ? aborted : ended;
        if (why != null) {
            throw new PeerException(name() + why);
        }
        if (closed) {
            throw new PeerException("the conversation is closed here");
        }
    }

    private String name() {
        return "twin(" + link.name() + "): ";
    }

    /** Says something on a branch, in as many frames as it takes. What lies before {@code from} is overwritten. */
    void send(Flow flow, byte[] bytes, int from, int to) throws PeerException {
        start();
        try {
            int at = from;
            while (at < to) {
                int n = credits.acquire(flow, Math.min(to - at, writer.piece()), this::checkWritable);
                int cost = writer.frame(flow.number, bytes, at, n);
                credits.giveBack(flow, n + TwinFrame.HEADER - cost);
                at += n;
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (PeerException e) {
            throw e;
        } catch (IOException e) {
            cannotWrite("write failed: " + e.getMessage());
            throw broken("write", e.getMessage());
        }
    }

    /**
     * Whether the link has ended in one direction or both. From then on nothing is said any more; what has come, and from a link
     * that only takes nothing more what still comes, can be taken. Whoever still waits for a dead link to take something is
     * woken.
     */
    boolean isGone() {
        boolean over;
        lock.lock();
        try {
            if (aborted != null || (ended == null && unwritable == null)) {
                return false;
            }
            over = ended != null;
        } finally {
            lock.unlock();
        }
        if (over && writer.isBusy()) {
            link.abort();
        }
        return true;
    }

    /** Tells about the connection, if there still is one. */
    private void tell(byte[] frame) {
        boolean heard;
        lock.lock();
        try {
            heard = ended == null && unwritable == null;
        } finally {
            lock.unlock();
        }
        if (heard) {
            writer.control(frame);
        }
    }

    /** A mail is to be said: waits until it may be. */
    void mail() throws PeerException {
        try {
            writer.mail();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private PeerException broken(String what, @Nullable String why) {
        lock.lock();
        try {
            String reason = aborted != null ? aborted : ended != null ? ended : unwritable;
            return new PeerException(reason != null ? name() + reason : name() + what + " failed: " + why);
        } finally {
            lock.unlock();
        }
    }

    private static PeerException interrupted() {
        Thread.currentThread().interrupt();
        return new PeerException("interrupted while waiting for the peer");
    }

    /** Waits for the next frame of a branch. */
    TwinFrame take(Flow flow) throws PeerException {
        start();
        TwinFrame frame;
        byte[] told;
        lock.lock();
        try {
            if (flow.inbox.isEmpty()) {
                watch.begins();
                try {
                    while (flow.inbox.isEmpty()) {
                        check();
                        if (flow.closed || flow.ended) {
                            throw new PeerException(
                                    flow.closed ? "the branch is closed here" : "the peer has closed the branch");
                        }
                        flow.changed.await();
                    }
                } finally {
                    watch.ends();
                }
            }
            if (aborted != null) {
                check();
            }
            frame = flow.inbox.remove();
            told = took(flow, frame.cost());
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
        if (told != null) {
            tell(told);
        }
        return frame;
    }

    /**
     * Some room is free again. Called with the lock.
     *
     * @return what to say to the peer, or null if nothing is to be said yet
     */
    private byte @Nullable [] took(Flow flow, int bytes) {
        flow.taken += bytes;
        taken += bytes;
        int branchFree = flow.taken >= BRANCH_TELL && !flow.ended ? flow.taken : 0;
        int free = taken >= CONNECTION_TELL || branchFree > 0 ? taken : 0;
        if (free == 0) {
            return null;
        }
        flow.room += branchFree;
        flow.taken -= branchFree;
        room += free;
        taken = 0;
        return TwinEncoder.credit(flow.number, branchFree, free);
    }

    /** Says no more on a branch, and takes no more from it. */
    void close(Flow flow) {
        byte[] told = null;
        lock.lock();
        try {
            if (flow.closed) {
                return;
            }
            flow.closed = true;
            int dropped = 0;
            for (TwinFrame frame = flow.inbox.poll(); frame != null; frame = flow.inbox.poll()) {
                dropped += frame.cost();
            }
            if (dropped > 0) {
                told = took(flow, dropped);
            }
            forget(flow);
            flow.changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (told != null) {
            tell(told);
        }
        tell(TwinEncoder.branchEnd(flow.number));
    }

    private void forget(Flow flow) {
        if (flow.isOver()) {
            flows.remove(flow.number);
        }
    }

    private void start() {
        lock.lock();
        try {
            if (!started) {
                started = true;
                thread("twin-reader", this::read);
            }
        } finally {
            lock.unlock();
        }
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** The reader's thread: never waits but for the link. */
    private void read() {
        FrameDecoder frames = new FrameDecoder();
        TwinDecoder control = TwinDecoder.ofControl();
        ByteBuffer in = ByteBuffer.allocate(BUFFER_SIZE);
        try {
            while (true) {
                int n = link.input().read(in.array());
                if (n < 0) {
                    end("EOF from the peer");
                    return;
                }
                watch.moved();
                in.clear().limit(n);
                for (TwinFrame frame = frames.next(in); frame != null; frame = frames.next(in)) {
                    if (frame.branch() != TwinFrame.CONTROL) {
                        deliver(frame);
                    } else if (!obey(control, frame)) {
                        return;
                    }
                }
            }
        } catch (TwinFormatException e) {
            fail(TwinFailure.Code.PROTOCOL, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            end("read failed: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            abort("the reader failed: " + e);
        }
    }

    /** Nothing more will come. What came may still be taken. */
    private void end(String why) {
        lock.lock();
        try {
            ended = ended == null ? why : ended;
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more can be said. What was said before by the other end may still be on its way. */
    private void cannotWrite(String why) {
        lock.lock();
        try {
            unwritable = unwritable == null ? why : unwritable;
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    private void wakeAll() {
        for (Flow flow : flows.values()) {
            flow.changed.signalAll();
        }
    }

    /**
     * Does what the control stream says.
     *
     * @return whether to go on reading
     */
    private boolean obey(TwinDecoder control, TwinFrame frame) throws TwinFormatException {
        control.feed(frame.payload(), 0, frame.payload().length);
        for (TwinEvent event = control.next(); event != null; event = control.next()) {
            if (event instanceof TwinEvent.Failed failed) {
                end("the peer has given up: " + failed.failure().text());
                return false;
            }
            if (event instanceof TwinEvent.Hello first) {
                greet(first.hello());
            } else if (hello == null) {
                throw new TwinFormatException("no hello yet");
            } else if (event instanceof TwinEvent.Credit credit) {
                grant(credit);
            } else if (event instanceof TwinEvent.BranchEnd end) {
                endBranch(end.branch());
            } else {
                throw new IllegalStateException("not a control event");
            }
        }
        return true;
    }

    private void greet(TwinHello said) throws TwinFormatException {
        if (hello != null) {
            throw new TwinFormatException("a second hello");
        }
        if (said.major() != TwinLimits.MAJOR) {
            throw new TwinFormatException(
                    "it speaks version " + said.major() + " of Twinbox's protocol, this end only " + TwinLimits.MAJOR);
        }
        hello = said;
        pulse.begin(said.patience());
    }

    private void grant(TwinEvent.Credit credit) throws TwinFormatException {
        lock.lock();
        try {
            credits.grantConnection(credit.connectionBytes());
            Flow flow = flows.get(credit.branch());
            if (flow != null) {
                credits.grant(flow, credit.bytes());
            } else if (!used.get(credit.branch())) {
                throw new TwinFormatException("credit for a branch that nobody opened");
            }
        } finally {
            lock.unlock();
        }
    }

    private void endBranch(int number) throws TwinFormatException {
        lock.lock();
        try {
            Flow flow = arrival(number);
            flow.ended = true;
            forget(flow);
            flow.changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The branch that something came on, which may be its first sign. */
    private Flow arrival(int number) throws TwinFormatException {
        Flow flow = flows.get(number);
        if (flow == null) {
            if (used.get(number)) {
                throw new TwinFormatException("a branch goes on behind its end");
            }
            if (flows.size() > branchesMax) {
                throw new TwinFormatException("more than " + branchesMax + " branches");
            }
            flow = add(number);
        }
        if (flow.ended) {
            throw new TwinFormatException("a branch goes on behind its end");
        }
        return flow;
    }

    private void deliver(TwinFrame frame) throws TwinFormatException {
        if (hello == null) {
            throw new TwinFormatException("no hello yet");
        }
        lock.lock();
        try {
            Flow flow = arrival(frame.branch());
            flow.room -= frame.cost();
            room -= frame.cost();
            if (flow.room < 0 || room < 0) {
                throw new TwinFormatException("more was sent than there is room for");
            }
            if (flow.closed) {
                byte[] told = took(flow, frame.cost());
                if (told != null) {
                    owe(told);
                }
            } else {
                flow.inbox.add(frame);
                flow.changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The reader must not write: it might have to wait. */
    private void owe(byte[] control) {
        owed.add(control);
        if (!paying) {
            paying = true;
            thread("twin-credit", this::pay);
        }
    }

    private void pay() {
        while (true) {
            byte[] next;
            lock.lock();
            try {
                next = owed.poll();
                if (next == null) {
                    paying = false;
                    return;
                }
            } finally {
                lock.unlock();
            }
            writer.control(next);
        }
    }

    /** Ends everything because of a failure of this side. Never blocks. */
    void abort(String reason) {
        fail(TwinFailure.Code.INTERNAL, reason);
    }

    /** Ends everything; the peer is told why if it still listens. */
    void fail(TwinFailure.Code code, String reason) {
        lock.lock();
        try {
            if (closed || aborted != null) {
                return;
            }
            aborted = reason;
            wakeAll();
            byte[] last = TwinEncoder.farewell(new TwinFailure(TwinFailure.Reach.SESSION, code, reason));
            farewell = thread("twin-farewell", () -> writer.farewell(last));
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing can be said any more. */
    boolean isAborted() {
        lock.lock();
        try {
            return aborted != null;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of the link. Harmless after the end. */
    void close() {
        Thread last;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            last = farewell;
            wakeAll();
        } finally {
            lock.unlock();
        }
        watch.close();
        pulse.close();
        try {
            if (last != null) {
                last.join(Writer.FAREWELL_MILLIS * 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.close();
    }
}
