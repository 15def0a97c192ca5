package dev.twinbox.engine.storage;

import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.BlockDigests;
import dev.twinbox.protocol.item.MailboxAttribute;
import dev.twinbox.protocol.item.MailboxName;
import dev.twinbox.protocol.item.Uid;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** One open mailbox. Used by one thread at a time, but for {@link #body}, whose result any thread may read. */
public interface Mailbox extends AutoCloseable {
    MailboxName name();

    /** The mailbox's numbers, by the cheapest way that is certain. */
    MailboxStatus status() throws IOException;

    /**
     * From now on tables may be made of records that prove to be of the state of now, without looking at every mail. Without
     * it a table says what lies there, whatever records say: for a full run, and to prove something.
     */
    default void trustRecords() {}

    /** A consistent table of all mails. */
    MailboxSnapshot snapshot() throws IOException;

    /** {@link MailboxSnapshot#digest} of all mails, by the cheapest way that is certain. */
    default long digest() throws IOException {
        return snapshot().digest();
    }

    /** {@link MailboxSnapshot#blocks} of all mails, by the cheapest way that is certain. */
    default BlockDigests blocks() throws IOException {
        return snapshot().blocks();
    }

    /**
     * Whether the log knows that a sync has seen all mails ({@link ChangeLog#ALL_SYNCED}) of the last snapshot, or of now if
     * none was taken; by the cheapest way that is certain.
     */
    default boolean isSeenBySync() throws IOException {
        return changes(0).unsynced() == ChangeLog.ALL_SYNCED;
    }

    /** As {@link #snapshot}, and no received date in it is unknown, however many mails have to be looked at for that. */
    default MailboxSnapshot detailedSnapshot() throws IOException {
        return snapshot();
    }

    /**
     * How many mails the last snapshot leaves out although the mailbox has them, because they cannot be read. They are not
     * gone: nobody may conclude from the snapshot that others should lose theirs.
     */
    default int leftOut() {
        return 0;
    }

    /**
     * What the storage's log says happened to the mails of the last snapshot since a modseq, and which mails went away. Takes
     * a snapshot if none was taken.
     *
     * @param modSeq 0 for all that is known
     */
    default ChangeLog changes(long modSeq) throws IOException {
        return ChangeLog.UNKNOWN;
    }

    /**
     * Whether one of the mails of the last snapshot has come otherwise than by a sync, or nobody knows how it came. Unlike
     * {@link ChangeLog#unsynced} this does not end with the next sync: one that goes one way takes no mail away from here.
     */
    default boolean holdsOwnMail() throws IOException {
        return true;
    }

    /**
     * Whether the log has every mail of the last snapshot's time that is gone. If not, a sync should write to the mailbox
     * even if it finds both sides equal: a mail that comes back later would be taken for the one that never went.
     */
    default boolean recordsExpunges() throws IOException {
        return true;
    }

    /**
     * Whether anything but this object may have changed the mailbox since the snapshot was taken. May say yes without
     * need, never no without being sure.
     */
    boolean changedSince(MailboxSnapshot snapshot) throws IOException;

    /**
     * The mailbox's METADATA entries now, with what the log says of when they were changed, and deletions it knows of.
     * {@link Attributes#NONE} if the store keeps none ({@link MailStore#keepsAttributes}).
     */
    default Attributes attributes() throws IOException {
        return Attributes.NONE;
    }

    /**
     * Gives entries these values, or takes away those that are said to be deleted; all others stay. What is so already is
     * left alone. If anything changes, HIGHESTMODSEQ rises by one, so that a plan made before can no longer be committed.
     *
     * @param changes values at hand; a {@code lastChange} of 0 stands for now; modseqs are not looked at
     * @throws NotPossibleException if the store keeps no attributes
     * @throws IllegalArgumentException if the content of an entry is not at hand
     */
    default void applyAttributes(List<MailboxAttribute> changes) throws IOException {
        throw new NotPossibleException(name() + ": this store keeps no attributes");
    }

    /**
     * The content of a mail of the last snapshot. Opening it is when it is looked for.
     *
     * @throws IllegalArgumentException if the last snapshot has no such UID
     */
    MailBody body(Uid uid);

    /**
     * Received date (INTERNALDATE) of a mail of the last snapshot, seconds since 1970.
     *
     * @throws dev.twinbox.protocol.dialogue.BodyGoneException if the mail is gone
     */
    long received(Uid uid) throws IOException;

    /**
     * Size of a mail of the last snapshot in bytes, each line end counted as CRLF. May have to read the mail.
     *
     * @throws dev.twinbox.protocol.dialogue.BodyGoneException if the mail is gone
     */
    long virtualSize(Uid uid) throws IOException;

    /** POP3 identity of a mail of the last snapshot. */
    Pop3 pop3(Uid uid);

    /**
     * Keeps other sync programs away from this mailbox until the result is closed (Dovecot's {@code .dovecot-box-sync.lock};
     * clients and deliveries are not kept away). A mailbox opened for reading takes none.
     *
     * @param waitMillis how long to wait at most
     * @throws LockBusyException if somebody has it for longer
     */
    default Closeable lockForSync(long waitMillis) throws IOException {
        return NoLock.INSTANCE;
    }

    /** Begins to take in mails; takes no lock. */
    Staging stage() throws IOException;

    @Override
    void close() throws IOException;

    /** The lock of storages that need none. */
    enum NoLock implements Closeable {
        INSTANCE;

        @Override
        public void close() {}
    }

    /**
     * POP3 values of a mail.
     *
     * @param uidl empty if none was set
     * @param order 0 if none was set
     */
    record Pop3(String uidl, long order) {
        /** Nothing set. */
        public static final Pop3 NONE = new Pop3("", 0);

        /** These; the one {@link #NONE} if nothing is set, as with nearly all mails. */
        public static Pop3 of(String uidl, long order) {
            return order == 0 && uidl.isEmpty() ? NONE : new Pop3(uidl, order);
        }
    }
}
