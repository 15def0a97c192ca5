package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Looks after who had opened an mbox file, but not locked it yet, when it was exchanged for another. Some programs, Dovecot
 * 2.3.19 among them, look whether it still is the right file before they wait for its locks and not after, and append a mail
 * to a file that has no name any more. We keep such files open for a moment; what was appended to one is appended to the
 * file that has its name.
 *
 * <p>Between opening a file and waiting for its lock there are microseconds, so a moment is enough; nobody is kept waiting for
 * it but the end of the run. A program that begins later finds the new file, also one that has had the mailbox open for hours.
 *
 * <p>One object per store; used by the store's thread.
 */
final class LateDeliveries {
    /** How long a file without a name is watched, milliseconds. */
    static final long WATCH_MILLIS = 300;

    /** Most files that are watched at a time; when there is one more, the first one's time is waited for. */
    private static final int WATCHED_MAX = 32;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final AccountContext context;
    private final MboxFiles files;
    private final MboxSettings settings;
    private final Deque<Old> watched = new ArrayDeque<>();

    LateDeliveries(AccountContext context, MboxFiles files, MboxSettings settings) {
        this.context = context;
        this.files = files;
        this.settings = settings;
    }

    /**
     * A file that has lost its name.
     *
     * @param size what it had when it did
     */
    private record Old(MailboxName name, MailboxPaths paths, MboxFiles.Shared file, long size, long sinceNanos) {}

    /** The file has lost its name just now, and is still locked by us. */
    void watch(MailboxName name, MailboxPaths paths, MboxFiles.Shared file) throws IOException {
        long size = file.file().size();
        file.use();
        watched.add(new Old(name, paths, file, size, context.clock().monotonicNanos()));
    }

    /** A mailbox was committed, and its locks are released: looks at the files whose time has come. */
    void look() throws IOException {
        while (!watched.isEmpty() && (watched.size() > WATCHED_MAX || left(watched.getFirst()) <= 0)) {
            finish(watched.removeFirst());
        }
    }

    /** Looks at all of them, waiting for their time. */
    void finish() throws IOException {
        while (!watched.isEmpty()) {
            finish(watched.removeFirst());
        }
    }

    private long left(Old old) {
        return WATCH_MILLIS - (context.clock().monotonicNanos() - old.sinceNanos) / NANOS_PER_MILLI;
    }

    private void finish(Old old) throws IOException {
        try {
            long wait = left(old);
            if (wait > 0) {
                context.clock().sleepMillis(wait);
            }
            long size = sizeWhenDone(old.file);
            if (size > old.size) {
                rescue(old, size);
            } else if (size < old.size) {
                context.report().damage(old.name, old.paths.mail() + " was changed by others while it was exchanged");
            }
        } finally {
            old.file.release();
        }
    }

    /** Waits for who is writing. */
    private long sizeWhenDone(MboxFiles.Shared file) throws IOException {
        boolean locked = file.file().lock(context.lockWaitMillis());
        try {
            return file.file().size();
        } finally {
            if (locked) {
                file.file().unlock();
            }
        }
    }

    private void rescue(Old old, long end) throws IOException {
        try (MboxLock lock = MboxLock.forWriting(context, files, settings, old.paths.mail())) {
            MboxFiles.Shared now = lock.file();
            long before = now.file().size();
            boolean done = false;
            try {
                MboxWriter writer = new MboxWriter(now.file()::append, before);
                writer.copy(new FileWindow(old.file, end), old.size, end);
                writer.flush();
                if (context.isDurable()) {
                    now.file().sync();
                }
                done = true;
            } finally {
                if (!done) {
                    now.file().truncate(before);
                }
            }
        }
        context.report().debug(old.name, "a mail that came while the file was exchanged was put into the new one");
    }
}
