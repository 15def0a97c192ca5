package dev.twinbox.engine.session;

import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.engine.storage.SubscriptionsOfAnother;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run whose both ends are in this process: two sessions, each in its own thread, over a pair of peers. What one end
 * knows about a failure outranks what the other end noticed of it.
 */
public final class LocalRun {
    private LocalRun() {}

    /**
     * Makes the destination exactly like the source.
     *
     * @param initiator the source's end of a pair of peers
     * @param responder the destination's end
     * @return how it ended; failures of the run are in it, not thrown
     * @throws InterruptedException if the calling thread was interrupted; both sessions have ended then
     */
    public static Outcome backup(
            MailStore source,
            MailStore destination,
            Peer initiator,
            Peer responder,
            SyncOptions options,
            SyncObserver observer)
            throws InterruptedException {
        boolean planFirst;
        MailStore mirrored;
        @Nullable ReadAhead readAhead;
        try {
            // Into a store that keeps no GUIDs a mirror goes by UIDs and headers; but a mail's GUID must come from
            // somewhere.
            if (!source.capabilities().hasGuids()) {
                throw new NotPossibleException("a mirror needs mails that have GUIDs, which is not so of "
                        + source.describe() + "; use sync or sync -1");
            }
            readAhead = source.family().equals(destination.family()) ? null : new ReadAhead();
            boolean known = source.knowsSubscriptions() && destination.knowsSubscriptions();
            mirrored = known ? source : new SubscriptionsOfAnother(source, destination);
            planFirst = options.dryRun() || (!options.deleteLimit().off() && destination.holdsMail());
        } catch (IOException e) {
            return new Outcome(Failures.status(e), Failures.describe(e), List.of(), 0);
        }
        End sending = end(
                true,
                Direction.SOURCE,
                new SourceSide(mirrored, options, observer, readAhead),
                initiator,
                options,
                planFirst,
                Threads.NEW);
        End receiving = end(
                false,
                Direction.DESTINATION,
                new DestinationSide(destination, source.describe(), options, observer, Dialect.TWINBOX),
                responder,
                options,
                planFirst,
                Threads.NEW);
        run(sending, receiving, Threads.NEW);
        return withDamage(combine(sending, receiving), source.damage(), destination.damage());
    }

    /**
     * Merges two accounts: {@code sync}, or {@code sync -1}, where what the destination has of its own stays.
     *
     * @param first the initiator's account; with {@code oneWay} the source
     * @param second the responder's account; with {@code oneWay} the destination
     * @param initiator the first account's end of a pair of peers
     * @param responder the second account's end
     * @param firstObserver told what happens at the first account
     * @param secondObserver told what happens at the second one
     * @return how it ended, with the results of both accounts; failures of the run are in it, not thrown
     * @throws InterruptedException if the calling thread was interrupted; both sessions have ended then
     */
    public static Outcome sync(
            MailStore first,
            MailStore second,
            boolean oneWay,
            Peer initiator,
            Peer responder,
            SyncOptions options,
            SyncObserver firstObserver,
            SyncObserver secondObserver)
            throws InterruptedException {
        return sync(first, second, oneWay, initiator, responder, options, firstObserver, secondObserver, Threads.NEW);
    }

    /** The same, with threads from somewhere else than usual. */
    public static Outcome sync(
            MailStore first,
            MailStore second,
            boolean oneWay,
            Peer initiator,
            Peer responder,
            SyncOptions options,
            SyncObserver firstObserver,
            SyncObserver secondObserver,
            Threads threads)
            throws InterruptedException {
        MergeRole here = new MergeRole(true, oneWay ? Direction.SOURCE : Direction.BOTH);
        MergeRole there = new MergeRole(false, oneWay ? Direction.DESTINATION : Direction.BOTH);
        boolean planFirst = true;
        MailStore mine;
        MailStore theirs;
        try {
            mine = first.knowsSubscriptions() ? first : new SubscriptionsOfAnother(first, second);
            theirs = second.knowsSubscriptions() ? second : new SubscriptionsOfAnother(second, mine);
        } catch (IOException e) {
            return new Outcome(Failures.status(e), Failures.describe(e), List.of(), 0);
        }
        End one = end(
                true,
                here.direction(),
                new MergeSide(here, mine, second.describe(), options, firstObserver, Dialect.TWINBOX),
                initiator,
                options,
                planFirst,
                threads);
        End other = end(
                false,
                there.direction(),
                new MergeSide(there, theirs, first.describe(), options, secondObserver, Dialect.TWINBOX),
                responder,
                options,
                planFirst,
                threads);
        run(one, other, threads);
        return withDamage(combine(one, other), first.damage(), second.damage());
    }

