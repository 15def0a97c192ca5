package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.storage.LockBusyException;
import dev.twinbox.engine.storage.account.AccountContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;

/**
 * The open mbox files of one store, each open but once: POSIX drops a process's locks on a file when any of its descriptors
 * of it is closed, so all who read and write a file here must share one. Safe for use by several threads.
 */
final class MboxFiles {
    private static final long POLL_MILLIS = 20;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Most times a file may be exchanged between looking and opening. */
    private static final int TRIES_MAX = 100;

    private final AccountContext context;
    private final Map<Object, Shared> open = new HashMap<>();

    MboxFiles(AccountContext context) {
        this.context = context;
    }

    /**
     * Opens a file; to be given back with {@link Shared#release}.
     *
     * @throws NoSuchFileException if there is none
     */
    Shared open(DiskPath path) throws IOException {
        for (int i = 0; i < TRIES_MAX; i++) {
            FileInfo info = context.disk().stat(path).orElse(null);
            if (info == null) {
                throw new NoSuchFileException(path.toString());
            }
            if (!info.isFile()) {
                throw new IOException(path + " is not a file");
            }
            synchronized (this) {
                Shared known = open.get(info.fileKey());
                if (known != null) {
                    known.users++;
                    return known;
                }
                DiskFile file = context.readOnly()
                        ? context.disk().openRead(path)
                        : context.disk().openWrite(path, false);
                if (context.disk()
                        .stat(path)
                        .map(now -> now.fileKey().equals(info.fileKey()))
                        .orElse(false)) {
                    Shared added = new Shared(file, info.fileKey());
                    open.put(info.fileKey(), added);
                    return added;
                }
                file.close();
            }
        }
        throw new IOException(path + " is exchanged again and again");
    }

    /** Takes an open file in, which has been locked for writing and is the one at that path now. */
    synchronized Shared adopt(DiskFile file, Object key) {
        Shared added = new Shared(file, key);
        added.writing = true;
        open.put(key, added);
        return added;
    }

    /** One open file. */
    final class Shared implements FileWindow.Source {
        private final DiskFile file;
        private final Object key;
        private int users = 1;
        private int readers;
        private boolean writing;

        Shared(DiskFile file, Object key) {
            this.file = file;
            this.key = key;
        }

        /** The file itself, for who has locked it for writing. */
        DiskFile file() {
            return file;
        }

        @Override
        public synchronized int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        /** Whether this is what lies at a path. */
        boolean isAt(DiskPath path) throws IOException {
            return context.disk()
                    .stat(path)
                    .map(now -> now.fileKey().equals(key))
                    .orElse(false);
        }

        /**
         * Keeps writers away, also those of other processes if {@code kernel}.
         *
         * @throws LockBusyException if one is at work for too long
         */
        void lockForReading(boolean kernel) throws IOException {
            long start = context.clock().monotonicNanos();
            while (!tryReading(kernel)) {
                pause(start);
            }
        }

        private synchronized boolean tryReading(boolean kernel) throws IOException {
            if (writing || (kernel && readers == 0 && !file.lockShared(0))) {
                return false;
            }
            readers++;
            return true;
        }

        synchronized void unlockReading() throws IOException {
            readers--;
            if (readers == 0) {
                file.unlock();
            }
        }

        /** Keeps everybody else away, also those of other processes if {@code kernel}. */
        void lockForWriting(boolean kernel) throws IOException {
            long start = context.clock().monotonicNanos();
            while (!tryWriting(kernel)) {
                pause(start);
            }
        }

        private synchronized boolean tryWriting(boolean kernel) throws IOException {
            if (writing || readers > 0 || (kernel && !file.lock(0))) {
                return false;
            }
            writing = true;
            return true;
        }

        synchronized void unlockWriting() throws IOException {
            if (writing) {
                writing = false;
                file.unlock();
            }
        }

        private void pause(long start) throws IOException {
            long waited = (context.clock().monotonicNanos() - start) / NANOS_PER_MILLI;
            if (waited >= context.lockWaitMillis() || Thread.currentThread().isInterrupted()) {
                throw new LockBusyException("somebody holds the lock on an mbox file of "
                        + context.location().root() + "; waited " + waited / 1000 + " s");
            }
            context.clock().sleepMillis(POLL_MILLIS);
        }

        /** One user more. */
        void use() {
            synchronized (MboxFiles.this) {
                users++;
            }
        }

        /** One user less; the last one closes the file. */
        void release() throws IOException {
            synchronized (MboxFiles.this) {
                users--;
                if (users == 0) {
                    open.remove(key, this);
                    file.close();
                }
            }
        }
    }
}
