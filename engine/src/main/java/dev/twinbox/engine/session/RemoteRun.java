package dev.twinbox.engine.session;

import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.state.SyncState;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.dialogue.PeerException;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a run whose other end is elsewhere. If that is spoken with as a Twinbox ({@link Peer#isTwinbox}), both follow
 * the rules of a run within one process. Otherwise it speaks dsync (dsync wire protocol, section 3) and is taken for a
 * Dovecot, so its rules count.
 */
public final class RemoteRun {
    private RemoteRun() {}

    /** What an initiator wants. */
    public enum Mode {
        /** {@code backup}: the other side becomes like this one. */
        BACKUP,
        /** {@code backup -R}: this side becomes like the other one. */
        BACKUP_REVERSE,
        /** {@code sync}. */
        SYNC,
        /** {@code sync -1}. */
        ONE_WAY,
        /** {@code sync -1 -R}. */
        ONE_WAY_REVERSE;

        private Direction direction() {
            return switch (this) {
                case BACKUP, ONE_WAY -> Direction.SOURCE;
                case BACKUP_REVERSE, ONE_WAY_REVERSE -> Direction.DESTINATION;
                case SYNC -> Direction.BOTH;
            };
        }

        private boolean merges() {
            return this != BACKUP && this != BACKUP_REVERSE;
        }

        private static Mode asked(Handshake by) {
            if (by.backupSend()) {
                return by.keepDestinationChanges() ? ONE_WAY : BACKUP;
            }
            if (by.backupReceive()) {
                return by.keepDestinationChanges() ? ONE_WAY_REVERSE : BACKUP_REVERSE;
            }
            return SYNC;
        }
    }

    /** What a responder does with what an initiator asks. */
    public interface Answer {
        /**
         * The options that the initiator's handshake comes to here.
         *
         * @throws NotPossibleException if it asks for what cannot be done
         */
        SyncOptions options(Handshake asked) throws IOException;

        /**
         * The account opened only to be read, for a run that is only planned; asked for after {@link #options}.
         *
         * @throws NotPossibleException if it cannot be
         */
        default MailStore readOnly() throws IOException {
            throw new NotPossibleException("no run can be only planned here");
        }
    }

    /** The lock of {@code -l}: just one end takes it. */
    public interface UserLocks {
        /**
         * Waits for the lock of the user.
         *
         * @param seconds how long at most
         * @throws IOException if somebody else has it for longer
         */
        Closeable take(long seconds) throws IOException;
    }

    /**
     * Speaks first. Failures of the run are in the outcome, not thrown.
     *
     * @param there told what a run that is only planned would do at the other end, where it would do anything
     */
    public static Outcome initiate(
            MailStore store,
            Mode mode,
            Peer peer,
            String otherName,
            SyncOptions options,
            RemoteAsk ask,
            UserLocks locks,
            SyncObserver observer,
            SyncObserver there) {
        boolean plansThere = options.dryRun() && mode.direction() != Direction.DESTINATION;
        Dialect dialect = dialect(peer);
        Conversation talk = new Conversation(peer, Threads.NEW, dialect);
        PlanHearer[] plan = new PlanHearer[1];
        Outcome outcome = guarded(talk, peer, store, () -> {
            Side side = side(true, mode, store, otherName, options, observer, dialect);
            boolean guards = options.dryRun() || !options.deleteLimit().off();
            boolean planFirst =
                    mode.direction() == Direction.DESTINATION && (options.dryRun() || (guards && store.holdsMail()));
            SessionScript script = new SessionScript(true, mode.direction(), side, talk, options);
            if (dialect == Dialect.DSYNC) {
                if (plansThere) {
                    throw new DryRunImpossibleException("--dry-run: " + otherName
                            + " does not speak Twinbox's own protocol and begins to write at once; with a Dovecot there is"
                            + " --dry-run for backup -R and sync -1 -R only");
                }
                Handshake mine = new Terms(mode.direction(), side.keepsDestinationChanges(), false, false, ask)
                        .initiator(options);
                talk.send(mine);
                Handshake theirs = talk.receive(Handshake.class);
                if (isDovecot(theirs)) {
                    side.peerIsDovecot();
                }
                Closeable lock = initiatorLock(mine, theirs, locks, ask);
                try (lock) {
                    return with(script.runGreeted(true, planFirst), script.farewell());
                }
            }
            Handshake theirs = talk.receive(Handshake.class);
            if (plansThere && !peer.knowsDryRuns()) {
                throw new DryRunImpossibleException("--dry-run: the Twinbox at " + otherName
                        + " is an older one that cannot plan without writing; update it");
            }
            boolean planned = planFirst
                    || plansThere
                    || mode.merges()
                    || (mode.direction() == Direction.SOURCE && guards && theirs.planFirst());
            Handshake mine = new Terms(mode.direction(), side.keepsDestinationChanges(), planned, side.saysHints(), ask)
                    .initiator(options);
            talk.send(mine);
            Closeable lock = initiatorLock(mine, theirs, locks, ask);
            try (lock) {
                PlanHearer hearer = plansThere ? new PlanHearer(peer.planBranch(), there, Threads.NEW) : null;
                plan[0] = hearer;
                Outcome own;
                try {
                    own = script.runAgreed(theirs, planned);
                } catch (Conversation.PeerClosedException e) {
                    if (hearer != null) {
                        hearer.join(); // what it had planned by then
                    }
                    throw e;
                }
                if (hearer != null) {
                    hearer.await();
                }
                return with(own, script.farewell());
            }
        });
        if (plan[0] != null) {
            plan[0].join(); // nothing of the plan is told any more when the run has been
        }
        return outcome;
    }

    /** Both ends come to the same answer: just one takes the lock. */
    private static @Nullable Closeable initiatorLock(Handshake mine, Handshake theirs, UserLocks locks, RemoteAsk ask)
            throws IOException {
        return mine.hostname().compareTo(theirs.hostname()) <= 0 ? lock(locks, ask.lockTimeoutSeconds()) : null;
    }

    private static Dialect dialect(Peer peer) {
        return peer.isTwinbox() ? Dialect.TWINBOX : Dialect.DSYNC;
    }

    /** Answers. Failures of the run are in the outcome, not thrown. */
    public static Outcome respond(
            MailStore store, Peer peer, String hostname, Answer answer, UserLocks locks, SyncObserver observer) {
        Dialect dialect = dialect(peer);
        Conversation talk = new Conversation(peer, Threads.NEW, dialect);
        return guarded(talk, peer, store, () -> {
            Handshake mine = Handshake.responder(hostname);
            if (dialect == Dialect.TWINBOX) {
                mine = mine.asTwinbox(store.holdsMail());
            }
            talk.send(mine);
            Handshake asked = talk.receive(Handshake.class);
            SyncOptions options = answer.options(asked);
            Mode mode = Mode.asked(asked);
            PlanTeller plan = asked.dryRun() ? new PlanTeller(peer.planBranch(), observer) : null;
            MailStore account = plan == null ? store : answer.readOnly();
            SyncObserver told = plan == null ? observer : plan;
            Side side = side(false, mode, account, asked.hostname(), options, told, dialect);
            if (dialect == Dialect.DSYNC && isDovecot(asked)) {
                side.peerIsDovecot();
            }
            boolean locksHere = mine.hostname().compareTo(asked.hostname()) < 0;
            Closeable lock = locksHere ? lock(locks, asked.lockTimeoutSeconds()) : null;
            try (lock) {
                SessionScript script = new SessionScript(false, mode.direction(), side, talk, options);
                Outcome outcome;
                try {
                    outcome = dialect == Dialect.TWINBOX
                            ? script.runAgreed(asked, asked.planFirst())
                            : script.runGreeted(isDovecot(asked), false);
                } finally {
                    if (plan != null) {
                        plan.end();
                    }
                }
                boolean done = outcome.status().compareTo(Status.CHANGED) <= 0;
                if (plan == null && asked.purgeRemote() && done && mode.direction() != Direction.SOURCE) {
                    store.purge();
                }
                return dialect == Dialect.TWINBOX ? outcome.asShared() : outcome;
            }
        });
    }

    /**
     * A Dovecot that begins ends its list of headers with an empty one, and one that answers has nothing but an empty one; a
     * Twinbox says none. To a responder it also matters because one of two Twinboxes has to speak first.
     */
    private static boolean isDovecot(Handshake said) {
        return said.hashedHeaders().contains("");
    }

    private static @Nullable Closeable lock(UserLocks locks, long seconds) throws IOException {
        return seconds == 0 ? null : locks.take(seconds);
    }

    private static Side side(
            boolean initiator,
            Mode mode,
            MailStore store,
            String otherName,
            SyncOptions options,
            SyncObserver observer,
            Dialect dialect)
            throws IOException {
        if (!store.knowsSubscriptions()) {
            throw new NotPossibleException("the subscriptions of " + store.describe()
                    + " cannot be read, and the other side would"
                    + " take that for none: mend or delete the file");
        }
        Direction direction = mode.direction();
        if (mode.merges()) {
            MergeRole role = new MergeRole(initiator, direction);
            return new MergeSide(role, store, otherName, options, observer, dialect);
        }
        return direction == Direction.SOURCE
                ? SourceSide.alone(store, options, observer, initiator, dialect)
                : new DestinationSide(store, otherName, options, observer, dialect);
    }

    private interface Run {
        Outcome run() throws IOException;
    }

    private static Outcome guarded(Conversation talk, Peer peer, MailStore store, Run run) {
        Outcome outcome;
        try {
            outcome = run.run();
            peer.close();
        } catch (IOException e) {
            boolean heard = e instanceof Conversation.PeerClosedException;
            boolean shared = talk.bye(e) || heard;
            boolean cut = e instanceof PeerException && !heard;
            outcome = new Outcome(Failures.status(e), Failures.describe(e), List.of(), 0, SyncState.EMPTY, cut, shared);
            peer.close();
        } catch (RuntimeException | Error e) {
            peer.abort("this side failed");
            throw e;
        }
        return LocalRun.withDamage(outcome, store.damage(), null);
    }

    /** What the other side said of itself in the end counts, too. */
    private static Outcome with(Outcome own, Finish said) {
        if (said.error() == null && said.mailError() == 0 && said.status() == 0) {
            return own;
        }
        Status status = said.status() != 0
                ? Status.of(said.status())
                : said.mailError() == QUOTA ? Status.NO_SPACE : Status.TEMPORARY;
        if (status == Status.CHANGED) {
            String changed =
                    own.reason() == null ? "changes at the other side during the run; run again" : own.reason();
            return new Outcome(own.status().and(status), changed, own.mailboxes(), own.treeChanges(), own.state());
        }
        String reason = "the other side failed" + (said.error() == null ? "" : ": " + said.error());
        return new Outcome(own.status().and(status), reason, own.mailboxes(), own.treeChanges(), own.state())
                .asShared();
    }

    /** dsync's number for "no space left in the quota". */
    private static final int QUOTA = 6;
}
