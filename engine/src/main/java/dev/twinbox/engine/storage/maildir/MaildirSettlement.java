package dev.twinbox.engine.storage.maildir;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The last step of a commit, put off a little. The index records the mtimes of the mailbox's folders, and a recorded mtime
 * proves nothing until the clock tick it was made in is over. Instead of waiting after every mailbox, the step is carried
 * out when the next one has been worked on for a moment, at the latest by {@link #settle}. Until then the mailbox stays
 * locked, and readers see a mailbox whose index is a little behind its files, as a delivery leaves it too.
 *
 * <p>One object per store; used by the store's thread.
 */
final class MaildirSettlement {
    private final MaildirContext context;
    private @Nullable Step pending;
    private long dueNanos;
    private boolean written;

    MaildirSettlement(MaildirContext context) {
        this.context = context;
    }

    /** What is left to do for a mailbox. Must release its lock whatever happens. */
    interface Step {
        void run() throws IOException;
    }

    void putOff(Step step) throws IOException {
        settle();
        written = true;
        pending = step;
        dueNanos = context.clock().monotonicNanos() + FolderListing.TICK_MILLIS * 1_000_000;
    }

    /** Something was written that needs no settling. */
    void wrote() {
        written = true;
    }

    /** Whether anything was committed since the last call. */
    boolean takeWritten() {
        boolean was = written;
        written = false;
        return was;
    }

    /** Carries the step out if its time has come; cheap to call often. */
    void settleIfDue() throws IOException {
        if (pending != null && context.clock().monotonicNanos() - dueNanos >= 0) {
            run();
        }
    }

    /** Carries the step out now, waiting for its time if there is still some to go. */
    void settle() throws IOException {
        if (pending == null) {
            return;
        }
        long wait = dueNanos - context.clock().monotonicNanos();
        if (wait > 0) {
            context.clock().sleepMillis(wait / 1_000_000 + 1);
        }
        run();
    }

    private void run() throws IOException {
        Step step = pending;
        pending = null;
        if (step != null) {
            step.run();
        }
    }
}
