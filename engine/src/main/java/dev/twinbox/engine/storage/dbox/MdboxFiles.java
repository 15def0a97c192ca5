package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.FileInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files {@code m.N} that are open for reading. Mails that follow one another in a mailbox mostly lie in few files, so some
 * stay open. Safe for use by several threads.
 */
final class MdboxFiles {
    /** Files that stay open though nobody reads them. */
    private static final int IDLE_MAX = 4;

    private final Mdbox box;
    private boolean closed;
    private final Map<Long, Open> open = new LinkedHashMap<>(16, 0.75f, true);

    MdboxFiles(Mdbox box) {
        this.box = box;
    }

    /** A file, and what its header says. */
    private static final class Open {
        final DiskFile file;
        final int messageHeader;
        int users;

        Open(DiskFile file, int messageHeader) {
            this.file = file;
            this.messageHeader = messageHeader;
        }
    }

    /**
     * Opens a file; the result is to be closed.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws dev.twinbox.engine.storage.CorruptStoreException if its header is damaged
     */
    synchronized Lease open(long number) throws IOException {
        Open there = open.get(number);
        if (there == null) {
            DiskFile file = box.open(number);
            boolean done = false;
            try {
                there = new Open(file, DboxMessage.readHeader(file).messageHeader());
                done = true;
            } finally {
                if (!done) {
                    file.close();
                }
            }
            open.put(number, there);
        }
        there.users++;
        return new Lease(there);
    }

    private synchronized void release(Open one) throws IOException {
        one.users--;
        closeIdle(closed ? 0 : IDLE_MAX);
    }

    /** Closes what nobody reads now, and from now on each file when nobody reads it any more. */
    synchronized void close() throws IOException {
        closed = true;
        closeIdle(0);
    }

    private void closeIdle(int most) throws IOException {
        int idle = 0;
        for (Open each : open.values()) {
            idle += each.users == 0 ? 1 : 0;
        }
        Iterator<Open> each = open.values().iterator();
        while (each.hasNext() && idle > most) {
            Open oldest = each.next();
            if (oldest.users == 0) {
                each.remove();
                oldest.file.close();
                idle--;
            }
        }
    }

    /** A reader's hold on a file. Reads only. */
    final class Lease implements DiskFile {
        private final Open open;
        private boolean released;

        private Lease(Open open) {
            this.open = open;
        }

        /** Size of each message's header in the file, in bytes. */
        int messageHeader() {
            return open.messageHeader;
        }

        @Override
        public long size() throws IOException {
            synchronized (open) {
                return open.file.size();
            }
        }

        @Override
        public FileInfo info() throws IOException {
            synchronized (open) {
                return open.file.info();
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            synchronized (open) {
                return open.file.read(into, position);
            }
        }

        @Override
        public void append(ByteBuffer bytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(ByteBuffer bytes, long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long appendAll(DiskFile source) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void truncate(long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setMtime(long seconds, int nanos) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sync() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean lock(long waitMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void unlock() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() throws IOException {
            if (!released) {
                released = true;
                release(open);
            }
        }
    }
}
