package dev.twinbox.engine.session;

import dev.twinbox.engine.session.Outcome.MailboxResult;
import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.MailboxPlan;
import dev.twinbox.engine.storage.MailboxPlan.Copy;
import dev.twinbox.engine.storage.MailboxPlan.Expunge;
import dev.twinbox.engine.storage.MailboxPlan.Renumber;
import dev.twinbox.engine.storage.MailboxPlan.Save;
import dev.twinbox.engine.storage.MailboxPlan.Step;
import dev.twinbox.engine.storage.MailboxPlan.Update;
import dev.twinbox.engine.storage.MailboxSnapshot;
import dev.twinbox.engine.tree.TreeChange;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.EndOfList;
import dev.twinbox.protocol.item.MailboxGuid;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Planned;
import dev.twinbox.protocol.item.Planned.What;
import dev.twinbox.protocol.item.SyncItem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The initiator's half of a dry run's plan: tells an observer what the responder would do, in a thread of its own. */
final class PlanHearer implements Runnable {
    /** So many steps of a mailbox are told at once at most. */
    private static final int STEPS_AT_ONCE = 10_000;

    private final Peer peer;
    private final SyncObserver observer;
    private final Threads.Running thread;
    private final List<Step> steps = new ArrayList<>();
    private @Nullable MailboxName mailbox;
    private volatile @Nullable IOException failure;

    /**
     * Begins.
     *
     * @param peer the branch of the plan
     * @param observer what happens at the other end
     */
    PlanHearer(Peer peer, SyncObserver observer, Threads threads) {
        this.peer = peer;
        this.observer = observer;
        this.thread = threads.start("plan", this);
    }

    /**
     * Waits until all of the plan is told.
     *
     * @throws IOException if it did not come as a whole
     */
    void await() throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        Failures.rethrow(failure);
    }

    /** Waits until nothing more is told; the conversation has ended. */
    void join() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            for (SyncItem item = peer.receive().item();
                    !(item instanceof EndOfList);
                    item = peer.receive().item()) {
                if (!(item instanceof Planned planned)) {
                    throw new PeerException("the other side sent " + item.kind() + " instead of its plan");
                }
                take(planned);
            }
            tellSteps();
        } catch (IOException e) {
            failure = e;
        } finally {
            peer.close();
        }
    }

    private void take(Planned planned) {
        Step step = step(planned);
        if (step != null) {
            if (!Objects.equals(planned.mailbox(), mailbox) || steps.size() >= STEPS_AT_ONCE) {
                tellSteps();
            }
            mailbox = planned.mailbox();
            steps.add(step);
            return;
        }
        tellSteps();
        TreeChange change = change(planned);
        if (change != null) {
            observer.treeChange(change, true);
        } else if (planned.what() == What.WARNING) {
            observer.warning(planned.mailbox(), planned.text());
        } else if (planned.what() == What.PROBLEM) {
            observer.damage(planned.mailbox(), planned.text());
        } else {
            Planned.Result said = planned.result();
            observer.mailboxDone(
                    new MailboxResult(
                            Objects.requireNonNull(planned.mailbox()),
                            Status.of(said.status()),
                            planned.text(),
                            said.skipped(),
                            said.saved(),
                            said.expunged(),
                            said.flagged(),
                            said.renumbered(),
                            said.bytes()),
                    (int) said.messages());
        }
    }

    private void tellSteps() {
        MailboxName of = mailbox;
        if (of != null && !steps.isEmpty()) {
            // What the numbers are to be afterwards is not said: a plan that is shown shows steps.
            MailboxPlan.Target target = new MailboxPlan.Target(new MailboxGuid(0, 0), 0, 0, 0, 0, false);
            observer.planned(of, new MailboxPlan(target, steps), true);
        }
        steps.clear();
        mailbox = null;
    }

    static @Nullable Step step(Planned said) {
        long unknown = MailboxSnapshot.RECEIVED_UNKNOWN;
        return switch (said.what()) {
            case EXPUNGE -> new Expunge(said.uid(), Objects.requireNonNull(said.guid()), said.text());
            case UPDATE, SET_MODSEQ ->
                new Update(
                        said.uid(), said.flags(), said.keywords(), 0, unknown, said.what() == What.UPDATE, said.text());
            case RENUMBER ->
                new Renumber(said.uid(), said.newUid(), said.flags(), said.keywords(), 0, unknown, said.text());
            case COPY -> new Copy(said.uid(), said.newUid(), said.flags(), said.keywords(), 0, unknown, said.text());
            case SAVE ->
                new Save(
                        said.newUid(),
                        Objects.requireNonNull(said.guid()),
                        said.flags(),
                        said.keywords(),
                        0,
                        unknown,
                        said.text());
            case CREATE_MAILBOX,
                    CREATE_FOLDER,
                    RENAME,
                    DELETE_MAILBOX,
                    DELETE_FOLDER,
                    SET_GUID,
                    SUBSCRIBE,
                    UNSUBSCRIBE,
                    RESULT,
                    WARNING,
                    PROBLEM -> null;
        };
    }

    static @Nullable TreeChange change(Planned said) {
        MailboxName name = said.mailbox();
        return switch (said.what()) {
            case CREATE_MAILBOX ->
                new TreeChange.Create(
                        Objects.requireNonNull(name), Objects.requireNonNull(said.identity()), said.uidValidity());
            case CREATE_FOLDER -> new TreeChange.CreateFolder(Objects.requireNonNull(name));
            case RENAME -> new TreeChange.Rename(Objects.requireNonNull(name), Objects.requireNonNull(said.to()));
            case DELETE_MAILBOX ->
                new TreeChange.Delete(Objects.requireNonNull(name), Objects.requireNonNull(said.identity()));
            case DELETE_FOLDER -> new TreeChange.DeleteFolder(Objects.requireNonNull(name));
            case SET_GUID ->
                new TreeChange.SetGuid(Objects.requireNonNull(name), Objects.requireNonNull(said.identity()));
            case SUBSCRIBE -> new TreeChange.Subscribe(Objects.requireNonNull(name), 0);
            case UNSUBSCRIBE -> new TreeChange.Unsubscribe(Objects.requireNonNull(name), 0);
            case EXPUNGE, UPDATE, SET_MODSEQ, RENUMBER, COPY, SAVE, RESULT, WARNING, PROBLEM -> null;
        };
    }
}
