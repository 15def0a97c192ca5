package dev.twinbox.engine.storage.dbox;

import dev.twinbox.engine.disk.DiskFile;
import dev.twinbox.engine.disk.DiskPath;
import dev.twinbox.engine.index.IndexState;
import dev.twinbox.engine.storage.Mailbox.Pop3;
import dev.twinbox.protocol.dialogue.MailBody;
import dev.twinbox.protocol.item.MailGuid;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the mails of one mailbox lie and how they get there: all that sdbox and mdbox do differently. One object per open
 * mailbox; used by one thread at a time, but for {@link Reading#open}.
 */
interface DboxBodies {
    /**
     * Name of the index extension that says which mailbox it is: u32 {@link #stamp}, 16 bytes mailbox GUID, u8 flags
     * ({@link DboxIndexHeader}), 3 zero.
     */
    String headerExtension();

    /**
     * Whether a copy and its original are one body, as where Dovecot copies. Then only the index can tell that the copy has no POP3
     * values, and it can as long as no mail above it has any.
     */
    default boolean copiesShareMetadata() {
        return false;
    }

    /**
     * The first number of that header as a commit has to write it: of sdbox the rebuild count, of mdbox the map's UIDVALIDITY.
     * Called between {@link Stage#begin} and the end of the commit.
     *
     * @param now what the header says now, 0 if there is none
     */
    long stamp(long now) throws IOException;

    /**
     * Gets ready to read the mails of a state of the index. Takes no lock, and does not open the index's log: who calls may
     * hold its lock.
     *
     * @param index null if there is none that can be used
     * @param version looked at before the index was read: as long as it is that, a mail that is missing is lost
     */
    Reading read(@Nullable IndexState index, DboxVersion version) throws IOException;

    /** Begins to take in mails; takes no lock, writes nothing yet. */
    Stage stage();

    /** Nobody reads mails any more, but for those that are open. */
    default void close() throws IOException {}

    /** Mails of one state of the index. Safe for use by several threads. */
    interface Reading {
        /** The mail's GUID as far as it is known without looking at the mail; null if not. */
        @Nullable
        MailGuid guid(long uid);

        /**
         * Opens a mail. Does not open the index's log, either.
         *
         * @return to be closed by the caller
         * @throws dev.twinbox.protocol.dialogue.BodyGoneException if it is not there, and the index has changed since it was
         *     read: most likely it was expunged
         * @throws dev.twinbox.engine.storage.CorruptStoreException if the index has it, and it is lost or damaged; the
         *     message names the file
         */
        Opened open(long uid) throws IOException;

        /**
         * Whether there is a mail that the index should know, and does not: its log has lost its end, or somebody died, or is
         * just at it.
         *
         * @param nextUid the index's
         */
        default boolean isAhead(long nextUid) throws IOException {
            return false;
        }

        /**
         * UIDs, rising, of the mails that are there and that an index, which is lost or damaged, does not know.
         */
        List<Long> unindexed() throws IOException;
    }

    /** A mail that is open. */
    interface Opened extends AutoCloseable {
        /** The file it lies in. */
        DiskFile file();

        /** Where in it. */
        DboxMessage message();

        @Override
        void close() throws IOException;
    }

    /**
     * A mail that was taken in.
     *
     * @param file the temporary file it lies in
     * @param offset where its message header begins in it
     * @param length from there to the end of the metadata
     * @param size of the mail itself in bytes
     * @param received seconds since 1970
     */
    record Staged(DiskPath file, long offset, long length, long size, long received, Pop3 pop3) {}

    /** Mails on their way into the mailbox. */
    interface Stage extends AutoCloseable {
        /**
         * Takes in a mail.
         *
         * @param metadata all of it but the virtual size
         */
        Staged save(MailBody body, DboxMetadata.Builder metadata, long received, Pop3 pop3) throws IOException;

        /** Makes durable what was taken in, as far as the store cares. */
        void sync() throws IOException;

        /** Begins to carry out a plan: takes the locks that have to be taken before the index's. */
        Work begin() throws IOException;

        /** Drops what was taken in and not used. */
        @Override
        void close() throws IOException;
    }

    /** One plan being carried out, in the order of the methods, all under the lock of the mailbox's index. */
    interface Work extends AutoCloseable {
        /**
         * Puts every mail where the index will say it is, durably as far as the store cares. Afterwards both the index as it is
         * and the index as it will be find their mails, but for UIDs that become those of other mails.
         */
        void place(DboxEdit edit) throws IOException;

        /** Adds what the index has to hold of this format, but for {@link #headerExtension}. All mails have been added. */
        void describe(DboxEdit edit, IndexState.Builder index) throws IOException;

        /** The index speaks of the mailbox as it is now: takes away what it does not speak of any more. */
        void finish(DboxEdit edit) throws IOException;

        /** Releases the locks. */
        @Override
        void close() throws IOException;
    }
}
