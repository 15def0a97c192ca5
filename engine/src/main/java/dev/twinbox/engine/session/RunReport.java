package dev.twinbox.engine.session;

import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.protocol.item.MailboxName;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has come of one side of a run so far: of each mailbox, of the tree, of the whole. Used by one thread. */
final class RunReport {
    private final SyncObserver observer;
    private final Map<MailboxName, MailboxResult> results = new LinkedHashMap<>();
    private Status status = Status.DONE;
    private @Nullable String reason;
    private int treeChanges;

    RunReport(SyncObserver observer) {
        this.observer = observer;
    }

    /** A mailbox that was gone through; several passes over one mailbox add up. */
    void result(MailboxName name, Status how, String why, long messages, Counts counts) {
        if (how != Status.DONE) {
            status = status.and(how);
            reason = name + ": " + why;
        }
        MailboxResult result = new MailboxResult(
                name,
                how,
                why,
                false,
                counts.saved(),
                counts.expunged(),
                counts.flagged(),
                counts.renumbered(),
                counts.bytes());
        results.merge(name, result, MailboxResult::and);
        observer.mailboxDone(result, Math.toIntExact(messages));
    }

    /** A mailbox whose mails are the same at both sides. */
    void unchanged(MailboxName name, long messages) {
        leftAlone(name, Outcome.UNCHANGED, messages);
    }

    /** A name that needed no look, or was not to be looked at, and why. */
    void leftAlone(MailboxName name, String why, long messages) {
        MailboxResult untouched = new MailboxResult(name, Status.DONE, why, true, 0, 0, 0, 0, 0);
        if (results.putIfAbsent(name, untouched) == null) {
            observer.mailboxDone(untouched, Math.toIntExact(messages));
        }
    }

    void problem(MailboxName where, IOException e) {
        problem(where, Failures.status(e), Failures.describe(e));
    }

    void problem(MailboxName where, Status how, String what) {
        status = status.and(how);
        reason = where + ": " + what;
        observer.damage(where, what);
    }

    /** The sides may differ still, because something moved during the run. The first reason is the one that is told. */
    void unsettled(String why) {
        status = status.and(Status.CHANGED);
        if (reason == null) {
            reason = why;
        }
    }

    void treeChanged() {
        treeChanges++;
    }

    /** Whether nothing worse has happened than that somebody used the mail during the run. */
    boolean isSound() {
        return status.compareTo(Status.CHANGED) <= 0;
    }

    Outcome outcome(SyncState state) {
        return new Outcome(status, reason, List.copyOf(results.values()), treeChanges, state);
    }
}
