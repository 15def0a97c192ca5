package dev.twinbox.engine.storage.account;

import dev.twinbox.protocol.item.MailboxName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The last step of a commit, put off a little. The index records the mtimes of the mailbox's folders, and a recorded mtime
 * proves nothing until the clock tick it was made in is over. Instead of waiting after every mailbox, the step is carried
 * out when the next ones have been worked on for a moment, before the mailbox is looked at again, and at the latest by
 * {@link #settle()}. Until then the mailbox stays locked, and readers see a mailbox whose index is a little behind its files,
 * as a delivery leaves it too.
 *
 * <p>One object per store; used by the store's thread.
 */
public final class Settlement {
    /** mtimes come from a clock that moves at least every 10 ms. */
    public static final long TICK_MILLIS = 11;

    /** Most mailboxes that wait. */
    private static final int WAITING_MAX = 32;

    /** Most mails of all mailboxes that wait together, if there is more than one: each keeps its table in memory. */
    private static final int MAILS_MAX = 50_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final AccountContext context;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean written;

    public Settlement(AccountContext context) {
        this.context = context;
    }

    /** What is left to do for a mailbox. Must release its lock whatever happens, and says itself what went wrong. */
    public interface Step {
        void run();
    }

    private record Waiting(MailboxName name, int mails, long dueNanos, Step step) {}

    /**
     * Takes a step that is due when the clock tick is over; no step of the same mailbox may be waiting.
     *
     * @param mails how many mails it keeps in memory
     */
    public void putOff(MailboxName name, int mails, Step step) {
        written = true;
        long due = context.clock().monotonicNanos() + TICK_MILLIS * NANOS_PER_MILLI;
        waiting.add(new Waiting(name, mails, due, step));
        long all = 0;
        for (Waiting each : waiting) {
            all += each.mails;
        }
        settleIfDue();
        while (waiting.size() > WAITING_MAX || (waiting.size() > 1 && all > MAILS_MAX)) {
            all -= waiting.getFirst().mails;
            runInTime(waiting.removeFirst());
        }
    }

    /** Something was written that needs no settling. */
    public void wrote() {
        written = true;
    }

    /** Whether anything was committed since the last call. */
    public boolean takeWritten() {
        boolean was = written;
        written = false;
        return was;
    }

    /** Carries out the steps whose time has come; cheap to call often. */
    public void settleIfDue() {
        while (!waiting.isEmpty() && context.clock().monotonicNanos() - waiting.getFirst().dueNanos >= 0) {
            waiting.removeFirst().step.run();
        }
    }

    /** Carries out the step of a mailbox that is to be looked at, waiting for its time if there is still some to go. */
    public void settle(MailboxName name) {
        settleIfDue();
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            Waiting one = each.next();
            if (one.name.equals(name)) {
                each.remove();
                runInTime(one);
                return;
            }
        }
    }

    /** Carries out all steps now, waiting for their time if there is still some to go. */
    public void settle() {
        while (!waiting.isEmpty()) {
            runInTime(waiting.removeFirst());
        }
    }

    private void runInTime(Waiting one) {
        long wait = one.dueNanos - context.clock().monotonicNanos();
        if (wait > 0) {
            context.clock().sleepMillis(wait / NANOS_PER_MILLI + 1);
        }
        one.step.run();
    }
}
