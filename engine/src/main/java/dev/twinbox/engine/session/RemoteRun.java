package dev.twinbox.engine.session;

import dev.twinbox.engine.session.Outcome.Status;
import dev.twinbox.engine.storage.MailStore;
import dev.twinbox.engine.storage.NotPossibleException;
import dev.twinbox.protocol.dialogue.Peer;
import dev.twinbox.protocol.item.Finish;
import dev.twinbox.protocol.item.Handshake;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a run whose other end is elsewhere and speaks dsync (dsync wire protocol, section 3): a Dovecot, or another
 * Twinbox. The other end is taken for a Dovecot, so its rules count.
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

    /** Speaks first. Failures of the run are in the outcome, not thrown. */
    public static Outcome initiate(
            MailStore store,
            Mode mode,
            Peer peer,
            String otherName,
            SyncOptions options,
            RemoteAsk ask,
            UserLocks locks,
            SyncObserver observer) {
        Conversation talk = new Conversation(peer, Threads.NEW, Dialect.DSYNC);
        return guarded(talk, peer, store, () -> {
            Side side = side(true, mode, store, otherName, options, observer);
            Terms terms = new Terms(mode.direction(), side.keepsDestinationChanges(), false, false, ask);
            Handshake mine = terms.initiator(options);
            talk.send(mine);
            Handshake theirs = talk.receive(Handshake.class);
            boolean locksHere = mine.hostname().compareTo(theirs.hostname()) <= 0;
            Closeable lock = locksHere ? lock(locks, ask.lockTimeoutSeconds()) : null;
            try (lock) {
                SessionScript script = new SessionScript(true, mode.direction(), side, talk, options);
                boolean guarded = !options.deleteLimit().off() && store.holdsMail();
                boolean planFirst = mode.direction() == Direction.DESTINATION && (options.dryRun() || guarded);
                Outcome outcome = script.runGreeted(true, planFirst);
                return with(outcome, script.farewell());
            }
        });
    }

    /** Answers. Failures of the run are in the outcome, not thrown. */
    public static Outcome respond(
            MailStore store, Peer peer, String hostname, Answer answer, UserLocks locks, SyncObserver observer) {
        Conversation talk = new Conversation(peer, Threads.NEW, Dialect.DSYNC);
        return guarded(talk, peer, store, () -> {
            Handshake mine = Handshake.responder(hostname);
            talk.send(mine);
            Handshake asked = talk.receive(Handshake.class);
            SyncOptions options = answer.options(asked);
            Mode mode = Mode.asked(asked);
            Side side = side(false, mode, store, asked.hostname(), options, observer);
            boolean locksHere = mine.hostname().compareTo(asked.hostname()) < 0;
            Closeable lock = locksHere ? lock(locks, asked.lockTimeoutSeconds()) : null;
            try (lock) {
                Outcome outcome = new SessionScript(false, mode.direction(), side, talk, options)
                        .runGreeted(isDovecot(asked), false);
                boolean done = outcome.status().compareTo(Status.CHANGED) <= 0;
                if (asked.purgeRemote() && done && mode.direction() != Direction.SOURCE) {
                    store.purge();
                }
                return outcome;
            }
        });
    }

    /**
     * A Dovecot ends its list of headers with an empty one, a Twinbox does not. As one of the two has to speak first, it
     * matters only to a responder.
     */
    private static boolean isDovecot(Handshake initiator) {
        return initiator.hashedHeaders().contains("");
    }

    private static @Nullable Closeable lock(UserLocks locks, long seconds) throws IOException {
        return seconds == 0 ? null : locks.take(seconds);
    }

    private static Side side(
            boolean initiator, Mode mode, MailStore store, String otherName, SyncOptions options, SyncObserver observer)
            throws IOException {
        if (!store.knowsSubscriptions()) {
            throw new NotPossibleException("the subscriptions of " + store.describe()
                    + " cannot be read, and a Dovecot at the other side would"
                    + " take that for none: mend or delete the file");
        }
        Direction direction = mode.direction();
        if (mode.merges()) {
            MergeRole role = new MergeRole(initiator, direction);
            return new MergeSide(role, store, otherName, options, observer, Dialect.DSYNC);
        }
        if (direction == Direction.DESTINATION && !store.capabilities().keepsGuidOnSave()) {
            throw new NotPossibleException("a mirror of mail elsewhere goes by GUIDs, which " + store.describe()
                    + " does not keep; use sync -1, or mirror it in another format first");
        }
        return direction == Direction.SOURCE
                ? new SourceSide(store, options, observer, initiator, Dialect.DSYNC)
                : new DestinationSide(store, otherName, options, observer, Dialect.DSYNC);
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
            talk.bye();
            Status status = e instanceof SourceSide.SourceMissingException ? Status.GUARDED : Failures.status(e);
            outcome = new Outcome(status, Failures.describe(e), List.of(), 0);
            peer.close();
        } catch (RuntimeException | Error e) {
            peer.abort("this side failed");
            throw e;
        }
        return LocalRun.withDamage(outcome, store.damage(), null);
    }

    /** What the other side said of itself in the end counts, too. */
    private static Outcome with(Outcome own, Finish said) {
        if (said.error() == null && said.mailError() == 0) {
            return own;
        }
        Status status = said.mailError() == QUOTA ? Status.NO_SPACE : Status.TEMPORARY;
        String reason = "the other side failed" + (said.error() == null ? "" : ": " + said.error());
        return new Outcome(own.status().and(status), reason, own.mailboxes(), own.treeChanges(), own.state());
    }

    /** dsync's number for "no space left in the quota". */
    private static final int QUOTA = 6;
}
