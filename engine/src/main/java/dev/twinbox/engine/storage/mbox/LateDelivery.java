package dev.twinbox.engine.storage.mbox;

import dev.twinbox.engine.disk.FileInfo;
import dev.twinbox.engine.disk.KernelLocks;
import dev.twinbox.engine.storage.account.AccountContext;
import dev.twinbox.engine.storage.account.MailboxPaths;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;

/**
 * Looks after who waited for a lock on an mbox file while it was exchanged for another. Some programs, Dovecot 2.3.19 among
 * them, look whether it still is the right one before they wait and not after, and append a mail to a file that has no name
 * any more. We still have that file open: when they are done, what they appended is appended to the new one.
 */
final class LateDelivery {
    /** How long somebody who waited is given to begin, milliseconds, again and again as long as one does. */
    private static final long PATIENCE_MILLIS = 200;

    private static final long POLL_MILLIS = 5;

    private final AccountContext context;
    private final MboxFormat format;
    private final MailboxName name;
    private final MailboxPaths paths;
    private final MboxFiles.Shared old;
    private final long size;
    private final boolean awaited;

    /** To be made before the exchange, with the old file locked; keeps it open until {@link #look} or {@link #drop}. */
    LateDelivery(AccountContext context, MboxFormat format, MailboxName name, MailboxPaths paths, MboxFiles.Shared old)
            throws IOException {
        this.context = context;
        this.format = format;
        this.name = name;
        this.paths = paths;
        this.size = old.file().size();
        FileInfo info = context.disk().stat(paths.mail()).orElse(null);
        this.awaited = info != null && KernelLocks.isAwaited(context.disk(), info);
        this.old = old;
        old.use();
    }

    /** Does not look. */
    void drop() throws IOException {
        old.release();
    }

    /** All locks are released: waits for those who waited, and saves what they wrote. */
    void look() throws IOException {
        try {
            long seen = size;
            do {
                seen = old.file().size();
                waitForWriters();
            } while (old.file().size() != seen);
            if (seen > size) {
                rescue(seen);
            } else if (seen < size) {
                context.report().damage(name, paths.mail() + " was changed while it was exchanged for a new file");
            }
        } finally {
            old.release();
        }
    }

    private void waitForWriters() throws IOException {
        long waited = 0;
        while (true) {
            if (!old.file().lock(0)) {
                old.file().lock(context.lockWaitMillis());
            }
            old.file().unlock();
            if (!awaited || old.file().size() != size || waited >= PATIENCE_MILLIS) {
                return;
            }
            context.clock().sleepMillis(POLL_MILLIS);
            waited += POLL_MILLIS;
        }
    }

    private void rescue(long end) throws IOException {
        try (MboxLock lock = MboxLock.forWriting(context, format.files(), format.settings(), paths.mail())) {
            MboxFiles.Shared now = lock.file();
            long before = now.file().size();
            boolean done = false;
            try {
                MboxWriter writer = new MboxWriter(now.file()::append, before);
                writer.copy(new FileWindow(old, end), size, end);
                writer.flush();
                if (MboxCommit.isDurable(context)) {
                    now.file().sync();
                }
                done = true;
            } finally {
                if (!done) {
                    now.file().truncate(before);
                }
            }
        }
        context.report().debug(name, "a mail that came while the file was exchanged was put into the new one");
    }
}