    private static End end(
            boolean initiator,
            Direction direction,
            Side side,
            Peer peer,
            SyncOptions options,
            boolean planFirst,
            Threads threads) {
        Conversation talk = new Conversation(peer, threads, Dialect.TWINBOX);
        SessionScript script = new SessionScript(initiator, direction, side, talk, options);
        String name = direction == Direction.BOTH
                ? (initiator ? "first" : "second")
                : direction == Direction.SOURCE ? "source" : "destination";
        return new End(name, script, peer, planFirst);
    }

    private static void run(End one, End other, Threads threads) throws InterruptedException {
        Threads.Running thread = threads.start(one.name, one);
        other.run();
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            thread.interrupt();
        }
        thread.join();
        one.rethrowBug();
        other.rethrowBug();
        if (interrupted) {
            throw new InterruptedException();
        }
    }

    /** Whatever else a run achieved, it is not well if something was left out. */
    static Outcome withDamage(
            Outcome outcome, MailStore.@Nullable Damage atSource, MailStore.@Nullable Damage atDestination) {
        MailStore.Damage damage = atSource != null ? atSource : atDestination;
        if (damage == null) {
            return outcome;
        }
        Status status = outcome.status().and(damage.denied() ? Status.NO_PERMISSION : Status.DAMAGED);
        boolean told = outcome.reason() != null && outcome.status().compareTo(Status.CHANGED) > 0;
        return new Outcome(
                status,
                told ? outcome.reason() : damage.text(),
                outcome.mailboxes(),
                outcome.treeChanges(),
                SyncState.EMPTY,
                false,
                told && outcome.shared());
    }

    private static Outcome combine(End sending, End receiving) {
        Outcome source = sending.outcome;
        Outcome destination = receiving.outcome;
        if (source == null || destination == null) {
            IOException cause = rootCause(sending.failure, receiving.failure);
            Status status = cause == null ? Status.TEMPORARY : Failures.status(cause);
            String reason = cause == null ? "the run ended early" : Failures.describe(cause);
            return new Outcome(status, reason, destination == null ? List.of() : destination.mailboxes(), 0);
        }
        Status status = destination.status().and(source.status());
        String reason = source.status().compareTo(destination.status()) > 0 ? source.reason() : destination.reason();
        List<Outcome.MailboxResult> mailboxes = new ArrayList<>(source.mailboxes());
        mailboxes.addAll(destination.mailboxes());
        return new Outcome(status, reason, mailboxes, source.treeChanges() + destination.treeChanges(), source.state());
    }

    /** The failure that is not merely the echo of the other one. */
    private static @Nullable IOException rootCause(@Nullable IOException one, @Nullable IOException other) {
        if (one == null || (one instanceof PeerException && other != null)) {
            return other;
        }
        return one;
    }

    private static final class End implements Runnable {
        private final String name;
        private final SessionScript script;
        private final Peer peer;
        private final boolean planFirst;
        private volatile @Nullable Outcome outcome;
        private volatile @Nullable IOException failure;
        private volatile @Nullable Throwable bug;

        End(String name, SessionScript script, Peer peer, boolean planFirst) {
            this.name = name;
            this.script = script;
            this.peer = peer;
            this.planFirst = planFirst;
        }

        @Override
        public void run() {
            try {
                outcome = script.run(planFirst);
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException | Error e) {
                bug = e;
            }
            if (outcome == null) {
                peer.abort("the " + name + " side failed");
            } else {
                peer.close();
            }
        }

        void rethrowBug() {
            Throwable thrown = bug;
            if (thrown instanceof Error error) {
                throw error;
            }
            if (thrown instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }
}
