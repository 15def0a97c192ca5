package dev.twinbox.engine.storage;

import dev.twinbox.engine.run.Clock;
import dev.twinbox.engine.tree.MailboxTree;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.MailboxNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A store whose tree, and the numbers of whose mailboxes, are read by a thread of its own before anybody asks for them: while
 * the other end is only starting, or what is said to it is on its way. What was read serves once, and not when it has become
 * old. Used by one thread at a time, as the other store.
 */
public final class TreeAhead extends ForwardingStore {
    /** How old that may be when it is used, in nanoseconds: somebody may have typed a password meanwhile. */
    static final long AGE_MAX = TimeUnit.SECONDS.toNanos(5);

    private final SharedStore store;
    private final Clock clock;
    private @Nullable Looking looking;

    /** Hands on to {@code store}, and closes it when it is closed. */
    public TreeAhead(MailStore store, Clock clock) {
        this(new SharedStore(store), clock);
    }

    private TreeAhead(SharedStore store, Clock clock) {
        super(store);
        this.store = store;
        this.clock = clock;
    }

    /** Begins to read ahead. What fails will fail again for whoever asks for it. */
    public void look() {
        Looking begun = new Looking();
        looking = begun;
        Thread thread = new Thread(begun, "look ahead");
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits until all has been read ahead that will be. */
    void awaitAll() {
        Looking mine = looking;
        if (mine != null) {
            await(mine.ended);
        }
    }

    /** Something has happened since which makes all of it worth reading again. */
    public void forget() {
        end();
        looking = null;
    }

    /** The numbers are not to be used: their user goes on with the mailbox at once, and it is to be as they say. */
    public void forgetNumbers() {
        end();
        Looking mine = looking;
        if (mine != null) {
            synchronized (store) {
                mine.numbers.clear();
            }
        }
    }

    /**
     * Nothing more is read ahead when this returns. All that is more than looking must wait for it: a lock of a file is lost
     * when any thread of this process closes the same file ({@link dev.twinbox.engine.disk.DiskFile#lock}).
     */
    private void end() {
        Looking mine = looking;
        if (mine != null) {
            mine.stopped = true;
            await(mine.ended);
        }
    }

    @Override
    public Mailbox open(MailboxName name) throws IOException {
        Mailbox box = store.open(name);
        Looking mine = looking;
        if (mine == null) {
            return box;
        }
        return new Looked(box, mine.isOld() ? null : mine.take(name));
    }

    @Override
    public MailboxTree tree() throws IOException {
        Looking mine = looking;
        MailboxTree known = mine == null ? null : mine.tree();
        if (mine != null) {
            mine.tree = null;
        }
        return known != null ? known : store.tree();
    }

    @Override
    public boolean holdsMail() throws IOException {
        Looking mine = looking;
        MailboxTree known = mine == null ? null : mine.tree();
        if (known == null) {
            return store.holdsMail();
        }
        for (MailboxNode node : known.mailboxes()) {
            if (node.uidNext() > 1) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void apply(TreeChange change) throws IOException {
        forget();
        store.apply(change);
    }

    @Override
    public long purge() throws IOException {
        end();
        return store.purge();
    }

    @Override
    public void flush() throws IOException {
        end();
        store.flush();
    }

    @Override
    public void close() throws IOException {
        try (store) {
            end();
        }
    }

    /** None of it takes longer than to read it oneself, which would not be interrupted either. */
    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is read ahead. */
    private final class Looking implements Runnable {
        private final long begun = clock.monotonicNanos();
        private final CountDownLatch treeRead = new CountDownLatch(1);
        private final CountDownLatch ended = new CountDownLatch(1);
        /** Under the store's monitor, as the next. */
        private final Map<MailboxName, MailboxStatus> numbers = new HashMap<>();

        /** Whoever asks first reads for itself. */
        private final Set<MailboxName> asked = new HashSet<>();

        private volatile boolean stopped;
        private volatile @Nullable MailboxTree tree;

        @Override
        public void run() {
            try {
                MailboxTree read = readTree();
                tree = read;
                treeRead.countDown();
                if (read != null) {
                    readNumbers(read);
                }
            } finally {
                treeRead.countDown();
                ended.countDown();
            }
        }

        private @Nullable MailboxTree readTree() {
            try {
                return store.exists() ? store.tree() : null;
            } catch (IOException | RuntimeException e) {
                return null; // Whoever asks for it will be told.
            }
        }

        private void readNumbers(MailboxTree of) {
            for (MailboxNode node : of.mailboxes()) {
                if (stopped || isOld()) {
                    return;
                }
                if (node.guid() != null) {
                    readNumbersOf(node.name());
                }
            }
        }

        private void readNumbersOf(MailboxName name) {
            synchronized (store) {
                if (asked.contains(name)) {
                    return;
                }
                try (Mailbox box = store.open(name)) {
                    numbers.put(name, box.status());
                } catch (IOException | RuntimeException e) {
                    // Whoever asks for it will be told.
                }
            }
        }

        /** Null if there is none that could be used. */
        @Nullable
        MailboxTree tree() {
            await(treeRead);
            return isOld() ? null : tree;
        }

        /** The numbers of a mailbox; null if whoever asks has to read them. */
        @Nullable
        MailboxStatus take(MailboxName name) {
            synchronized (store) {
                asked.add(name);
                return numbers.remove(name);
            }
        }

        boolean isOld() {
            return clock.monotonicNanos() - begun > AGE_MAX;
        }
    }

    /** Says once what was read ahead, and other numbers when nothing is being read; for all else that must have ended. */
    private final class Looked extends ForwardingMailbox {
        private final Mailbox box;
        private @Nullable MailboxStatus known;

        Looked(Mailbox box, @Nullable MailboxStatus known) {
            super(box);
            this.box = box;
            this.known = known;
        }

        @Override
        protected Mailbox box() {
            end();
            return box;
        }

        @Override
        public MailboxName name() {
            return box.name();
        }

        @Override
        public MailboxStatus status() throws IOException {
            MailboxStatus once = known;
            known = null;
            if (once != null) {
                return once;
            }
            synchronized (store) {
                return box.status();
            }
        }

        @Override
        public void close() throws IOException {
            synchronized (store) {
                box.close();
            }
        }
    }
}
